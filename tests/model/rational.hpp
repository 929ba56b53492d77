#pragma once
// One rounding of an exact rational number to HiFloat8, by searching the golden table. Integers only; shares no code
// with the library. Every value is a multiple of 2^-22, every midpoint of two neighbours one of 2^-23.

#include "golden_codes.hpp"
#include "hif8_model.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace rational {

__extension__ typedef __int128 Wide;

enum class Rounding { TiesAway, TiesEven, TowardZero };

struct Entry {
  std::int64_t halves;  // magnitude in units of 2^-23
  std::uint8_t code;
};

// The finite magnitudes in order, and infinity at its place, 1.5 * 2^15.
inline const std::vector<Entry>& magnitudes() {
  static const std::vector<Entry> sorted = [] {
    std::vector<Entry> list;
    const std::array<double, 256> values = golden::hif8_codes();
    for (std::size_t code = 0; code < 256; ++code) {
      if (std::isfinite(values[code]) && !std::signbit(values[code])) {
        list.push_back({static_cast<std::int64_t>(std::ldexp(values[code], 23)), static_cast<std::uint8_t>(code)});
      }
    }
    list.push_back({std::int64_t{49152} << 23, model::infinity_code});
    std::sort(list.begin(), list.end(), [](const Entry& a, const Entry& b) { return a.halves < b.halves; });
    return list;
  }();
  return sorted;
}

// The magnitude code of numerator / denominator * 2^-46, both positive; infinity's where it rounds past the largest.
inline std::uint8_t round(Rounding rounding, Wide numerator, Wide denominator) {
  const std::vector<Entry>& list = magnitudes();
  const Wide scaled = denominator << 23;  // numerator / scaled is the number in units of 2^-23
  const auto above = std::upper_bound(list.begin(), list.end(), numerator,
                                      [&](Wide x, const Entry& entry) { return x < entry.halves * scaled; });
  if (above == list.end()) return rounding == Rounding::TowardZero ? list.end()[-2].code : model::infinity_code;
  const Entry low = above[-1];
  if (rounding == Rounding::TowardZero) return low.code;
  const std::int64_t step = above->halves - low.halves;
  const Wide twice = 2 * numerator;
  const Wide midpoint = (low.halves + above->halves) * scaled;
  if (twice != midpoint) return twice < midpoint ? low.code : above->code;
  const bool even = (low.halves / step) % 2 == 0;  // the significand of the lower neighbour in its own binade
  return rounding == Rounding::TiesEven && even ? low.code : above->code;
}

// The policy's code for a signed magnitude code.
inline std::uint8_t finish(model::Overflow overflow, bool negative, std::uint8_t magnitude) {
  if (magnitude == model::infinity_code && overflow != model::Overflow::Infinity)
    magnitude = magnitudes().end()[-2].code;
  return magnitude == 0 ? model::zero_code : static_cast<std::uint8_t>(magnitude | (negative ? model::sign_bit : 0));
}

}  // namespace rational
