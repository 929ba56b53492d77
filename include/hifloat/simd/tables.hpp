// Tables made at compile time from the codec.
#pragma once

#include <cstddef>
#include <cstdint>

#include <hifloat/bits.hpp>
#include <hifloat/codec.hpp>
#include <hifloat/config.hpp>
#include <hifloat/format.hpp>
#include <hifloat/overflow.hpp>
#include <hifloat/rounding.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// Policies for which sign, exponent, four mantissa bits and a sticky bit decide: three bits may be kept, one says
/// which half, the sticky one tells a tie (and a NaN from infinity).
template <class R>
inline constexpr bool decided_by_top_bits = false;
template <>
inline constexpr bool decided_by_top_bits<rounding::TiesAway> = true;
template <>
inline constexpr bool decided_by_top_bits<rounding::TiesEven> = true;
template <>
inline constexpr bool decided_by_top_bits<rounding::TowardZero> = true;

inline constexpr int top_bits_shift = 19;

/// The table's index of a binary32: its 13 top bits and the sticky bit.
[[nodiscard]] HIFLOAT_HD constexpr std::size_t top_bits_index(std::uint32_t bits) noexcept {
  const bool sticky = (bits & ((1u << top_bits_shift) - 1)) != 0;
  return static_cast<std::size_t>(bits >> top_bits_shift << 1 | (sticky ? 1u : 0u));
}

/// encode_source by table.
struct EncodeTable {
  std::uint8_t code[1 << 14];
};
template <RoundingPolicy R, OverflowPolicy O>
inline constexpr EncodeTable encode_table = [] {
  EncodeTable table{};
  for (std::uint32_t index = 0; index < 1u << 14; ++index) {
    const std::uint32_t bits = index >> 1 << top_bits_shift | (index & 1);
    const int exponent = static_cast<int>(bits >> binary32::mantissa_width & 0xFF) - binary32::bias;
    if (exponent < format::min_exponent - 1) continue;  // zero: half of the table takes no compile time
    table.code[index] = encode_source<R, O>(source_of_binary32(bits), 0);
  }
  return table;
}();

/// encode_source, by table where one decides.
template <RoundingPolicy R, OverflowPolicy O>
[[nodiscard]] inline std::uint8_t encode_fast(const Source& x, std::uint16_t random) noexcept {
  if constexpr (decided_by_top_bits<R>) {
    return encode_table<R, O>.code[top_bits_index(x.bits)];
  } else {
    return encode_source<R, O>(x, random);
  }
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
