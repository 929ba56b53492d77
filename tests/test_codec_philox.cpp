// Philox4x32-7 against the known answers of Random123, against a plain reading of the paper, and the assignment of its
// 16-bit lanes to elements, which makes random bits independent of chunking.

#include <hifloat/philox.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>

namespace test_codec_philox {
namespace {

using Words = std::array<std::uint32_t, 4>;

// Salmon et al., SC 2011: each round multiplies words 0 and 2; the key is bumped between rounds by the golden ratio and
// by sqrt(3) - 1.
Words philox_model(Words counter, std::array<std::uint32_t, 2> key, int rounds) {
  for (int round = 0; round < rounds; ++round) {
    if (round > 0) {
      key[0] += 0x9E3779B9u;
      key[1] += 0xBB67AE85u;
    }
    const std::uint64_t left = 0xD2511F53u * std::uint64_t{counter[0]};
    const std::uint64_t right = 0xCD9E8D57u * std::uint64_t{counter[2]};
    const auto left_high = static_cast<std::uint32_t>(left >> 32);
    const auto right_high = static_cast<std::uint32_t>(right >> 32);
    counter = {right_high ^ counter[1] ^ key[0], static_cast<std::uint32_t>(right), left_high ^ counter[3] ^ key[1],
               static_cast<std::uint32_t>(left)};
  }
  return counter;
}

Words library(std::uint64_t seed, std::uint64_t stream, std::uint64_t block) {
  const auto result = hifloat::philox4x32_7(seed, stream, block);
  return {result.word[0], result.word[1], result.word[2], result.word[3]};
}

std::uint32_t low(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
std::uint32_t high(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); }

// Element i takes lane i mod 8 of block i / 8: word lane / 2, low half first.
std::uint16_t bits_of_element(std::uint64_t seed, std::uint64_t stream, std::uint64_t i) {
  const std::uint64_t block = i / 8;
  const Words words = philox_model({low(block), high(block), low(stream), high(stream)}, {low(seed), high(seed)}, 7);
  const std::size_t lane = i % 8;
  const std::uint32_t word = words[lane / 2];
  return static_cast<std::uint16_t>(lane % 2 == 0 ? word & 0xFFFFu : word >> 16);
}

}  // namespace

TEST_CASE("known answers") {
  CHECK(library(0, 0, 0) == Words{0x5F6FB709, 0x0D893F64, 0x4F121F81, 0x4F730A48});
  constexpr std::uint64_t ones = ~std::uint64_t{0};
  CHECK(library(ones, ones, ones) == Words{0x5207DDC2, 0x45165E59, 0x4D8EE751, 0x8C52F662});
  // The digits of pi, as Random123 has them: counter 243f6a88 85a308d3 13198a2e 03707344, key a4093822 299f31d0.
  CHECK(library(0x299F31D0A4093822, 0x0370734413198A2E, 0x85A308D3243F6A88) ==
        Words{0x4DFCCABA, 0x190A87F0, 0xC47362BA, 0xB6B5242A});
}

TEST_CASE("blocks agree with a plain reading of the paper") {
  std::mt19937_64 engine(7);
  for (int i = 0; i < 10000; ++i) {
    const std::uint64_t seed = engine();
    const std::uint64_t stream = engine();
    const std::uint64_t block = engine();
    REQUIRE(library(seed, stream, block) ==
            philox_model({low(block), high(block), low(stream), high(stream)}, {low(seed), high(seed)}, 7));
  }
}

TEST_CASE("elements take their lanes by global index") {
  constexpr std::uint64_t seed = 0x0123456789ABCDEF;
  constexpr std::uint64_t stream = 0xFEDCBA9876543210;
  for (const std::uint64_t first :
       {std::uint64_t{0}, std::uint64_t{3}, std::uint64_t{0x7FFFFFFFC}, ~std::uint64_t{40}}) {
    const hifloat::PhiloxKey key{.seed = seed, .stream = stream, .first_index = first};
    for (std::uint64_t i = 0; i < 40; ++i) {
      REQUIRE(hifloat::random_bits(key, i) == bits_of_element(seed, stream, first + i));
    }
  }
}

}  // namespace test_codec_philox
