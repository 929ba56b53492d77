// The rank as a piecewise linear function of the magnitude's bits, and what the vector backends' tables are made of.
//
// Read a magnitude's bits as a number (they count binades, the mantissa being the fraction of one) and call t its
// distance from 1.5. A binade holds 1, 2, 4 or 8 codes, the more the nearer to 1, and exactly alike on both sides: the
// rank is an odd function of t with slopes 8, 4, 2, 1. Doubling d = |t| up to each reach in turn gives it without any
// table; what falls under the binary point is exactly the discarded fraction, so that rounding is one addition.
#pragma once

#include <cstdint>

#include <hifloat/bits.hpp>
#include <hifloat/codec.hpp>
#include <hifloat/config.hpp>
#include <hifloat/format.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// The line with `Fraction` bits under the point: 23 for binary32 bits, 7 for their upper halves.
template <int Fraction>
struct RankLine {
  static constexpr std::int32_t half = std::int32_t{1} << (Fraction - 1);
  static constexpr std::int32_t one = 2 * half;
  static constexpr std::int32_t centre = binary32::bias * one + half;  ///< the bits of 1.5
  static constexpr std::int32_t centre_rank = format::first_rank(0) * one + 8 * half;

  /// |t| up to which d doubles, in the units that d has by then: 15.5, 7.5 and 3.5 binades.
  static constexpr std::int32_t reach[3] = {31 * half, 2 * 15 * half, 4 * 7 * half};
  static constexpr std::int32_t full_precision = 7 * half;  ///< three mantissa bits: -full_precision <= t < it
  static constexpr std::int32_t below_smallest = (format::min_exponent + binary32::bias) * one;

  [[nodiscard]] static constexpr std::int32_t at(std::int32_t magnitude) noexcept {
    const std::int32_t t = magnitude - centre;
    std::int32_t d = t < 0 ? -t : t;
    for (const std::int32_t r : reach) d += d < r ? d : r;
    return centre_rank + (t < 0 ? -d : d);
  }
};

// The line agrees with the format at every value.
static_assert([] {
  for (int exponent = format::min_exponent; exponent <= format::max_exponent; ++exponent) {
    const int width = format::mantissa_width(exponent);
    for (int mantissa = 0; mantissa < 1 << width; ++mantissa) {
      const std::int32_t magnitude = (exponent + binary32::bias) << 7 | mantissa << (7 - width);
      if (RankLine<7>::at(magnitude) != (format::first_rank(exponent) + mantissa) << 7) return false;
    }
  }
  return true;
}());

struct alignas(64) ByteTable64 {
  std::uint8_t byte[64];
};

template <class F>
[[nodiscard]] constexpr ByteTable64 make_table64(F f) {
  ByteTable64 table{};
  for (unsigned i = 0; i < 64; ++i) table.byte[i] = static_cast<std::uint8_t>(f(i));
  return table;
}

/// rank ^ code by rank / 8, sixteen entries over and over: bits above the index's fourth don't matter.
inline constexpr ByteTable64 rank_xor_code_table = make_table64([](unsigned i) {
  const int rank = static_cast<int>(i % 16 * 8);
  return rank ^ format::code_of_rank(rank);
});

/// Codes c = 8g + low: their upper binary32 half is 128 * exponent[g] + (low ^ flip[g]) * 2 * step[g], infinity's and
/// zero's excepted.
struct DecodeFields {
  ByteTable64 exponent, flip, step;
};
inline constexpr DecodeFields decode_fields = [] {
  DecodeFields fields{};
  for (unsigned i = 0; i < 64; ++i) {
    const unsigned g = i % 16;
    const auto word = [g](unsigned low) {
      return g == 0 && low == 0 ? (format::min_exponent - 1 + binary32::bias) * 128u
                                : format::binary32_bits(static_cast<std::uint8_t>(8 * g + low)) >> 16;
    };
    // The smallest of the eight is where flip = low; infinity, at low = 7, is never the smallest of its eight.
    unsigned smallest = 0;
    for (unsigned low = 1; low < 7; ++low) smallest = word(low) < word(smallest) ? low : smallest;
    fields.exponent.byte[i] = static_cast<std::uint8_t>(word(smallest) >> 7);
    fields.flip.byte[i] = static_cast<std::uint8_t>(smallest);
    fields.step.byte[i] = static_cast<std::uint8_t>((word(smallest ^ 1) - word(smallest)) / 2);
  }
  return fields;
}();

static_assert([] {
  for (unsigned code = 1; code < 128; ++code) {
    if (code == format::infinity) continue;
    const unsigned g = code / 8, low = code % 8;
    const unsigned word =
        128u * decode_fields.exponent.byte[g] + (low ^ decode_fields.flip.byte[g]) * 2u * decode_fields.step.byte[g];
    if (word != format::binary32_bits(static_cast<std::uint8_t>(code)) >> 16) return false;
  }
  return true;
}());

}  // namespace HIFLOAT_DETAIL_NAMESPACE
