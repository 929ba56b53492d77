// Codes are not ordered like values: the rank of a code is its place in the order of values.
#pragma once

#include <cstdint>

#include <hifloat/config.hpp>
#include <hifloat/format.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

// -inf has rank 0, zero 127, +inf 254 and NaN 255: the 256 codes have the 256 ranks, and neighbours differ by one.
inline constexpr int rank_of_zero = 127;
inline constexpr int rank_of_nan = 255;

/// The rank of a code, from its fields.
[[nodiscard]] HIFLOAT_HD constexpr int compute_rank(std::uint8_t code) noexcept {
  const format::Fields f = format::fields(code);
  if (f.kind == format::Kind::NaN) return rank_of_nan;
  if (f.kind == format::Kind::Zero) return rank_of_zero;
  int distance = static_cast<int>(f.mantissa) + 1;  // from zero; the pattern of infinity counts as 1.5 * 2^15
  for (int exponent = format::min_exponent; exponent < f.exponent; ++exponent) {
    distance += 1 << format::mantissa_width(exponent);
  }
  return f.negative ? rank_of_zero - distance : rank_of_zero + distance;
}

/// The code that has this rank.
[[nodiscard]] HIFLOAT_HD constexpr std::uint8_t compute_code(int rank) noexcept {
  if (rank == rank_of_nan) return format::nan;
  if (rank == rank_of_zero) return format::zero;
  const bool negative = rank < rank_of_zero;
  int place = (negative ? rank_of_zero - rank : rank - rank_of_zero) - 1;
  int exponent = format::min_exponent;
  for (; place >= 1 << format::mantissa_width(exponent); ++exponent) place -= 1 << format::mantissa_width(exponent);
  const std::uint8_t magnitude = format::compose(exponent, static_cast<unsigned>(place));
  return static_cast<std::uint8_t>(magnitude | (negative ? format::sign_bit : 0));
}

struct RankTables {
  std::uint8_t rank[256] = {};
  std::uint8_t code[256] = {};
};

[[nodiscard]] constexpr RankTables make_rank_tables() noexcept {
  RankTables tables;
  for (int i = 0; i < 256; ++i) {
    tables.rank[i] = static_cast<std::uint8_t>(compute_rank(static_cast<std::uint8_t>(i)));
    tables.code[i] = compute_code(i);
  }
  return tables;
}

inline constexpr RankTables rank_tables = make_rank_tables();

// A device function cannot index a host table, so it computes.

[[nodiscard]] HIFLOAT_HD constexpr int rank_of(std::uint8_t code) noexcept {
#if HIFLOAT_DEVICE_CODE
  return compute_rank(code);
#else
  return rank_tables.rank[code];
#endif
}

[[nodiscard]] HIFLOAT_HD constexpr std::uint8_t code_of_rank(int rank) noexcept {
#if HIFLOAT_DEVICE_CODE
  return compute_code(rank);
#else
  return rank_tables.code[rank];
#endif
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
