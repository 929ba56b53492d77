// code -> float -> code, for the policies that have it, and how many codes the ones with SSR change.

#include "model/codec_under_test.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdint>

namespace test_codec_round_trip {
namespace {

std::uint8_t as_code(int code) { return static_cast<std::uint8_t>(code); }

template <class Rounding, class Overflow>
int finite_codes_changed(Rounding rounding, Overflow overflow) {
  int changed = 0;
  for (int code = 0; code < 256; ++code) {
    const float value = hifloat::decode(as_code(code));
    if (std::isfinite(value) && codec_test::encode(rounding, overflow, value) != code) ++changed;
  }
  return changed;
}

}  // namespace

TEST_CASE("253 codes are finite") {
  int finite = 0;
  for (int code = 0; code < 256; ++code) finite += std::isfinite(hifloat::decode(as_code(code))) ? 1 : 0;
  CHECK(finite == 253);
}

TEST_CASE("every finite code survives TiesAway, TiesEven, TowardZero, and Stochastic with any random bits") {
  codec_test::for_each_policy([](auto rounding, auto overflow) {
    using model::Rounding;
    if (rounding.expected == Rounding::Hybrid || rounding.expected == Rounding::SimplifiedStochastic) return;
    const int last_random = decltype(rounding)::takes_random ? 0xFFFF : 0;
    for (int code = 0; code < 256; ++code) {
      const float value = hifloat::decode(as_code(code));
      if (!std::isfinite(value)) continue;
      int changed = 0;
      for (int random = 0; random <= last_random; ++random) {
        if (codec_test::encode(rounding, overflow, value, static_cast<std::uint16_t>(random)) != code) ++changed;
      }
      CAPTURE(code);
      CAPTURE(codec_test::name(rounding.expected));
      CAPTURE(model::name(overflow.expected));
      CHECK(changed == 0);
    }
  });
}

TEST_CASE("infinity and NaN come back as the overflow policy says, for every rounding") {
  codec_test::for_each_policy([](auto rounding, auto overflow) {
    using model::Overflow;
    const bool keeps_infinity = overflow.expected == Overflow::Infinity;
    const bool keeps_nan = overflow.expected != Overflow::SaturateNanToZero;
    CHECK(codec_test::encode(rounding, overflow, hifloat::decode(0x6F)) == (keeps_infinity ? 0x6F : 0x6E));
    CHECK(codec_test::encode(rounding, overflow, hifloat::decode(0xEF)) == (keeps_infinity ? 0xEF : 0xEE));
    CHECK(codec_test::encode(rounding, overflow, hifloat::decode(0x80)) == (keeps_nan ? 0x80 : 0x00));
  });
}

TEST_CASE("Hybrid changes exactly 140 of the 253 finite codes") {
  const codec_test::RoundingPair<hifloat::rounding::Hybrid, model::Rounding::Hybrid> hybrid;
  const codec_test::OverflowPair<hifloat::overflow::Infinity, model::Overflow::Infinity> infinity;
  CHECK(finite_codes_changed(hybrid, infinity) == 140);
  // +-2^15 round up too, and a saturating policy brings them back: 138 codes differ in the end.
  const codec_test::OverflowPair<hifloat::overflow::Saturate, model::Overflow::Saturate> saturate;
  CHECK(finite_codes_changed(hybrid, saturate) == 138);
}

TEST_CASE("the codes of 16-bit words survive Hybrid and SSR: their T is never 0") {
  for (int code = 0; code < 256; ++code) {
    const float value = hifloat::decode(as_code(code));
    if (!std::isfinite(value)) continue;
    CAPTURE(code);
    const auto word =
        hifloat::bfloat16::from_bits(static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16));
    codec_test::for_each_policy(
        [&](auto rounding, auto overflow) { CHECK(codec_test::encode(rounding, overflow, word) == code); });
  }
}

}  // namespace test_codec_round_trip
