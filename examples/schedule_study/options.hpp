// The command line, and the runs that it asks for.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>
#include <vector>

#include "formats.hpp"
#include "training.hpp"

namespace schedule_study {

struct Options {
  bool help = false;
  Recipe recipe{.steps = 600};
  std::vector<Format> formats{all_formats().begin(), all_formats().end()};  ///< float is the first
  std::vector<language::Index> widths{8, 16, 32};                           ///< that the law is fitted to
  std::vector<language::Index> held_out{24, 48};                            ///< and that it predicts
  std::size_t seeds = 3;
  unsigned threads = 0;  ///< 0: one a core
  std::filesystem::path wordnet = "/usr/share/wordnet";
  std::filesystem::path results, csv, plot;  ///< empty: none

  /// The learning rates of the grid: the recipe's, near the best, and a quarter of it.
  [[nodiscard]] std::vector<double> rates() const { return {recipe.rate, recipe.rate / 4}; }
};

/// Throws common::InputError.
[[nodiscard]] Options parse_options(int argc, const char* const* argv);

extern const std::string_view help_text;

}  // namespace schedule_study
