// One number to its HiF8 code and back. Integer fields only: no result depends on the rounding mode, flush-to-zero or
// -ffast-math.
#pragma once

#include <cstdint>
#include <type_traits>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/exact.hpp>
#include <hifloat/format.hpp>
#include <hifloat/overflow.hpp>
#include <hifloat/rounding.hpp>
#include <hifloat/storage.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// A source number as rounding sees it: binary32 bits, and the threshold T of rounding::SimplifiedStochastic, first bit
/// at bit 63.
struct Source {
  std::uint32_t bits;
  std::uint64_t threshold;
};

/// T of a binary32 source: its 14 lowest mantissa bits.
[[nodiscard]] HIFLOAT_HD constexpr Source source_of_binary32(std::uint32_t bits) noexcept {
  return {bits, static_cast<std::uint64_t>(bits & 0x3FFF) << 50};
}

/// T of a 16-bit source that was scaled by a power of two: {lowest stored bit, 1}.
[[nodiscard]] HIFLOAT_HD constexpr std::uint64_t threshold_of_word(std::uint16_t word) noexcept {
  return static_cast<std::uint64_t>((word & 1u) << 1 | 1u) << 62;
}

[[nodiscard]] HIFLOAT_HD constexpr Source source_of(float x) noexcept {
  return source_of_binary32(bit_cast<std::uint32_t>(x));
}
[[nodiscard]] HIFLOAT_HD constexpr Source source_of(double x) noexcept { return source_of_binary32(round_to_odd(x)); }
[[nodiscard]] HIFLOAT_HD constexpr Source source_of(bfloat16 x) noexcept {
  return {static_cast<std::uint32_t>(x.bits()) << 16, threshold_of_word(x.bits())};
}
[[nodiscard]] HIFLOAT_HD constexpr Source source_of(binary16 x) noexcept {
  return {from_binary16_word(x.bits()), threshold_of_word(x.bits())};
}

/// How the significands of one binade, 24 bits wide, become ranks: cut off the lowest `cut` bits, keep the rest, add
/// `offset`.
struct Binade {
  std::uint8_t cut;
  std::uint8_t mantissa_width;
  std::uint8_t offset;
};

/// The binade of a binary32 exponent field.
[[nodiscard]] HIFLOAT_HD constexpr Binade compute_binade(int field) noexcept {
  const int exponent = field - binary32::bias;
  // Below the smallest value the grid stays that of 2^-22. Above 2^15 it goes on, and every rank is past infinity's.
  const int on_grid = exponent < format::min_exponent ? format::min_exponent : exponent;
  const int width = format::mantissa_width(on_grid);
  const int cut = binary32::mantissa_width - width + (on_grid - exponent);
  return {static_cast<std::uint8_t>(cut < 63 ? cut : 63), static_cast<std::uint8_t>(width),
          static_cast<std::uint8_t>(format::first_rank(on_grid) - (1 << width))};
}

struct BinadeTable {
  Binade binade[256];
};
inline constexpr BinadeTable binade_table = [] {
  BinadeTable table{};
  for (int field = 0; field < 256; ++field) table.binade[field] = compute_binade(field);
  return table;
}();

/// compute_binade by table; a device function can't index a table of the host and computes.
[[nodiscard]] HIFLOAT_HD constexpr Binade binade_of(std::uint32_t field) noexcept {
#if HIFLOAT_DEVICE_CODE
  return compute_binade(static_cast<int>(field));
#else
  return binade_table.binade[field];
#endif
}

/// A magnitude cut where HiF8 cuts it, and what turns what is kept into a rank.
struct CutMagnitude {
  rounding::Truncated truncated;
  int offset;
};
/// Of a finite binary32, given without its sign.
[[nodiscard]] HIFLOAT_HD constexpr CutMagnitude cut_magnitude(std::uint32_t magnitude, std::uint64_t threshold,
                                                              std::uint16_t random) noexcept {
  // 1. Fields. A binary32 subnormal passes for 2^-127 and its bits for a significand without leading 1: all of them are
  // far below half of 2^-22.
  const std::uint32_t field = magnitude >> binary32::mantissa_width;
  const std::uint64_t significand = (magnitude & binary32::mantissa_mask) | (field != 0 ? binary32::hidden_one : 0);

  // 2. Cut the significand where HiF8 cuts it in this binade.
  const Binade binade = binade_of(field);
  const std::uint64_t kept = significand >> binade.cut;
  const std::uint64_t discarded = significand << (64 - binade.cut);
  return {{kept, discarded, threshold, binade.mantissa_width, random}, binade.offset};
}

