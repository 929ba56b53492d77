// std::from_chars of a float or double, where the standard library has none.
#pragma once

#include <charconv>
#include <cstdint>
#include <limits>
#include <locale>
#include <sstream>
#include <string>
#include <system_error>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/decimal.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// std::from_chars, slowly: the number's end is found here, its value by a stream.
template <class Number>
[[nodiscard]] std::from_chars_result from_chars_by_stream(const char* first, const char* last, Number& x) {
  using Limits = std::numeric_limits<Number>;
  const ReadNumber number = read_number(first, last, std::chars_format::general);
  if (number.end == nullptr) return {first, std::errc::invalid_argument};
  const std::uint32_t magnitude = number.bits & binary32::magnitude_mask;
  if (magnitude >= binary32::infinity) {  // a word: digits are read as finite
    const Number special = magnitude > binary32::infinity ? Limits::quiet_NaN() : Limits::infinity();
    x = *first == '-' ? -special : special;
    return {number.end, std::errc{}};
  }
  std::istringstream stream(std::string(first, number.end));
  stream.imbue(std::locale::classic());
  Number value = 0;
  stream >> value;  // may fail where the number is subnormal, and give the largest one or infinity where it overflows
  const bool overflowed = stream.fail() && (value >= (Limits::max)() || value <= Limits::lowest());
  const bool underflowed = magnitude != 0 && value > -Limits::denorm_min() && value < Limits::denorm_min();
  if (overflowed || underflowed) return {number.end, std::errc::result_out_of_range};
  x = value;
  return {number.end, std::errc{}};
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
