// Codes are not ordered like values: the place of a code is its number in the order of values, sign included.
#pragma once

#include <cstdint>

#include <hifloat/config.hpp>
#include <hifloat/format.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

// -inf has place 0, zero 127, +inf 254 and NaN 255: the 256 codes have the 256 places, and neighbours differ by one.
// (The ranks of format.hpp are those of magnitudes: a number's place is zero's plus its magnitude's rank, or minus it.)
inline constexpr int place_of_zero = format::infinity_rank;
inline constexpr int place_of_nan = 2 * format::infinity_rank + 1;

/// The place of a code, from its fields.
[[nodiscard]] HIFLOAT_HD constexpr int compute_place(std::uint8_t code) noexcept {
  const format::Fields f = format::fields(code);
  if (f.kind == format::Kind::NaN) return place_of_nan;
  if (f.kind == format::Kind::Zero) return place_of_zero;
  const int rank = format::first_rank(f.exponent) + static_cast<int>(f.mantissa);
  return f.negative ? place_of_zero - rank : place_of_zero + rank;
}

struct PlaceTable {
  std::uint8_t place[256];
};
inline constexpr PlaceTable place_table = [] {
  PlaceTable table{};
  for (unsigned code = 0; code < 256; ++code) {
    table.place[code] = static_cast<std::uint8_t>(compute_place(static_cast<std::uint8_t>(code)));
  }
  return table;
}();

/// compute_place by table; a device function can't index a table of the host and computes.
[[nodiscard]] HIFLOAT_HD constexpr int place_of(std::uint8_t code) noexcept {
#if HIFLOAT_DEVICE_CODE
  return compute_place(code);
#else
  return place_table.place[code];
#endif
}

/// The code that has this place.
[[nodiscard]] HIFLOAT_HD constexpr std::uint8_t code_at(int place) noexcept {
  if (place == place_of_nan) return format::nan;
  const int rank = place - place_of_zero;
  return rank < 0 ? static_cast<std::uint8_t>(format::sign_bit | format::code_of_rank(-rank))
                  : format::code_of_rank(rank);
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
