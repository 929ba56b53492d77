// Does the amax algorithm matter, on real data whose loudness changes? See --help.
#include <iostream>

#include "common/arguments.hpp"
#include "common/gnuplot.hpp"
#include "experiment.hpp"
#include "options.hpp"
#include "plot.hpp"
#include "report.hpp"
#include "speech.hpp"
#include "trace.hpp"

namespace {

using namespace compare_amax;

void run(const Options& options) {
  if (options.help) {
    std::cout << help_text;
    return;
  }
  if (!options.trace.empty()) {
    print_trace_report(std::cout, options);
    return;
  }
  if (!options.plot.empty()) common::check_plot("--plot", options.plot);  // now, rather than after the runs
  const Speech speech = load_speech(options.wav);
  const auto results = run_experiment(options, speech);
  print_report(std::cout, options, results);
  if (!options.plot.empty()) draw_plot(options.plot, results);
}

}  // namespace

int main(int argc, char** argv) {
  return common::run_program("compare_amax", [&] { run(parse_options(argc, argv)); });
}
