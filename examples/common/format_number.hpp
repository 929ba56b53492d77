// Numbers as text, for tables and messages.
#pragma once

#include <string>

namespace common {

/// The shortest text: 15, 0.5, 32768.
[[nodiscard]] std::string format_number(double value);
/// With a fixed number of decimals; `with_sign` writes a plus before positive numbers.
[[nodiscard]] std::string format_fixed(double value, int decimals, bool with_sign = false);
/// In three digits: 1.02, 23.4, 648.
[[nodiscard]] std::string format_three_digits(double value);

}  // namespace common
