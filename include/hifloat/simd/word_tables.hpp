// Tables of 64 words, by exponent, for instruction sets that shift each word by its own count: where the upper half of
// a binary32 decides, its rank is (magnitude + addend) >> shift.
#pragma once

#include <cstdint>
#include <type_traits>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/format.hpp>
#include <hifloat/rounding.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

struct alignas(64) WordTable64 {
  std::uint16_t word[64];
};

/// Magnitudes, the upper halves of binary32 numbers without sign, are limited to these; their exponents have different
/// low six bits. What is below is zero, what is above is past the largest.
inline constexpr int smallest_magnitude16 = (format::min_exponent - 2 + binary32::bias) << 7;
inline constexpr int largest_magnitude16 = (format::max_exponent + 1 + binary32::bias) << 7;

/// Nonzero ranks carry this; those past the largest are infinity's or above.
inline constexpr int word_rank_flag = 0x80;

/// Gathers the upper words of 32 binary32 numbers from two vectors.
inline constexpr WordTable64 upper_words_of_pair = [] {
  WordTable64 table{};
  for (unsigned i = 0; i < 32; ++i) table.word[i] = static_cast<std::uint16_t>(2 * i + 1);
  return table;
}();

struct WordTables {
  WordTable64 addend, shift;
};
template <class R>
inline constexpr WordTables word_tables = [] {
  WordTables tables{};
  for (int exponent = format::min_exponent - 2; exponent <= format::max_exponent + 1; ++exponent) {
    const int biased = exponent + binary32::bias;
    constexpr bool rounds = std::is_same_v<R, rounding::TiesAway>;
    int shift = 8, result = 0;  // a rank, whatever the mantissa
    int half = 0;
    if (exponent > format::max_exponent) {
      result = word_rank_flag | format::infinity_rank;
    } else if (exponent >= format::min_exponent) {
      const int width = format::mantissa_width(exponent);
      shift = 7 - width;
      result = (word_rank_flag | format::first_rank(exponent));
      half = rounds ? 1 << (shift - 1) : 0;
    } else if (exponent == format::min_exponent - 1 && rounds) {
      result = word_rank_flag | 1;  // a tie or more
    }
    const unsigned entry = unsigned(biased) % 64;
    tables.addend.word[entry] = static_cast<std::uint16_t>((result << shift) + half - (biased << 7));
    tables.shift.word[entry] = static_cast<std::uint16_t>(shift);
  }
  return tables;
}();

}  // namespace HIFLOAT_DETAIL_NAMESPACE
