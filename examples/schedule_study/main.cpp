// Where does the best warm-down lie, and what do few bits cost? See --help.
#include <fstream>
#include <iostream>
#include <vector>

#include "common/arguments.hpp"
#include "common/gnuplot.hpp"
#include "common/input_error.hpp"
#include "grid.hpp"
#include "options.hpp"
#include "plot.hpp"
#include "report.hpp"

namespace {

using namespace schedule_study;

void run(const Options& options) {
  if (options.help) {
    std::cout << help_text;
    return;
  }
  if (!options.plot.empty()) common::check_plot("--plot", options.plot);  // now, rather than after the runs
  std::ofstream csv(options.csv);
  const auto check_csv = [&] {
    if (!options.csv.empty() && !csv) throw common::InputError("--csv: " + options.csv.string() + " cannot be written");
  };
  check_csv();
  const std::vector<Cell> cells = run_grid(options, read_text(options.wordnet));
  print_report(std::cout, options, cells);  // first: it must not be lost where the others fail
  if (csv.is_open()) write_csv(csv, options, cells);
  csv.close();
  check_csv();
  if (!options.plot.empty()) draw_plot(options, cells);
}

}  // namespace

int main(int argc, char** argv) {
  return common::run_program("schedule_study", [&] { run(parse_options(argc, argv)); });
}
