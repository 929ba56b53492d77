// What public implementations of HiFloat8 got wrong, one test by name for each mistake.

#include "model/codec_under_test.hpp"

#include <hifloat/array.hpp>
#include <hifloat/hif8.hpp>
#include <hifloat/limits.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <span>
#include <vector>

namespace test_codec_known_mistakes {
namespace {

namespace overflow = hifloat::overflow;
namespace rounding = hifloat::rounding;
using hifloat::encode;

constexpr float infinity = std::numeric_limits<float>::infinity();

// The number of inputs, of either sign, for which some policy disagrees with the model.
int mismatches(const std::vector<std::uint32_t>& magnitudes) {
  int count = 0;
  for (const std::uint32_t magnitude : magnitudes) {
    for (const std::uint32_t bits : {magnitude, magnitude | 0x80000000u}) {
      const std::uint16_t random = codec_test::hashed_random(bits);
      codec_test::for_each_policy([&](auto r, auto o) {
        const std::uint8_t expected = model::encode(r.expected, o.expected, model::binary32(bits), random);
        if (codec_test::encode(r, o, std::bit_cast<float>(bits), random) != expected) ++count;
      });
    }
  }
  return count;
}

}  // namespace

TEST_CASE("mistake: binary32 subnormals below 2^-128 became infinity, the exponent wrapped in 8 bits") {
  std::vector<std::uint32_t> subnormals;
  for (std::uint32_t bits = 1; bits < 0x01800000u; bits += 4099) subnormals.push_back(bits);
  for (int bit = 0; bit < 24; ++bit) subnormals.push_back(1u << bit);
  CHECK(mismatches(subnormals) == 0);
  codec_test::for_each_policy([](auto r, auto o) {
    CHECK(codec_test::encode(r, o, 0x1p-129f, 0xFFFF) == 0x00);
    CHECK(codec_test::encode(r, o, -0x1p-149f, 0xFFFF) == 0x00);
  });
}

TEST_CASE("mistake: log2f puts numbers beside a power of two into the wrong binade") {
  std::vector<std::uint32_t> beside_powers;
  for (std::uint32_t exponent = 127 - 40; exponent <= 127 + 20; ++exponent) {
    for (std::uint32_t distance = 0; distance <= 256; ++distance) {
      beside_powers.push_back((exponent << 23) - distance);
      beside_powers.push_back((exponent << 23) + distance);
    }
  }
  CHECK(mismatches(beside_powers) == 0);
  CHECK(encode<rounding::TowardZero>(std::nextafter(16.0f, 0.0f)) == 0x2F);  // 15, not 16
  CHECK(encode<rounding::TowardZero>(std::nextafter(0x1p-15f, 0.0f)) == 0x07);
}

TEST_CASE("mistake: [40960, 49152) and infinities stay infinite in a saturating mode") {
  for (const float x : {40960.0f, 45000.0f, std::nextafter(49152.0f, 0.0f), 49152.0f, 65536.0f, 3e38f, infinity}) {
    CAPTURE(x);
    CHECK(encode<rounding::TiesAway, overflow::Saturate>(x) == 0x6E);
    CHECK(encode<rounding::TiesAway, overflow::Saturate>(-x) == 0xEE);
    CHECK(encode<rounding::TiesAway, overflow::SaturateNanToZero>(x) == 0x6E);
    CHECK(encode<rounding::TiesAway, overflow::SaturateNanToZero>(-x) == 0xEE);
  }
}

TEST_CASE("mistake: every finite number from 40960 on saturates though infinity was asked for") {
  for (const float x : {40960.0f, 45000.0f, 49152.0f, 65535.0f, 65536.0f, 3e38f, infinity}) {
    CAPTURE(x);
    CHECK(encode<rounding::TiesAway, overflow::Infinity>(x) == 0x6F);
    CHECK(encode<rounding::TiesAway, overflow::Infinity>(-x) == 0xEF);
  }
  CHECK(encode<rounding::TiesAway, overflow::Infinity>(std::nextafter(40960.0f, 0.0f)) == 0x6E);
}

TEST_CASE("mistake: truncation in place of rounding") {
  const auto& values = model::values();
  for (std::size_t i = 1; i < values.size(); ++i) {
    const double midpoint = (values[i - 1].magnitude + values[i].magnitude) / 2.0;
    const auto tie = static_cast<float>(midpoint);
    CAPTURE(tie);
    CHECK(encode<rounding::TiesAway, overflow::Infinity>(tie) == values[i].code);
    CHECK(encode<rounding::TiesAway, overflow::Infinity>(std::nextafter(tie, 0.0f)) == values[i - 1].code);
    CHECK(encode<rounding::TiesEven, overflow::Infinity>(std::nextafter(tie, infinity)) == values[i].code);
    CHECK(encode<rounding::TowardZero, overflow::Infinity>(tie) == values[i - 1].code);
  }
}

TEST_CASE("mistake: negative exponents are lost") {
  for (int exponent = -22; exponent <= 15; ++exponent) {
    CAPTURE(exponent);
    const float x = std::ldexp(1.0f, exponent);
    CHECK(hifloat::decode(encode(x)) == x);
    CHECK(hifloat::decode(encode(-x)) == -x);
  }
  CHECK(encode(0.5f) == 0x18);
  CHECK(encode(0x1p-15f) == 0x7E);
  CHECK(encode(0x1p-16f) == 0x07);
}

TEST_CASE("mistake: unary minus of 0 gives NaN") {
  using hifloat::hif8_t;
  CHECK((-hif8_t::from_bits(0x00)).bits() == 0x00);
  CHECK((-hif8_t{0.0f}).bits() == 0x00);
  CHECK((-hif8_t{-0.0f}).bits() == 0x00);
  CHECK((-hif8_t::from_bits(0x80)).bits() == 0x80);
  for (int code = 1; code < 256; ++code) {
    if (code == 0x80) continue;
    CHECK((-hif8_t::from_bits(static_cast<std::uint8_t>(code))).bits() == (code ^ 0x80));
  }
}

TEST_CASE("mistake: min() is 1.0 and max() is infinity") {
  using limits = std::numeric_limits<hifloat::hif8_t>;
  CHECK(limits::min().bits() == 0x7E);
  CHECK(static_cast<float>(limits::min()) == 0x1p-15f);
  CHECK(limits::max().bits() == 0x6E);
  CHECK(static_cast<float>(limits::max()) == 32768.0f);
  CHECK(limits::lowest().bits() == 0xEE);
  CHECK(limits::denorm_min().bits() == 0x01);
  CHECK(limits::epsilon().bits() == 0x38);
  CHECK(limits::infinity().bits() == 0x6F);
  CHECK(limits::quiet_NaN().bits() == 0x80);
  CHECK(limits::round_error() == hifloat::hif8_t{0.5f});
  CHECK(limits::has_infinity);
  CHECK(!limits::is_iec559);
  CHECK(limits::digits == 4);
  CHECK(limits::radix == 2);
  CHECK(limits::min_exponent == -14);
  CHECK(limits::max_exponent == 16);
}

TEST_CASE("mistake: the value 2^-23 is sent to 0, the rule says 2^-22") {
  CHECK(encode(0x1p-23f) == 0x01);
  CHECK(encode(-0x1p-23f) == 0x81);
  CHECK(encode(0x1p-23) == 0x01);
  CHECK(encode(hifloat::bfloat16::from_bits(0x3400)) == 0x01);
  CHECK(encode(hifloat::binary16::from_bits(0x0002)) == 0x01);
  CHECK(encode(std::nextafter(0x1p-23f, 0.0f)) == 0x00);
  CHECK(encode<rounding::TiesEven>(0x1p-23f) == 0x00);
}

TEST_CASE("mistake: a signalling NaN that meets x * 1.0f looks like infinity") {
  std::vector<std::uint32_t> patterns;
  for (int bit = 0; bit < 22; ++bit) {
    for (const std::uint32_t sign : {0u, 0x80000000u}) patterns.push_back(sign | 0x7F800000u | (1u << bit));
  }
  std::vector<float> numbers(patterns.size());
  for (std::size_t i = 0; i < patterns.size(); ++i) numbers[i] = std::bit_cast<float>(patterns[i]);
  for (const float x : numbers) {
    codec_test::for_each_policy([&](auto r, auto o) {
      const bool keeps_nan = o.expected != model::Overflow::SaturateNanToZero;
      CHECK(codec_test::encode(r, o, x, 0xFFFF) == (keeps_nan ? 0x80 : 0x00));
    });
  }
  for (const float scale : {1.0f, 2.0f, 0.3f}) {
    CAPTURE(scale);
    std::vector<hifloat::hif8_t> codes(numbers.size());
    hifloat::encode(std::span<const float>(numbers), std::span<hifloat::hif8_t>(codes), scale);
    for (const hifloat::hif8_t code : codes) CHECK(code.bits() == 0x80);

    std::vector<hifloat::hif8<rounding::TiesAway, overflow::Infinity>> with_infinity(numbers.size());
    hifloat::encode(std::span<const float>(numbers), std::span(with_infinity), scale);
    for (const auto code : with_infinity) CHECK(code.bits() == 0x80);
  }
  for (int bit = 0; bit < 6; ++bit) {
    CHECK(encode(hifloat::bfloat16::from_bits(static_cast<std::uint16_t>(0x7F80 | (1 << bit)))) == 0x80);
    CHECK(encode(hifloat::binary16::from_bits(static_cast<std::uint16_t>(0xFC00 | (1 << bit)))) == 0x80);
  }
}

}  // namespace test_codec_known_mistakes
