// The model itself, against the facts the format's text states. Nothing of the library is included here.

#include "model/golden_codes.hpp"
#include "model/hif8_model.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>

namespace test_codec_model {
namespace {

using model::Overflow;
using model::Rounding;

model::Source number(float x) { return model::binary32(std::bit_cast<std::uint32_t>(x)); }

int code_of(Rounding rounding, Overflow overflow, float x, std::uint16_t random = 0) {
  return model::encode(rounding, overflow, number(x), random);
}

int code_of(Rounding rounding, float x) { return code_of(rounding, Overflow::Infinity, x); }

float rounded(Rounding rounding, float x) {
  return static_cast<float>(model::decode(model::encode(rounding, Overflow::Infinity, number(x))));
}

constexpr std::initializer_list<Rounding> all_roundings{
    Rounding::TiesAway,  Rounding::TiesEven, Rounding::TowardZero, Rounding::Hybrid, Rounding::SimplifiedStochastic,
    Rounding::Stochastic};
constexpr std::initializer_list<Overflow> all_overflows{Overflow::Saturate, Overflow::Infinity,
                                                        Overflow::SaturateNanToZero};

int codes_changed(Rounding rounding, Overflow overflow) {
  int changed = 0;
  for (int code = 0; code < 256; ++code) {
    const double value = model::decode(static_cast<std::uint8_t>(code));
    if (!std::isfinite(value)) continue;
    if (code_of(rounding, overflow, static_cast<float>(value)) != code) ++changed;
  }
  return changed;
}

}  // namespace

TEST_CASE("the model decodes every code as the golden table has it") {
  const auto table = golden::hif8_codes();
  for (std::size_t code = 0; code < 256; ++code) {
    CAPTURE(code);
    const double value = model::decode(static_cast<std::uint8_t>(code));
    if (std::isnan(table[code])) {
      CHECK(std::isnan(value));
    } else {
      CHECK(std::bit_cast<std::uint64_t>(value) == std::bit_cast<std::uint64_t>(table[code]));
    }
  }
}

TEST_CASE("the sorted list has 253 finite values and the extremes of the text") {
  const auto& list = model::values();
  for (std::size_t i = 1; i < list.size(); ++i) CHECK(list[i - 1].magnitude < list[i].magnitude);
  CHECK(list[0].code == 0x00);
  CHECK(list[1].code == 0x01);
  CHECK(list[1].magnitude == 0x1p-22);
  CHECK(list[model::largest_rank].code == 0x6E);
  CHECK(list[model::largest_rank].magnitude == 0x1p15);
  CHECK(list[model::infinity_rank].code == 0x6F);
  CHECK(list[model::infinity_rank].magnitude == 0x1.8p15);
  CHECK(model::decode(0x7E) == 0x1p-15);
  CHECK(model::decode(0x38) == 0.125);

  int finite = 0;
  for (int code = 0; code < 256; ++code)
    finite += std::isfinite(model::decode(static_cast<std::uint8_t>(code))) ? 1 : 0;
  CHECK(finite == 253);
}

TEST_CASE("ties away: thresholds of the text") {
  CHECK(code_of(Rounding::TiesAway, 40960.0f) == 0x6F);
  CHECK(code_of(Rounding::TiesAway, -40960.0f) == 0xEF);
  CHECK(code_of(Rounding::TiesAway, std::nextafter(40960.0f, 0.0f)) == 0x6E);
  CHECK(code_of(Rounding::TiesAway, 0x1p-23f) == 0x01);
  CHECK(code_of(Rounding::TiesAway, -0x1p-23f) == 0x81);
  CHECK(code_of(Rounding::TiesAway, std::nextafter(0x1p-23f, 0.0f)) == 0x00);
  CHECK(code_of(Rounding::TiesAway, 1.0625f) == 0x09);
}

TEST_CASE("ties even: the tie at W = 0, 2^-23, 40960") {
  CHECK(rounded(Rounding::TiesEven, 0x1.8p-20f) == 0x1p-19f);
  CHECK(code_of(Rounding::TiesEven, 0x1p-23f) == 0x00);
  CHECK(code_of(Rounding::TiesEven, std::nextafter(0x1p-23f, 1.0f)) == 0x01);
  CHECK(rounded(Rounding::TiesEven, 40960.0f) == 32768.0f);
  CHECK(code_of(Rounding::TiesEven, std::nextafter(40960.0f, 1e9f)) == 0x6F);
  CHECK(rounded(Rounding::TiesEven, 1.0625f) == 1.0f);
  CHECK(rounded(Rounding::TiesEven, 1.1875f) == 1.25f);
  CHECK(rounded(Rounding::TiesEven, 1.9375f) == 2.0f);
}

TEST_CASE("toward zero: finite numbers beyond the largest give the largest") {
  for (const Overflow overflow : all_overflows) {
    CHECK(code_of(Rounding::TowardZero, overflow, 50000.0f) == 0x6E);
    CHECK(code_of(Rounding::TowardZero, overflow, std::numeric_limits<float>::max()) == 0x6E);
    CHECK(code_of(Rounding::TowardZero, overflow, -40960.0f) == 0xEE);
    const float infinity = std::numeric_limits<float>::infinity();
    CHECK(code_of(Rounding::TowardZero, overflow, infinity) == (overflow == Overflow::Infinity ? 0x6F : 0x6E));
  }
  CHECK(code_of(Rounding::TowardZero, std::nextafter(0x1p-22f, 0.0f)) == 0x00);
}

TEST_CASE("simplified stochastic: T = 0 rounds an exact value up, e = 15 and e = -23 included") {
  CHECK(rounded(Rounding::SimplifiedStochastic, 16.0f) == 20.0f);
  CHECK(rounded(Rounding::Hybrid, 16.0f) == 20.0f);
  CHECK(rounded(Rounding::Hybrid, 15.0f) == 15.0f);
  CHECK(rounded(Rounding::SimplifiedStochastic, 15.0f) == 16.0f);
  CHECK(code_of(Rounding::SimplifiedStochastic, 32768.0f) == 0x6F);
  CHECK(code_of(Rounding::SimplifiedStochastic, Overflow::Saturate, 32768.0f) == 0x6E);
  CHECK(code_of(Rounding::SimplifiedStochastic, 0x1p-23f) == 0x01);
  CHECK(code_of(Rounding::SimplifiedStochastic, std::nextafter(0x1p-23f, 0.0f)) == 0x00);
  CHECK(code_of(Rounding::SimplifiedStochastic, 0.0f) == 0x00);
  // e = -23: F = {1, top 13 mantissa bits} = 0x2008 in both, T = the lowest 14 bits.
  CHECK(model::encode(Rounding::SimplifiedStochastic, Overflow::Infinity, model::binary32(0x34002008u)) == 0x01);
  CHECK(model::encode(Rounding::SimplifiedStochastic, Overflow::Infinity, model::binary32(0x34002009u)) == 0x00);
}

TEST_CASE("simplified stochastic of 16-bit words: T = {stored LSB, 1}, F = the top two discarded bits") {
  const auto half = [](int word) {
    return int{model::encode(Rounding::SimplifiedStochastic, Overflow::Infinity,
                             model::binary16(static_cast<std::uint16_t>(word)))};
  };
  CHECK(half(0x4C00) == 0x40);  // 16: F = 0 < T = 1, an exact value stays
  CHECK(half(0x4C40) == 0x41);  // 17: one mantissa bit below the two kept is 0, then 1: F = 01, T = 01, up
  CHECK(half(0x4C41) == 0x40);  // the same with the LSB set: T = 11
  CHECK(half(0x4CC1) == 0x41);  // F = 11, T = 11
  CHECK(half(0x0001) == 0x00);  // 2^-24: below e = -23
  CHECK(half(0x0002) == 0x01);  // 2^-23: F = 10, T = 01
  CHECK(half(0x0003) == 0x01);  // 1.5 * 2^-23: F = 11 of the normalized significand, T = 11
  const auto brain = [](int word) {
    return int{model::encode(Rounding::SimplifiedStochastic, Overflow::Infinity,
                             model::bfloat16(static_cast<std::uint16_t>(word)))};
  };
  CHECK(brain(0x4180) == 0x40);  // 16
  CHECK(brain(0x4188) == 0x41);  // 17: F = 01, T = 01
  CHECK(brain(0x4189) == 0x40);  // T = 11
  CHECK(brain(0x3400) == 0x01);  // 2^-23: F = 10, T = 01
  CHECK(brain(0x3401) == 0x00);  // F = 10, T = 11
  CHECK(brain(0x3441) == 0x01);  // F = 11, T = 11
}

TEST_CASE("stochastic: the sum of the top 16 discarded bits and r decides") {
  const auto at = [](float x, int r) {
    return code_of(Rounding::Stochastic, Overflow::Infinity, x, static_cast<std::uint16_t>(r));
  };
  CHECK(at(1.0625f, 0x7FFF) == 0x08);  // fraction one half
  CHECK(at(1.0625f, 0x8000) == 0x09);
  CHECK(at(1.0f, 0xFFFF) == 0x08);
  CHECK(at(std::nextafter(1.0f, 2.0f), 0xFFFF) == 0x08);  // the top 16 discarded bits are all zero
  CHECK(at(1.0f + 0x1p-19f, 0xFFFF) == 0x09);
  CHECK(at(0x1p-24f, 0xBFFF) == 0x00);  // a quarter of the step 2^-22
  CHECK(at(0x1p-24f, 0xC000) == 0x01);
  CHECK(at(0x1p-38f, 0xFFFF) == 0x01);
  CHECK(at(std::nextafter(0x1p-38f, 0.0f), 0xFFFF) == 0x00);
  CHECK(at(40960.0f, 0x7FFF) == 0x6E);  // halfway from 2^15 to 1.5 * 2^15
  CHECK(at(40960.0f, 0x8000) == 0x6F);
  CHECK(at(49152.0f, 0) == 0x6F);
}

TEST_CASE("codes that a round trip changes: 140 of 253 under Hybrid, none without SSR") {
  CHECK(codes_changed(Rounding::Hybrid, Overflow::Infinity) == 140);
  // Where the largest value saturates, +-2^15 round up to themselves again.
  CHECK(codes_changed(Rounding::Hybrid, Overflow::Saturate) == 138);
  for (const Overflow overflow : all_overflows) {
    CHECK(codes_changed(Rounding::TiesAway, overflow) == 0);
    CHECK(codes_changed(Rounding::TiesEven, overflow) == 0);
    CHECK(codes_changed(Rounding::TowardZero, overflow) == 0);
    CHECK(codes_changed(Rounding::Stochastic, overflow) == 0);
  }
}

TEST_CASE("zeros, underflow, infinities and NaN under every policy") {
  for (const Rounding rounding : all_roundings) {
    for (const Overflow overflow : all_overflows) {
      CHECK(code_of(rounding, overflow, 0.0f) == 0x00);
      CHECK(code_of(rounding, overflow, -0.0f) == 0x00);
      CHECK(code_of(rounding, overflow, -std::numeric_limits<float>::denorm_min(), 0xFFFF) == 0x00);
      const float infinity = std::numeric_limits<float>::infinity();
      CHECK(code_of(rounding, overflow, -infinity) == (overflow == Overflow::Infinity ? 0xEF : 0xEE));
      for (const std::uint32_t nan : {0x7F800001u, 0xFFFFFFFFu, 0x7FC00000u, 0xFF800001u}) {
        CHECK(int{model::encode(rounding, overflow, model::binary32(nan))} ==
              (overflow == Overflow::SaturateNanToZero ? 0x00 : 0x80));
      }
    }
  }
}

TEST_CASE("words are widened exactly") {
  CHECK(model::binary16(0x0001).value == 0x1p-24);
  CHECK(model::binary16(0x03FF).value == 1023 * 0x1p-24);
  CHECK(model::binary16(0x0400).value == 0x1p-14);
  CHECK(model::binary16(0xBC00).value == -1.0);
  CHECK(model::binary16(0x7BFF).value == 65504.0);
  CHECK(std::isinf(model::binary16(0xFC00).value));
  CHECK(std::isnan(model::binary16(0xFC01).value));
  CHECK(std::signbit(model::binary16(0x8000).value));
  CHECK(model::bfloat16(0x3F80).value == 1.0);
  CHECK(model::bfloat16(0x0001).value == 0x1p-133);
}

}  // namespace test_codec_model
