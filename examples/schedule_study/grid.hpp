// All runs of the study.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <vector>

#include "common/record.hpp"
#include "options.hpp"

namespace schedule_study {

/// The runs of decoders of one width at one learning rate.
struct Cell {
  double rate = 0;
  bool is_held_out = false;
  language::Index width = 0;
  double parameters = 0;
  std::vector<std::vector<common::Record>> runs;  ///< [format][seed]

  /// Of a format after a warm-down, one a seed.
  [[nodiscard]] std::vector<double> losses(std::size_t format, std::size_t warm_down) const;
  /// What they are above float's, one a seed.
  [[nodiscard]] std::vector<double> penalties(std::size_t format, std::size_t warm_down) const;
};

/// Runs what the results file doesn't have yet. The cells of the higher rate come first, the fitted ones before those
/// that are held out.
[[nodiscard]] std::vector<Cell> run_grid(const Options& options, const Text& text);

/// A line for each run and warm-down.
void write_csv(std::ostream& out, const Options& options, const std::vector<Cell>& cells);

}  // namespace schedule_study
