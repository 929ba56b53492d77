// Tables for byte permutes of 64 and 128 entries.
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

/// Whether the upper four mantissa bits round up. TiesEven takes back what was a tie, and the policies that compare
/// with lower bits add one late.
template <class R>
[[nodiscard]] constexpr bool rounds_up_early(const rounding::Truncated& t) noexcept {
  if constexpr (std::is_same_v<R, rounding::TowardZero>) return false;
  if constexpr (std::is_same_v<R, rounding::Hybrid>) return t.mantissa_width == 3 && rounding::TiesAway::rounds_up(t);
  if constexpr (std::is_same_v<R, rounding::SimplifiedStochastic> || R::uses_random) return false;
  return rounding::TiesAway::rounds_up(t);
}

inline constexpr unsigned rank_flag = 0x80;  ///< on every rank but that of zero

/// The rank of 2^exponent, flagged; the binade below the smallest value and those above the largest included.
template <class R>
inline constexpr ByteTable64 rank_base = make_table64([](unsigned i) -> unsigned {
  const int exponent = exponent_of_entry(i);
  if (exponent > format::max_exponent) return rank_flag | unsigned(format::infinity_rank - !R::passes_largest);
  if (exponent >= format::min_exponent) return rank_flag | unsigned(format::first_rank(exponent));
  return exponent == format::min_exponent - 1 && rounds_up_early<R>({0, rounding::half, 0, 0, 0}) ? rank_flag | 1 : 0;
});

/// Upper nibble: mantissa bits kept. Lower nibble: a mask, zero where the mantissa doesn't count.
inline constexpr ByteTable64 mantissa_shape = make_table64([](unsigned i) -> unsigned {
  const int exponent = exponent_of_entry(i);
  if (exponent < format::min_exponent || exponent > format::max_exponent) return 0;
  return unsigned(format::mantissa_width(exponent)) << 4 | 0x0F;
});

/// What the mantissa adds to the rank, by mantissa bits kept and the four upper ones.
template <class R>
inline constexpr ByteTable64 rank_step = make_table64([](unsigned i) -> unsigned {
  const unsigned width = i >> 4, bits = i & 0x0F;
  const std::uint64_t kept = bits >> (4 - width);
  const std::uint64_t discarded = std::uint64_t{bits} << (60 + width);
  return unsigned(kept) + rounds_up_early<R>({1u << width | kept, discarded, 0, int(width), 0});
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
/// The two upper bytes of magnitude codes' binary32 values.
struct ValueBytes {
  ByteTable64 high[2], low[2];
};
inline constexpr ValueBytes value_bytes = [] {
  ValueBytes bytes{};
  for (unsigned code = 0; code < 128; ++code) {
    const std::uint32_t value = format::binary32_bits(static_cast<std::uint8_t>(code));
    bytes.high[code / 64].byte[code % 64] = static_cast<std::uint8_t>(value >> 24);
    bytes.low[code / 64].byte[code % 64] = static_cast<std::uint8_t>(value >> 16);
  }
  return bytes;
}();

}  // namespace HIFLOAT_DETAIL_NAMESPACE
