#include "options.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/arguments.hpp"
#include "common/input_error.hpp"

namespace schedule_study {

const std::string_view help_text =
    R"(schedule_study: where does the best warm-down of the learning rate lie, and what does training in few bits cost?
Trains small decoders from initialisation on WordNet's definitions, weights and inputs of their blocks rounded to each
format, under warm-downs of 0, 10, 20, 33 and 50 % of the steps, and checks the claims of "Mapping the Schedule x
Bit-Width Boundary in Sub-100M Quantisation-Aware Training" (arXiv 2605.25966).

usage: schedule_study [options]     (defaults in brackets; about 8 minutes on two free cores)
  --quick           240 steps: about 3 minutes
  --full            1200 steps, 8 seeds, widths 8, 16, 32, 48 fitted and 24, 40, 64 held out: hours
  --steps N         steps a run, 512 tokens each (600), whatever --quick or --full say
  --seeds N         runs of each kind (3), whatever --full says
  --rate X          learning rate (0.008; with sgd 0.2); the fitted sizes are trained at a quarter of it, too
  --warm-down NAME  its shape: linear or cosine (linear)
  --optimiser NAME  adamw or sgd, which is descent with momentum 0.9 (adamw)
  --threads N       runs at a time (0: one a core); the results don't depend on it
  --results FILE    keeps the finished runs: a study that was interrupted goes on with them (schedule_study.results in
                    the current folder; none: keeps nothing)
  --csv FILE        the loss and the grid distance of every run (not written)
  --plot FILE       penalty against size and loss against warm-down as SVG (not drawn; needs gnuplot)
  --wordnet DIR     where WordNet's data are (/usr/share/wordnet; Debian: wordnet-base)
  --help            this text
)";

Options parse_options(int argc, const char* const* argv) {
  Options options;
  options.results = "schedule_study.results";
  bool quick = false, full = false;
  std::optional<std::uint64_t> steps;
  std::optional<std::size_t> seeds;
  for (common::Arguments arguments(argc, argv); arguments.next();) {
    if (arguments.is("--help") || arguments.is("-h")) {
      options.help = true;
      return options;
    }
    if (arguments.is("--quick")) {
      quick = true;
    } else if (arguments.is("--full")) {
      full = true;
    } else if (arguments.is("--steps")) {
      steps = arguments.count(20, 1'000'000);
    } else if (arguments.is("--seeds")) {
      seeds = arguments.count(2, 100);
    } else if (arguments.is("--rate")) {
      options.recipe.rate = arguments.number(1e-6, 10);
    } else if (arguments.is("--warm-down")) {
      using Shape = Recipe::Shape;
      options.recipe.shape = arguments.choice({"linear", "cosine"}) == 0 ? Shape::linear : Shape::cosine;
    } else if (arguments.is("--optimiser")) {
      using Optimiser = Recipe::Optimiser;
      options.recipe.optimiser = arguments.choice({"adamw", "sgd"}) == 0 ? Optimiser::adamw : Optimiser::sgd;
    } else if (arguments.is("--threads")) {
      options.threads = static_cast<unsigned>(arguments.count(0, 1024));
    } else if (arguments.is("--results")) {
      const std::string_view file = arguments.value();
      options.results = file == "none" ? "" : file;
    } else if (arguments.is("--csv")) {
      options.csv = arguments.value();
    } else if (arguments.is("--plot")) {
      options.plot = arguments.value();
    } else if (arguments.is("--wordnet")) {
      options.wordnet = arguments.value();
    } else {
      arguments.refuse();
    }
  }
  if (quick && full) throw common::InputError("--quick and --full exclude each other");
  if (quick) options.recipe.steps = 240;
  if (full) {
    options.recipe.steps = 1200;
    options.seeds = 8;
    options.widths = {8, 16, 32, 48};
    options.held_out = {24, 40, 64};
  }
  options.recipe.steps = steps.value_or(options.recipe.steps);
  options.seeds = seeds.value_or(options.seeds);
  if (options.recipe.rate == 0) options.recipe.rate = options.recipe.optimiser == Recipe::Optimiser::sgd ? 0.2 : 0.008;
  return options;
}

}  // namespace schedule_study
