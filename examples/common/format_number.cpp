#include "format_number.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <string>

namespace common {

std::string format_number(double value) {
  std::array<char, 40> text{};
  const auto result = std::to_chars(text.begin(), text.end(), value);
  return {text.begin(), result.ptr};
}

std::string format_fixed(double value, int decimals, bool with_sign) {
  if (!std::isfinite(value)) return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
  std::array<char, 400> text{};  // 1e308 has 309 digits before the point
  const auto result = std::to_chars(text.begin(), text.end(), value, std::chars_format::fixed, decimals);
  std::string formatted(with_sign && value > 0 ? "+" : "");
  return formatted.append(text.begin(), result.ptr);
}

std::string format_three_digits(double value) {
  const double magnitude = std::fabs(value);
  return format_fixed(value, magnitude >= 99.95 ? 0 : magnitude >= 9.995 ? 1 : 2);
}

}  // namespace common
