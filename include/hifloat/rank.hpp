// Codes are not ordered like values: the rank of a code is its place in the order of values, sign included.
#pragma once

#include <cstdint>

#include <hifloat/config.hpp>
#include <hifloat/format.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

// -inf has rank 0, zero 127, +inf 254 and NaN 255: the 256 codes have the 256 ranks, and neighbours differ by one.
inline constexpr int rank_of_zero = format::infinity_rank;
inline constexpr int rank_of_nan = 2 * format::infinity_rank + 1;

/// The rank of a code, from its fields.
[[nodiscard]] HIFLOAT_HD constexpr int compute_rank(std::uint8_t code) noexcept {
  const format::Fields f = format::fields(code);
  if (f.kind == format::Kind::NaN) return rank_of_nan;
  if (f.kind == format::Kind::Zero) return rank_of_zero;
  const int distance = format::first_rank(f.exponent) + static_cast<int>(f.mantissa);  // from zero
  return f.negative ? rank_of_zero - distance : rank_of_zero + distance;
}

struct RankTable {
  std::uint8_t rank[256];
};
inline constexpr RankTable rank_table = [] {
  RankTable table{};
  for (unsigned code = 0; code < 256; ++code) {
    table.rank[code] = static_cast<std::uint8_t>(compute_rank(static_cast<std::uint8_t>(code)));
  }
  return table;
}();

/// compute_rank by table; a device function can't index a table of the host and computes.
[[nodiscard]] HIFLOAT_HD constexpr int rank_of(std::uint8_t code) noexcept {
#if HIFLOAT_DEVICE_CODE
  return compute_rank(code);
#else
  return rank_table.rank[code];
#endif
}

/// The code that has this rank.
[[nodiscard]] HIFLOAT_HD constexpr std::uint8_t code_of_rank(int rank) noexcept {
  if (rank == rank_of_nan) return format::nan;
  const int distance = rank - rank_of_zero;
  return distance < 0 ? static_cast<std::uint8_t>(format::sign_bit | format::code_of_rank(-distance))
                      : format::code_of_rank(distance);
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
