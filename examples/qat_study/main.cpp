// The two failure modes of W8A8 training in HiF8, and each claim about them, on a small language model. See --help.
#include <fstream>
#include <iostream>
#include <numeric>
#include <string>

#include "common/arguments.hpp"
#include "common/gnuplot.hpp"
#include "common/input_error.hpp"
#include "common/record.hpp"
#include "material.hpp"
#include "plot.hpp"
#include "report.hpp"
#include "study.hpp"

namespace {

using namespace qat_study;

constexpr const char* help =
    R"(qat_study: the eight experiments of "Max-window scale estimation for near-lossless HiF8 W8A8 QAT" (arXiv 2605.26189)
on a language model of 529,056 parameters: which of the paper's claims hold at this size? It reads WordNet and fortunes
(Debian: wordnet-base, fortunes).

usage: qat_study [options]
  (none)           the eight runs, one seed
  --quick          shorter runs of everything, one seed
  --full           everything, three seeds
  --seeds N        seeds 1 to N
  --steps N        steps a run
  --threads N      runs at a time (one a core)
  --results FILE   finished runs are kept here, and not run again
  --csv FILE       a line a run
  --plot FILE      the charts as SVG (needs gnuplot)
  --wordnet DIR    where WordNet's data are (/usr/share/wordnet)
  --fortunes DIR   where the fortunes are (/usr/share/games/fortunes)
  --pretrain N     makes the pre-trained decoder anew, in N steps (1,200), and stops
  --help           this text
)";

struct Options {
  Plan plan;
  unsigned threads = 0;
  std::string results, csv, plot;
  Packages packages;
  std::size_t pretrain_steps = 0;
  bool help = false;
};

Options parse(int argc, char** argv) {
  Options options;
  std::uint64_t seeds = 0;
  for (common::Arguments arguments(argc, argv); arguments.next();) {
    if (arguments.is("--help")) {
      options.help = true;
    } else if (arguments.is("--quick")) {
      options.plan.everything = true;
      options.plan.steps = 240;
    } else if (arguments.is("--full")) {
      options.plan.everything = true;
      seeds = seeds == 0 ? 3 : seeds;
    } else if (arguments.is("--seeds")) {
      seeds = arguments.count(1, 100);
    } else if (arguments.is("--steps")) {
      options.plan.steps = arguments.count(40, 100'000);
    } else if (arguments.is("--threads")) {
      options.threads = static_cast<unsigned>(arguments.count(1, 1024));
    } else if (arguments.is("--results")) {
      options.results = arguments.value();
    } else if (arguments.is("--csv")) {
      options.csv = arguments.value();
    } else if (arguments.is("--plot")) {
      options.plot = arguments.value();
    } else if (arguments.is("--wordnet")) {
      options.packages.wordnet = arguments.value();
    } else if (arguments.is("--fortunes")) {
      options.packages.fortunes = arguments.value();
    } else if (arguments.is("--pretrain")) {
      options.pretrain_steps = arguments.count(1, 1'000'000);
    } else {
      arguments.refuse();
    }
  }
  if (seeds != 0) {
    options.plan.seeds.resize(seeds);
    std::iota(options.plan.seeds.begin(), options.plan.seeds.end(), 1);
  }
  return options;
}

void run(const Options& options) {
  if (options.help) {
    std::cout << help;
    return;
  }
  if (options.pretrain_steps != 0) {
    make_checkpoint(shipped_checkpoint(), options.pretrain_steps, options.packages);
    return;
  }
  if (!options.plot.empty()) common::check_plot("--plot", options.plot);  // now, rather than after the runs
  std::ofstream csv;
  if (!options.csv.empty()) {
    csv.open(options.csv);
    if (!csv) throw common::InputError("--csv: " + options.csv + " cannot be written");
  }
  const Material material = load_material(shipped_checkpoint(), options.packages);
  common::RecordFile file;
  if (!options.results.empty()) file = common::RecordFile(options.results, "qat_study, version 1");
  const Results results(options.plan, all_runs(options.plan), material, file, options.threads);
  print_report(std::cout, results);
  if (csv.is_open()) print_csv(csv, results);
  if (!options.plot.empty()) draw_charts(options.plot, results);
}

}  // namespace

int main(int argc, char** argv) {
  return common::run_program("qat_study", [&] { run(parse(argc, argv)); });
}
