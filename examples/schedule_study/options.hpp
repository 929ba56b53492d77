// The command line, and the runs that it asks for.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>
#include <vector>

#include "language/formats.hpp"
#include "training.hpp"

namespace schedule_study {

struct Options {
  bool help = false;
  Recipe recipe{.steps = 600};
  /// The first is float, with which the others are compared.
  std::vector<language::Format> formats{language::all_formats().begin(), language::all_formats().end()};
  std::vector<language::Index> widths{8, 16, 32};  ///< that the law is fitted to
  std::vector<language::Index> held_out{24, 40};   ///< and that it predicts
  /// Of the recipe's learning rate, which is near the best; the held-out widths are trained at the first alone.
  std::vector<double> rate_shares{1, 0.25};
  std::size_t seeds = 3;
  unsigned threads = 0;  ///< 0: one a core
  std::filesystem::path wordnet = "/usr/share/wordnet";
  std::filesystem::path results{}, csv{}, plot{};  ///< empty: none
};

/// Throws common::InputError.
[[nodiscard]] Options parse_options(int argc, const char* const* argv);

extern const std::string_view help_text;

}  // namespace schedule_study
