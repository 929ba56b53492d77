// What the user of quantize_file chose.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace quantize_file {

enum class Rounding : std::uint8_t { TiesAway, TiesEven, TowardZero, Hybrid, SimplifiedStochastic };

struct Options {
  std::string input{}, output{};
  float target = 15.0f;
  Rounding rounding = Rounding::TiesAway;
  bool per_channel = false;
  bool help = false;
};

extern const std::string_view help_text;

/// What cannot be used is a common::InputError.
[[nodiscard]] Options parse_options(int argc, const char* const* argv);

}  // namespace quantize_file
