// Tables for byte permutes of 128 entries, where the bits of a binary32's two upper bytes decide the rank.
//
// The upper byte, without its sign, names a pair of neighbouring exponents. How the rank grows within the pair (with
// the exponent's lowest bit and four mantissa bits) is one of eight shapes: the pair gives a base and a shape; shape
// and mantissa give what is added to the base, in one table for the even exponent and one for the odd.
#pragma once

#include <cstdint>
#include <type_traits>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/format.hpp>
#include <hifloat/rounding.hpp>
#include <hifloat/simd/rank_line.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

struct ByteTable128 {
  ByteTable64 half[2];

  [[nodiscard]] constexpr std::uint8_t& operator[](unsigned i) noexcept { return half[i / 64].byte[i % 64]; }
};
template <class F>
[[nodiscard]] constexpr ByteTable128 make_table128(F f) {
  return {{make_table64([&](unsigned i) { return f(i); }), make_table64([&](unsigned i) { return f(i + 64); })}};
}

inline constexpr unsigned pair_special = 0xFF;  ///< the base of the pair that holds infinity and NaN
inline constexpr unsigned tie_to_even = 0x80;   ///< on a step that is one too many if no lower bit is set

/// What a number becomes of which four mantissa bits are known: its rank, and whether a tie goes down instead.
struct TopRank {
  unsigned rank;
  bool tie_goes_down;
};
template <class R>
[[nodiscard]] constexpr TopRank top_rank(unsigned biased_exponent, unsigned mantissa) noexcept {
  const int exponent = static_cast<int>(biased_exponent) - binary32::bias;
  if (exponent < format::min_exponent - 1) return {0, false};
  // The binade above the largest goes on as the largest does: ranks are limited later.
  const int tier = exponent == format::max_exponent + 1 ? format::max_exponent : exponent;
  if (tier > format::max_exponent) return {unsigned(format::infinity_rank) + 3, false};  // not below any of them
  const bool below_smallest = exponent == format::min_exponent - 1;
  const int width = below_smallest ? 0 : format::mantissa_width(tier);
  const unsigned kept = mantissa >> (4 - width);
  const rounding::Truncated cut = {.kept = below_smallest ? 0 : 1u << width | kept,
                                   .discarded = below_smallest ? rounding::half | std::uint64_t{mantissa} << 59
                                                               : std::uint64_t{mantissa} << (60 + width),
                                   .threshold = 0,
                                   .mantissa_width = width,
                                   .random = 0};
  using Ties = std::conditional_t<std::is_same_v<R, rounding::TiesEven>, rounding::TiesAway, R>;
  const bool up = Ties::rounds_up(cut);
  const unsigned first = below_smallest ? 0 : unsigned(format::first_rank(tier)) + (unsigned(exponent - tier) << width);
  return {first + kept + up, up && !R::rounds_up(cut)};
}

/// Indexed by pair: base and shape (three bits); by shape and the mantissa's upper four bits (mantissa << 3 | shape):
/// the steps.
struct PairTables {
  ByteTable128 base, shape, even_step, odd_step;
  unsigned shapes;  ///< how many there are
};
template <class R>
inline constexpr PairTables pair_tables = [] {
  PairTables tables{};
  unsigned shapes = 0;
  for (unsigned pair = 0; pair < 128; ++pair) {
    const unsigned base = top_rank<R>(2 * pair, 0).rank;
    const bool special = pair == 127;
    tables.base[pair] = static_cast<std::uint8_t>(special ? pair_special : base);
    const auto step = [&](unsigned odd, unsigned mantissa) {
      const TopRank top = top_rank<R>(2 * pair + odd, mantissa);
      return special ? std::uint8_t{0}
                     : static_cast<std::uint8_t>((top.rank - base) | (top.tie_goes_down ? tie_to_even : 0));
    };
    const auto same_as = [&](unsigned shape) {
      for (unsigned mantissa = 0; mantissa < 16; ++mantissa) {
        const unsigned i = mantissa << 3 | shape;
        if (tables.even_step[i] != step(0, mantissa)) return false;
        if (tables.odd_step[i] != step(1, mantissa)) return false;
      }
      return true;
    };
    unsigned shape = 0;
    while (shape < shapes && !same_as(shape)) ++shape;
    if (shape == shapes) {
      ++shapes;
      for (unsigned mantissa = 0; mantissa < 16; ++mantissa) {
        const unsigned i = mantissa << 3 | shape;
        tables.even_step[i] = step(0, mantissa);
        tables.odd_step[i] = step(1, mantissa);
      }
    }
    tables.shape[pair] = static_cast<std::uint8_t>(shape);
  }
  tables.shapes = shapes;
  return tables;
}();

