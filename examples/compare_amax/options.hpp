// The command line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace compare_amax {

struct Options {
  bool help = false;
  std::uint64_t seed = 1;  ///< of the first run; the others take the next numbers
  std::size_t seeds = 3;
  std::size_t steps = 600;      ///< of quantized training, a run
  std::optional<float> target;  ///< none: 15, with other targets beside it
  enum class Clamp { unset, none, at_target, at_value } clamp = Clamp::unset;
  float clamp_value = 0;        ///< where clamp is at_value
  std::filesystem::path wav;    ///< empty: the speech that comes with the examples
  std::filesystem::path plot;   ///< empty: no plot
  std::filesystem::path trace;  ///< empty: train

  /// True where the table is the sweep at one target and one clamp, as asked for, with no other settings beside it.
  [[nodiscard]] bool one_setting() const { return target.has_value() || clamp != Clamp::unset; }
};

/// Throws InputError.
[[nodiscard]] Options parse_options(int argc, const char* const* argv);

extern const std::string_view help_text;

}  // namespace compare_amax
