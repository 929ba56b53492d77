// All 65,536 words of binary16 and of bfloat16, every rounding and overflow policy, against the model.

#include "model/codec_under_test.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cstddef>
#include <cstdint>

namespace test_codec_words {
namespace {

template <class Widen, class FromBits>
void check_every_word(Widen widen, FromBits from_bits) {
  std::uint64_t mismatches = 0;
  for (std::uint32_t i = 0; i < 0x10000; ++i) {
    const auto word = static_cast<std::uint16_t>(i);
    const model::Source source = widen(word);
    const model::Bracket x = model::bracket(source);
    const auto check = [&](auto rounding, std::uint16_t random) {
      const std::size_t rank = x.nan ? 0 : model::rounded_rank(rounding.expected, x, source, random);
      codec_test::for_each_overflow([&](auto overflow) {
        const std::uint8_t expected = model::finish(overflow.expected, x.nan, x.negative, rank);
        const std::uint8_t got = codec_test::encode(rounding, overflow, from_bits(word), random);
        if (got == expected) return;
        if (++mismatches <= 20) {
          MESSAGE(codec_test::describe(rounding.expected, overflow.expected, word, got, expected, random));
        }
      });
    };
    codec_test::for_each_rounding([&](auto rounding) {
      check(rounding, 0);
      if constexpr (decltype(rounding)::takes_random) {
        check(rounding, 0x8000);
        check(rounding, 0xFFFF);
        check(rounding, codec_test::hashed_random(i));
        if (x.nan || x.lower == model::infinity_rank) return;
        const std::uint32_t first_to_round_up = 0x10000u - model::discarded_bits(x, 16);
        check(rounding, static_cast<std::uint16_t>(first_to_round_up));
        check(rounding, static_cast<std::uint16_t>(first_to_round_up - 1));
      }
    });
  }
  CHECK(mismatches == 0);
}

}  // namespace

TEST_CASE("every binary16 word encodes as the model does") {
  check_every_word(model::binary16, hifloat::binary16::from_bits);
}

TEST_CASE("every bfloat16 word encodes as the model does") {
  check_every_word(model::bfloat16, hifloat::bfloat16::from_bits);
}

TEST_CASE("a word and its binary32 widening agree wherever SSR has no part") {
  std::uint64_t mismatches = 0;
  for (std::uint32_t i = 0; i < 0x10000; ++i) {
    const auto word = static_cast<std::uint16_t>(i);
    const auto widened = std::bit_cast<float>(i << 16);
    codec_test::for_each_policy([&](auto rounding, auto overflow) {
      using model::Rounding;
      if (rounding.expected == Rounding::Hybrid || rounding.expected == Rounding::SimplifiedStochastic) return;
      const std::uint16_t random = codec_test::hashed_random(i);
      const auto from_word = codec_test::encode(rounding, overflow, hifloat::bfloat16::from_bits(word), random);
      if (from_word != codec_test::encode(rounding, overflow, widened, random)) ++mismatches;
    });
  }
  CHECK(mismatches == 0);
}

}  // namespace test_codec_words
