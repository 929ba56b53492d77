// The two failure modes of W8A8 training in HiF8, and each claim about them, on a small language model. See --help.
#include <fstream>
#include <functional>
#include <iostream>
#include <numeric>
#include <optional>
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
  (none)            the eight runs, one seed: about 2 minutes on two cores
  --quick           240 steps of everything, one seed: about 2 minutes
  --full            everything, three seeds: about 20 minutes
  --seeds N         seeds 1 to N (1; full: 3)
  --steps N         steps a run (600; quick: 240)
  --threads N       runs at a time (0: one a core); the results don't depend on it
  --results FILE    finished runs are kept here, and not run again (qat_study.results; none: nowhere)
  --csv FILE        a line a run
  --series-csv FILE a line for each number of each run: losses by step, overshoots and amaxes by tensor, answers
  --plot FILE       the charts as SVG (needs gnuplot)
  --wordnet DIR     where WordNet's data are (/usr/share/wordnet)
  --fortunes DIR    where the fortunes are (/usr/share/games/fortunes)
  --checkpoint DIR  the pre-trained decoder: decoder.bf16 and decoder_tokens.txt (those of the examples)
  --pretrain N      makes that decoder anew, in N steps (it was 1200), and stops
  --help            this text
)";

struct Options {
  Plan plan;
  unsigned threads = 0;
  std::string results = "qat_study.results", csv, series_csv, plot;
  Packages packages;
  Checkpoint checkpoint = shipped_checkpoint();
  std::size_t pretrain_steps = 0;
  bool help = false;
};

Options parse(int argc, char** argv) {
  Options options;
  bool quick = false, full = false;
  std::optional<std::uint64_t> seeds, steps;
  for (common::Arguments arguments(argc, argv); arguments.next();) {
    if (arguments.is("--help") || arguments.is("-h")) {
      options.help = true;
    } else if (arguments.is("--quick")) {
      quick = true;
    } else if (arguments.is("--full")) {
      full = true;
    } else if (arguments.is("--seeds")) {
      seeds = arguments.count(1, 100);
    } else if (arguments.is("--steps")) {
      steps = arguments.count(40, 100'000);
    } else if (arguments.is("--threads")) {
      options.threads = static_cast<unsigned>(arguments.count(0, 1024));
    } else if (arguments.is("--results")) {
      options.results = arguments.value();
    } else if (arguments.is("--csv")) {
      options.csv = arguments.value();
    } else if (arguments.is("--series-csv")) {
      options.series_csv = arguments.value();
    } else if (arguments.is("--plot")) {
      options.plot = arguments.value();
    } else if (arguments.is("--wordnet")) {
      options.packages.wordnet = arguments.value();
    } else if (arguments.is("--fortunes")) {
      options.packages.fortunes = arguments.value();
    } else if (arguments.is("--checkpoint")) {
      options.checkpoint = checkpoint_in(arguments.value());
    } else if (arguments.is("--pretrain")) {
      options.pretrain_steps = arguments.count(1, 1'000'000);
    } else {
      arguments.refuse();
    }
  }
  if (quick && full) throw common::InputError("--quick and --full do not go together");
  options.plan.everything = quick || full;
  options.plan.steps = steps.value_or(quick ? 240 : options.plan.steps);
  options.plan.seeds.resize(seeds.value_or(full ? 3 : 1));
  std::iota(options.plan.seeds.begin(), options.plan.seeds.end(), 1);
  return options;
}

/// A file that can be written, now rather than after the runs; what is left of the work is to write it.
class CsvFile {
 public:
  CsvFile(std::string option, const std::string& path) : option_(std::move(option)), path_(path) {
    if (path_.empty()) return;
    file_.open(path_);
    check();
  }
  void write(const std::function<void(std::ostream&)>& print) {
    if (path_.empty()) return;
    print(file_);
    file_.flush();
    check();
  }

 private:
  void check() const {
    if (!file_) throw common::InputError(option_ + ": " + path_ + " cannot be written");
  }

  std::string option_, path_;
  std::ofstream file_;
};

void run(const Options& options) {
  if (options.help) {
    std::cout << help;
    return;
  }
  if (options.pretrain_steps != 0) {
    make_checkpoint(options.checkpoint, options.pretrain_steps, options.packages);
    return;
  }
  if (!options.plot.empty()) common::check_plot("--plot", options.plot);
  CsvFile csv("--csv", options.csv), series_csv("--series-csv", options.series_csv);
  const Material material = load_material(options.checkpoint, options.packages);
  common::RecordFile file;
  if (options.results != "none") file = common::RecordFile(options.results, header_of(material));
  const Results results(options.plan, all_runs(options.plan), material, file, options.threads);
  print_report(std::cout, results);
  csv.write([&](std::ostream& out) { print_csv(out, results); });
  series_csv.write([&](std::ostream& out) { print_series_csv(out, results); });
  if (!options.plot.empty()) draw_charts(options.plot, results);
}

}  // namespace

int main(int argc, char** argv) {
  return common::run_program("qat_study", [&] { run(parse(argc, argv)); });
}
