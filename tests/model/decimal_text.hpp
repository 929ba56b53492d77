#pragma once
// Exact decimal text of the points at which rounding to HiFloat8 changes its mind.

#include "rational.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

namespace decimal_text {

constexpr std::size_t decimals =
    24;  // every value is a multiple of 2^-22, every midpoint one of 2^-23, of which 24 is one more

// `units` * 2^-24 as digits without a point: the last `decimals` of them stand behind it, and there is one before it.
inline std::string digits(std::int64_t units) {
  rational::Wide scaled = units;
  for (std::size_t i = 0; i < decimals; ++i) scaled *= 5;
  std::string text;
  for (; scaled != 0 || text.size() <= decimals; scaled /= 10)
    text += static_cast<char>('0' + static_cast<int>(scaled % 10));
  std::reverse(text.begin(), text.end());
  return text;
}

// One less in the last digit; the number is not 0.
inline std::string decremented(std::string text) {
  std::size_t i = text.size() - 1;
  for (; text[i] == '0'; --i) text[i] = '9';
  --text[i];
  return text;
}

inline std::string with_point(std::string text, std::size_t behind) {
  return text.insert(text.size() - behind, 1, '.');
}

}  // namespace decimal_text