/// The magnitude code of a finite binary32, given without its sign, or `format::infinity` for what rounds past the
/// largest value.
template <RoundingPolicy R>
[[nodiscard]] HIFLOAT_HD constexpr std::uint8_t round_magnitude(std::uint32_t magnitude, std::uint64_t threshold,
                                                                std::uint16_t random) noexcept {
  const CutMagnitude cut = cut_magnitude(magnitude, threshold, random);

  // 3. Round up or not. Ranks run on through the binades, so a carry out of the significand needs no care.
  const int rank = cut.offset + static_cast<int>(cut.truncated.kept) + (R::rounds_up(cut.truncated) ? 1 : 0);

  // 4. Above 2^15 there is only infinity.
  if (rank < format::infinity_rank) return format::code_of_rank(rank);
  return R::passes_largest ? format::infinity : format::max;
}

/// The code of any source number, with infinity standing for all that rounds past the largest value.
template <RoundingPolicy R>
[[nodiscard]] HIFLOAT_HD constexpr std::uint8_t round_source(const Source& x, std::uint16_t random) noexcept {
  const std::uint32_t magnitude = x.bits & binary32::magnitude_mask;
  if (magnitude > binary32::infinity) return format::nan;
  const std::uint8_t rounded =
      magnitude == binary32::infinity ? format::infinity : round_magnitude<R>(magnitude, x.threshold, random);
  const bool negative = x.bits != magnitude && rounded != format::zero;  // there is no -0
  return static_cast<std::uint8_t>(rounded | (negative ? format::sign_bit : 0));
}

/// What the overflow policy makes of a rounded code.
template <OverflowPolicy O>
[[nodiscard]] HIFLOAT_HD constexpr std::uint8_t apply_overflow(std::uint8_t code) noexcept {
  const unsigned sign = code & format::sign_bit;
  if (code == format::nan) return O::nan;
  return (code ^ sign) == format::infinity ? static_cast<std::uint8_t>(sign | O::past_largest) : code;
}

template <RoundingPolicy R, OverflowPolicy O>
[[nodiscard]] HIFLOAT_HD constexpr std::uint8_t encode_source(const Source& x, std::uint16_t random) noexcept {
  return apply_overflow<O>(round_source<R>(x, random));
}

/// The values of all codes as binary32 bits.
struct DecodeTable {
  std::uint32_t bits[256];
};
inline constexpr DecodeTable decode_table = [] {
  DecodeTable table{};
  for (unsigned code = 0; code < 256; ++code) table.bits[code] = format::binary32_bits(static_cast<std::uint8_t>(code));
  return table;
}();

[[nodiscard]] HIFLOAT_HD constexpr std::uint32_t decode_to_bits(std::uint8_t code) noexcept {
#if HIFLOAT_DEVICE_CODE
  return format::binary32_bits(code);
#else
  return decode_table.bits[code];
#endif
}

/// The source number of an integer.
template <class Integer>
[[nodiscard]] HIFLOAT_HD constexpr Source source_of_integer(Integer x) noexcept {
  const bool negative = x < Integer{};
  const auto magnitude = static_cast<std::uint64_t>(x);
  return source_of_binary32(round_to_odd(Exact{negative, negative ? 0 - magnitude : magnitude, 0, false}));
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_FUNCTION_NAMESPACE {

/// The HiF8 code of `x`, rounded once from its exact value. `x` is float, double, bfloat16, binary16, or a type that
/// storage_traits maps to them. What becomes of NaN, and of what rounds past the largest value, is O's to say.
/// rounding::Hybrid and SimplifiedStochastic see the source's own bits, so float and 16-bit words of one value may
/// differ there; a double passes for the binary32 that rounding to odd gives.
template <RoundingPolicy R = rounding::TiesAway, OverflowPolicy O = overflow::Saturate, FloatingStorage T>
  requires(!R::uses_random)
[[nodiscard]] HIFLOAT_HD constexpr std::uint8_t encode(T x) noexcept {
  return detail::encode_source<R, O>(detail::source_of(detail::bit_cast<storage_t<T>>(x)), 0);
}

/// The same for a policy that takes 16 random bits, uniform on 0..65535.
template <RoundingPolicy R, OverflowPolicy O = overflow::Saturate, FloatingStorage T>
  requires(R::uses_random)
[[nodiscard]] HIFLOAT_HD constexpr std::uint8_t encode(T x, std::uint16_t random) noexcept {
  return detail::encode_source<R, O>(detail::source_of(detail::bit_cast<storage_t<T>>(x)), random);
}

/// The same for an integer of at most 64 bits, from its exact value.
template <RoundingPolicy R = rounding::TiesAway, OverflowPolicy O = overflow::Saturate, class Integer>
  requires(std::is_integral_v<Integer> && sizeof(Integer) <= 8 && !R::uses_random)
[[nodiscard]] HIFLOAT_HD constexpr std::uint8_t encode(Integer x) noexcept {
  return detail::encode_source<R, O>(detail::source_of_integer(x), 0);
}

/// The value of a code, always exact. NaN is 0x7FC00000.
[[nodiscard]] HIFLOAT_HD constexpr float decode(std::uint8_t code) noexcept {
  return detail::bit_cast<float>(detail::decode_to_bits(code));
}

}  // namespace HIFLOAT_FUNCTION_NAMESPACE
