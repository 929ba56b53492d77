// Tables for byte permutes of 64 entries, by exponent, for roundings that compare lower bits.
#pragma once

#include <cstdint>
#include <type_traits>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/format.hpp>
#include <hifloat/rounding.hpp>
#include <hifloat/simd/pair_tables.hpp>
#include <hifloat/simd/rank_line.hpp>
#include <hifloat/simd/tables.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// Biased exponents lowest_exponent..highest_exponent are told apart, by their low six bits. The lowest stands for all
/// below, the highest for all above.
inline constexpr int lowest_exponent = format::min_exponent - 18 + binary32::bias;
inline constexpr int highest_exponent = lowest_exponent + 63;
static_assert(highest_exponent > format::max_exponent + binary32::bias);

template <class F>
[[nodiscard]] constexpr ByteTable64 make_exponent_table(F f) {
  return make_table64([f](unsigned i) {
    const int biased = static_cast<int>((i - unsigned(lowest_exponent)) % 64) + lowest_exponent;
    return static_cast<unsigned>(f(biased - binary32::bias));
  });
}

/// 16 random bits may lift numbers from 2^-39 on. Eight binades below the smallest value are in the tables; what is
/// below those is marked.
inline constexpr int lowest_lifted = format::min_exponent - 17, lowest_in_tables = format::min_exponent - 9;
inline constexpr unsigned may_be_lifted = 0xC0;

/// Whether lower bits decide if the rank goes up.
template <class R>
[[nodiscard]] constexpr bool decided_late(int exponent) noexcept {
  if (exponent > format::max_exponent) return false;
  if (exponent < (R::uses_random ? lowest_in_tables : format::min_exponent - 1)) return false;
  const bool three_bits = exponent >= format::min_exponent && format::mantissa_width(exponent) == 3;
  return !(std::is_same_v<R, rounding::Hybrid> && three_bits);
}

/// The rank of 2^exponent; what is above the largest has infinity's. And the same where lower bits round up.
template <class R>
inline constexpr ByteTable64 rank_base = make_exponent_table([](int exponent) -> unsigned {
  if (exponent > format::max_exponent) return unsigned(format::infinity_rank);
  if (exponent >= format::min_exponent) return unsigned(format::first_rank(exponent));
  const bool lifted = exponent < lowest_in_tables && exponent >= lowest_lifted;
  return R::uses_random && lifted ? may_be_lifted : 0;
});
template <class R>
inline constexpr ByteTable64 rank_base_up = make_exponent_table([](int exponent) -> unsigned {
  return rank_base<R>.byte[unsigned(exponent + binary32::bias) % 64] + (decided_late<R>(exponent) ? 1u : 0u);
});

/// 1 + the mantissa bits that are kept; 0 where the mantissa doesn't count.
inline constexpr ByteTable64 mantissa_shape = make_exponent_table([](int exponent) -> unsigned {
  if (exponent < format::min_exponent || exponent > format::max_exponent) return 0;
  return 1 + unsigned(format::mantissa_width(exponent));
});

/// Whether the upper four mantissa bits alone round up. Hybrid rounds ties away where it keeps three bits.
template <class R>
[[nodiscard]] constexpr bool rounds_up_early(const rounding::Truncated& cut) noexcept {
  if constexpr (decided_by_top_bits<R>) return R::rounds_up(cut);
  return std::is_same_v<R, rounding::Hybrid> && cut.mantissa_width == 3 && rounding::TiesAway::rounds_up(cut);
}

/// What the mantissa adds to the rank before lower bits are looked at, by its upper four bits and the shape
/// (mantissa << 3 | shape).
template <class R>
inline constexpr ByteTable128 rank_step = make_table128([](unsigned i) -> unsigned {
  if (i % 8 == 0 || i % 8 > 4) return 0;
  const unsigned width = i % 8 - 1, bits = i >> 3, kept = bits >> (4 - width);
  return kept + rounds_up_early<R>({1u << width | kept, std::uint64_t{bits} << (60 + width), 0, int(width), 0});
});

/// By how many bits {upper word, lower word} go left for the discarded bits to come to the top of the upper word. Below
/// the smallest value the leading one, at bit 7 of the upper word, is one of them.
inline constexpr ByteTable64 late_shift = make_exponent_table([](int exponent) -> unsigned {
  if (exponent < lowest_in_tables || exponent > format::max_exponent) return 0;
  return unsigned(exponent < format::min_exponent ? 8 - (format::min_exponent - 1 - exponent)
                                                  : 9 + format::mantissa_width(exponent));
});

}  // namespace HIFLOAT_DETAIL_NAMESPACE
