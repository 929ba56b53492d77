#pragma once

#include <cstdint>
#include <string_view>

namespace common {

/// The whole text as a number, as std::from_chars reads it, which some standard libraries do for integers alone. False
/// for any other text, and for numbers that the type can't hold.
/// @{
[[nodiscard]] bool parse_number(std::string_view text, std::uint64_t& number);
[[nodiscard]] bool parse_number(std::string_view text, double& number);
/// @}

}  // namespace common
