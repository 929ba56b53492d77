// Arrays of 16-bit words and of binary32 numbers under a scale, against the model. The product is one binary32
// multiplication; a word keeps its own SSR rule under a power of two and is a binary32 number under any other scale.

#include "model/codec_under_test.hpp"

#include <hifloat/array.hpp>
#include <hifloat/philox.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace test_codec_scaled {
namespace {

constexpr hifloat::PhiloxKey key{.seed = 3, .stream = 4, .first_index = 5};

template <class Number>
int mismatches(const std::vector<Number>& numbers, const std::vector<model::Source>& stored, float scale) {
  std::vector<model::Source> sources;
  std::vector<model::Bracket> brackets;
  for (const model::Source& source : stored) {
    sources.push_back(model::scaled(source, scale));
    brackets.push_back(model::bracket(sources.back()));
  }
  int count = 0;
  codec_test::for_each_policy([&](auto rounding, auto overflow) {
    using Code = hifloat::hif8<typename decltype(rounding)::library, typename decltype(overflow)::library>;
    std::vector<Code> codes(numbers.size());
    if constexpr (decltype(rounding)::takes_random) {
      hifloat::encode(numbers, codes, scale, key);
    } else {
      hifloat::encode(numbers, codes, scale);
    }
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const model::Bracket& x = brackets[i];
      const std::uint16_t random = rounding.takes_random ? hifloat::random_bits(key, i) : std::uint16_t{0};
      const std::size_t rank = x.nan ? 0 : model::rounded_rank(rounding.expected, x, sources[i], random);
      const std::uint8_t expected = model::finish(overflow.expected, x.nan, x.negative, rank);
      if (codes[i].bits() == expected) continue;
      if (++count <= 10) {
        MESSAGE(codec_test::describe(rounding.expected, overflow.expected, stored[i].stored, codes[i].bits(), expected,
                                     random)
                << " scale " << scale);
      }
    }
  });
  return count;
}

template <class Word, class Widen>
void check_every_word(Widen widen) {
  std::vector<Word> words(0x10000);
  std::vector<model::Source> sources(0x10000);
  for (std::size_t i = 0; i < words.size(); ++i) {
    words[i] = Word::from_bits(static_cast<std::uint16_t>(i));
    sources[i] = widen(static_cast<std::uint16_t>(i));
  }
  for (const float scale : {1.0f, 2.0f, 0x1p-9f, 0x1p12f, 0x1p-126f, 0x1p126f, 3.0f, 0.3f, 0x1.000002p0f}) {
    CAPTURE(scale);
    CHECK(mismatches(words, sources, scale) == 0);
  }
}

}  // namespace

TEST_CASE("every binary16 word under a scale") { check_every_word<hifloat::binary16>(model::binary16); }

TEST_CASE("every bfloat16 word under a scale") { check_every_word<hifloat::bfloat16>(model::bfloat16); }

TEST_CASE("binary32 numbers under a scale") {
  std::vector<float> numbers;
  std::vector<model::Source> sources;
  for (std::uint64_t bits = 0; bits < (std::uint64_t{1} << 32); bits += 65521) {
    numbers.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
    sources.push_back(model::binary32(static_cast<std::uint32_t>(bits)));
  }
  for (const float scale : {1.0f, 2.0f, 0x1p-9f, 0x1p-126f, 0x1p126f, 3.0f, 0.3f, 0x1.fffffep-60f}) {
    CAPTURE(scale);
    CHECK(mismatches(numbers, sources, scale) == 0);
  }
}

}  // namespace test_codec_scaled
