// Tables for byte permutes of 64 entries, for roundings that compare lower bits.
#pragma once

#include <cstdint>
#include <type_traits>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/format.hpp>
#include <hifloat/rounding.hpp>
#include <hifloat/simd/rank_line.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// Biased exponents lowest_exponent..lowest_exponent + 63 are told apart; tables have their low six bits for an index.
/// The lowest stands for all below it: random bits of 16 may lift numbers down to 2^-39, those of 2^-31 by the tables
/// still.
inline constexpr int lowest_exponent = 95;
inline constexpr int lowest_lifted_exponent = format::min_exponent - 17 + binary32::bias;
static_assert(lowest_exponent < format::min_exponent - 1 + binary32::bias);
static_assert(lowest_exponent + 63 > format::max_exponent + binary32::bias);

[[nodiscard]] constexpr int exponent_of_entry(unsigned i) noexcept {
  return static_cast<int>((i - lowest_exponent) % 64) + lowest_exponent - binary32::bias;
}

inline constexpr unsigned rank_flag = 0x80;  ///< on every rank but that of zero

/// The rank of 2^exponent, flagged; what is above the largest has infinity's.
inline constexpr ByteTable64 rank_base = make_table64([](unsigned i) -> unsigned {
  const int exponent = exponent_of_entry(i);
  if (exponent > format::max_exponent) return rank_flag | unsigned(format::infinity_rank);
  return exponent >= format::min_exponent ? rank_flag | unsigned(format::first_rank(exponent)) : 0;
});

/// Upper nibble: mantissa bits kept. Lower nibble: a mask, zero where the mantissa doesn't count.
inline constexpr ByteTable64 mantissa_shape = make_table64([](unsigned i) -> unsigned {
  const int exponent = exponent_of_entry(i);
  if (exponent < format::min_exponent || exponent > format::max_exponent) return 0;
  return unsigned(format::mantissa_width(exponent)) << 4 | 0x0F;
});

/// What the mantissa adds to the rank before lower bits are looked at, by mantissa bits kept and the four upper ones.
/// Hybrid rounds ties away where it keeps three.
template <class R>
inline constexpr ByteTable64 rank_step = make_table64([](unsigned i) -> unsigned {
  const unsigned width = i >> 4, bits = i & 0x0F;
  const std::uint64_t kept = bits >> (4 - width);
  const std::uint64_t discarded = std::uint64_t{bits} << (60 + width);
  const bool up = std::is_same_v<R, rounding::Hybrid> && width == 3 &&
                  rounding::TiesAway::rounds_up({1u << width | kept, discarded, 0, int(width), 0});
  return unsigned(kept) + up;
});

/// Where a comparison of lower bits decides: what is added to the rank if it holds; and by how many bits the
/// significand, its leading one at bit 23, goes left for the discarded bits to come to the top of 32.
template <class R>
inline constexpr ByteTable64 late_step = make_table64([](unsigned i) -> unsigned {
  const int exponent = exponent_of_entry(i);
  if (exponent > format::max_exponent || exponent == lowest_exponent - binary32::bias) return 0;
  if (exponent >= format::min_exponent) {
    return std::is_same_v<R, rounding::Hybrid> && format::mantissa_width(exponent) == 3 ? 0 : 1;
  }
  return R::uses_random || exponent == format::min_exponent - 1 ? rank_flag | 1 : 0;
});
inline constexpr ByteTable64 late_shift = make_table64([](unsigned i) -> unsigned {
  const int exponent = exponent_of_entry(i);
  if (exponent > format::max_exponent || exponent == lowest_exponent - binary32::bias) return 0;
  return unsigned(exponent < format::min_exponent ? 8 + exponent - (format::min_exponent - 1)
                                                  : 9 + format::mantissa_width(exponent));
});

/// Planes of vector_steps.inl to the order of elements.
inline constexpr ByteTable64 plane_to_order = make_table64([](unsigned i) {
  constexpr unsigned place[] = {0, 2, 1, 3};
  return i % 16 * 4 + place[i / 16];
});

}  // namespace HIFLOAT_DETAIL_NAMESPACE