/// By rank; bit 7 is set on all but zero's: it stays where there is a sign.
inline constexpr ByteTable128 flagged_code =
    make_table128([](unsigned rank) { return rank == 0 ? 0u : unsigned(format::code_of_rank(int(rank))) | 0x80u; });

/// The upper bytes of the ranks' binary32 values, the first flagged in the same way.
struct RankValues {
  ByteTable128 flagged_high, low;
};
inline constexpr RankValues rank_values = [] {
  const auto value = [](unsigned rank) { return format::binary32_bits(format::code_of_rank(static_cast<int>(rank))); };
  return RankValues{make_table128([&](unsigned rank) { return rank == 0 ? 0u : value(rank) >> 24 | 0x80u; }),
                    make_table128([&](unsigned rank) { return value(rank) >> 16; })};
}();

/// Where in a pair of vectors (entries 64..127: the second) the byte `byte` of element i lies, 0 the lowest.
/// binary32 numbers in order; those of 16-bit elements, spread out to even and odd ones; 16-bit words in order.
[[nodiscard]] constexpr unsigned byte_of_float(unsigned i, unsigned byte) { return i / 16 * 64 + i % 16 * 4 + byte; }
[[nodiscard]] constexpr unsigned byte_of_spread(unsigned i, unsigned byte) { return i % 2 * 64 + i / 2 * 4 + byte; }
[[nodiscard]] constexpr unsigned byte_of_word(unsigned i, unsigned byte) { return i / 32 * 64 + i % 32 * 2 + byte; }

/// Gathers byte 3 of 32 elements into the lower half and byte 2 into the upper one; and the other way round.
struct PlaneIndices {
  ByteTable64 high_low, low_high;
};
template <bool Spread>
inline constexpr PlaneIndices plane_indices = [] {
  const auto gather = [](unsigned first, unsigned second) {
    return make_table64([&](unsigned i) {
      const unsigned from = i < 32 ? first : second;
      return Spread ? byte_of_spread(i % 32, from) : byte_of_float(i % 32, from);
    });
  };
  return PlaneIndices{gather(3, 2), gather(2, 3)};
}();

/// Gathers the upper, or lower, words of 32 binary32 numbers, as bytes.
inline constexpr ByteTable64 upper_words_of_floats =
    make_table64([](unsigned i) { return byte_of_float(i / 2, 2 + i % 2); });
inline constexpr ByteTable64 lower_words_of_floats =
    make_table64([](unsigned i) { return byte_of_float(i / 2, i % 2); });

/// Gathers the upper, or lower, bytes of 64 words.
inline constexpr ByteTable64 upper_bytes_of_words = make_table64([](unsigned i) { return byte_of_word(i, 1); });
inline constexpr ByteTable64 lower_bytes_of_words = make_table64([](unsigned i) { return byte_of_word(i, 0); });

/// Spreads bytes 0..31, or 32..63, to words; what comes to the words' upper bytes doesn't matter.
template <unsigned Half>
inline constexpr ByteTable64 word_of_byte = make_table64([](unsigned i) { return 32 * Half + i / 2; });

/// Spreads {low, high} bytes to words: to pairs of elements 32v + j and 32v + 16 + j, for the lower and the upper
/// halves of binary32 numbers.
template <unsigned Vector>
inline constexpr ByteTable64 word_pairs_of_bytes = make_table64([](unsigned i) {
  return 32 * Vector + i / 4 + (i % 4 >= 2 ? 16 : 0) + (i % 2 == 1 ? 64 : 0);
});

/// The bytes of magnitude codes' values as 16-bit elements. All are exact in bfloat16, the upper half of a binary32.
struct WordBytes {
  ByteTable128 high, low;
};
template <class S>
inline constexpr WordBytes word_bytes = [] {
  const auto word = [](unsigned code) {
    return unsigned(S(bit_cast<float>(format::binary32_bits(static_cast<std::uint8_t>(code)))).bits());
  };
  return WordBytes{make_table128([&](unsigned code) { return word(code) >> 8; }), make_table128(word)};
}();

}  // namespace HIFLOAT_DETAIL_NAMESPACE
