// The promises of the array functions: sizes, scale, clamp, overlap, stats, random bits. What they compute for each
// policy and type is test_codec_array.cpp's business.
#include "model/hostile_floats.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <vector>

#include <hifloat/array.hpp>

namespace hf = hifloat;

namespace {

constexpr hf::PhiloxKey key{.seed = 42, .stream = 7, .first_index = 5};

std::uint32_t bits_of(float x) { return std::bit_cast<std::uint32_t>(x); }

}  // namespace

TEST_CASE_TEMPLATE("a 16-bit source keeps its own hybrid rule under power-of-two scales, and only there", T,
                   hf::bfloat16, hf::binary16) {
  using Code = hf::hif8<hf::rounding::SimplifiedStochastic>;
  for (unsigned word = 0; word < 65536; ++word) {
    const std::array<T, 1> x{T::from_bits(static_cast<std::uint16_t>(word))};
    const float value = static_cast<float>(x[0]);
    std::array<Code, 1> code{};
    hf::encode(x, code);
    CHECK(code[0].bits() == hf::encode<hf::rounding::SimplifiedStochastic>(x[0]));
    hf::encode(x, code, 3.0f);
    CHECK(code[0].bits() == hf::encode<hf::rounding::SimplifiedStochastic>(value * 3.0f));
    hf::encode(x, code, 0.25f);
    const T quarter(value * 0.25f);
    if (static_cast<float>(quarter) * 4.0f == value && (quarter.bits() & 1) == (x[0].bits() & 1)) {
      CHECK(code[0].bits() == hf::encode<hf::rounding::SimplifiedStochastic>(quarter));
    }
  }
}

TEST_CASE("random bits belong to the global index: any split gives the same codes") {
  using Code = hf::hif8<hf::rounding::Stochastic>;
  const std::vector<float> x = codec_test::hostile_floats(1000, 3);
  std::vector<Code> whole(x.size());
  hf::encode(x, whole, 1.5f, key);
  for (const std::size_t chunk : {1u, 3u, 8u, 100u, 999u}) {
    std::vector<Code> parts(x.size());
    for (std::size_t begin = 0; begin < x.size(); begin += chunk) {
      const std::size_t n = std::min(chunk, x.size() - begin);
      hf::PhiloxKey shifted = key;
      shifted.first_index += begin;
      hf::encode(std::span(x).subspan(begin, n), std::span(parts).subspan(begin, n), 1.5f, shifted);
    }
    CHECK(std::equal(whole.begin(), whole.end(), parts.begin(), [](Code a, Code b) { return a.bits() == b.bits(); }));
  }
}

TEST_CASE("abs_max keeps NaN, then infinity; the finite one ignores both") {
  const float nan = std::bit_cast<float>(0xFF800001u);
  const float infinity = std::numeric_limits<float>::infinity();
  CHECK(hf::abs_max(std::vector<float>{}) == 0.0f);
  CHECK(hf::abs_max(std::vector<float>{-0.0f}) == 0.0f);
  CHECK(hf::abs_max(std::vector<float>{1.0f, -3.0f, 2.0f}) == 3.0f);
  CHECK(hf::abs_max(std::vector<float>{1.0f, -infinity, 2.0f}) == infinity);
  CHECK(bits_of(hf::abs_max(std::vector<float>{nan, infinity, 2.0f})) == 0x7FC00000);
  CHECK(hf::finite_abs_max(std::vector<float>{nan, -infinity, -2.0f}) == 2.0f);
  CHECK(hf::abs_max(std::vector<double>{1.0, -1e300}) == std::numeric_limits<float>::max());
  CHECK(hf::abs_max(std::vector<double>{0.1}) == 0.1f);
  CHECK(hf::abs_max(std::vector<double>{0x1p-149, 0x1.8p-150}) == 0x1p-149f);
  CHECK(hf::abs_max(std::vector<double>{0x1p-150}) == 0.0f);
  CHECK(hf::abs_max(std::vector<double>{0x1.8p-149}) == 0x1p-148f);
  CHECK(hf::abs_max(std::vector{hf::binary16(-0x1p-24f)}) == 0x1p-24f);
  CHECK(hf::abs_max(std::vector{hf::bfloat16(-3.0f), hf::bfloat16(1.0f)}) == 3.0f);
}

TEST_CASE("mistakes are refused before anything is written") {
  const std::vector<float> x{1.0f, 2.0f, 3.0f};
  std::vector<hf::hif8_t> codes(3, hf::hif8_t::from_bits(0x55));
  std::vector<float> y(3, -7.0f);
  auto untouched = [&] {
    for (const hf::hif8_t code : codes) CHECK(code.bits() == 0x55);
    for (const float f : y) CHECK(f == -7.0f);
  };
  SUBCASE("sizes") {
    CHECK_THROWS_WITH_AS(hf::encode(x, std::span(codes).first(2)), doctest::Contains("different sizes: 3 and 2"),
                         std::invalid_argument);
    CHECK_THROWS_WITH_AS(hf::decode(codes, std::span(y).first(2)), doctest::Contains("different sizes: 3 and 2"),
                         std::invalid_argument);
    CHECK_THROWS_WITH_AS(hf::quantize(x, std::span(codes).first(2)), doctest::Contains("different sizes: 3 and 2"),
                         std::invalid_argument);
    CHECK_THROWS_WITH_AS(hf::fake_quantize(x, std::span(y).first(2)), doctest::Contains("different sizes: 3 and 2"),
                         std::invalid_argument);
  }
  SUBCASE("scale") {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    for (const float scale :
         {0.0f, -0.0f, -1.0f, nan, -nan, 0x1p-127f, 0x1.fffffcp-127f, 0x1.000002p126f, 0x1p127f, hf::no_clamp}) {
      CHECK_THROWS_AS(hf::encode(x, codes, scale), std::invalid_argument);
      CHECK_THROWS_AS(hf::decode(codes, y, scale), std::invalid_argument);
      CHECK_THROWS_AS(hf::quantize(x, codes, scale), std::invalid_argument);
      CHECK_THROWS_AS(hf::fake_quantize(x, y, scale), std::invalid_argument);
    }
  }
  SUBCASE("clamp") {
    for (const float clamp :
         {0.0f, -15.0f, 15.5f, 32769.0f, 49152.0f, 0x1p-23f, std::numeric_limits<float>::quiet_NaN(), -hf::no_clamp}) {
      CHECK_THROWS_AS(hf::encode(x, codes, hf::ScaleParams{.scale = 1.0f, .clamp = clamp}), std::invalid_argument);
    }
  }
  SUBCASE("partial overlap") {
    std::vector<float> z(4, -7.0f);
    CHECK_THROWS_AS(hf::fake_quantize(std::span(z).first(3), std::span(z).last(3)), std::invalid_argument);
    const std::span<hf::hif8_t> inside(reinterpret_cast<hf::hif8_t*>(z.data()), 4);
    CHECK_THROWS_AS(hf::encode(z, inside), std::invalid_argument);
    CHECK_THROWS_AS(hf::decode(inside, z), std::invalid_argument);
    for (const float f : z) CHECK(f == -7.0f);
  }
  untouched();
}

TEST_CASE("the ends of the scale range work") {
  const std::vector<float> x{0x1p-126f, 1.0f, 0x1p126f};
  std::vector<hf::hif8_t> codes(3);
  hf::encode(x, codes, 0x1p126f);
  CHECK(codes[0] == hf::hif8_t{1.0f});
  hf::encode(x, codes, 0x1p-126f);
  CHECK(codes[2] == hf::hif8_t{1.0f});
  for (std::uint32_t field = 1; field <= 253; ++field) {  // reciprocal: the integer division is the rounded 1 / scale
    for (const std::uint32_t mantissa : {0u, 1u, 0x2AAAAAu, 0x3FFFFFu, 0x400000u, 0x7FFFFEu, 0x7FFFFFu}) {
      const float scale = std::bit_cast<float>(field << 23 | mantissa);
      if (scale <= hf::max_scale) CHECK(hf::detail::reciprocal(scale) == 1.0f / scale);
    }
  }
}

TEST_CASE("the clamp is a number to be rounded: policies that move exact values move it too") {
  using Code = hf::hif8<hf::rounding::SimplifiedStochastic, hf::overflow::Infinity>;
  Code code[1];
  const hf::ScaleParams at15{.scale = 1.0f, .clamp = 15.0f};
  hf::encode(std::array<float, 1>{1e9f}, code, at15);
  CHECK(static_cast<float>(code[0]) == 16.0f);
  hf::encode(std::array<hf::bfloat16, 1>{hf::bfloat16(1e9f)}, code, at15);  // its own rule keeps exact values
  CHECK(static_cast<float>(code[0]) == 15.0f);
  const hf::QuantizeStats stats =
      hf::quantize(std::array<float, 1>{40000.0f}, code, hf::ScaleParams{.scale = 1.0f, .clamp = 32768.0f});
  CHECK(code[0].bits() == 0x6F);
  CHECK(stats.overflowed == 1);
}

TEST_CASE("empty ranges, in place, C arrays and const elements") {
  std::vector<float> none;
  std::vector<hf::hif8_t> no_codes;
  hf::encode(none, no_codes);
  hf::decode(no_codes, none);
  hf::fake_quantize(none, none);
  CHECK(hf::quantize(none, no_codes).count == 0);

  const float x[3] = {1.06f, -3.3f, 1e9f};
  hf::hif8_t codes[3];
  hf::encode(x, codes, 2.0f);
  float y[3] = {x[0], x[1], x[2]};
  float z[3];
  hf::fake_quantize(y, y, 2.0f);
  hf::decode(codes, z, 0.5f);
  for (int i = 0; i < 3; ++i) CHECK(y[i] == z[i]);
}

TEST_CASE("stats merge in any order") {
  const std::vector<float> x = codec_test::hostile_floats(100, 9);
  std::vector<hf::hif8_t> codes(100);
  hf::QuantizeStats parts[4];
  for (std::size_t i = 0; i < 4; ++i)
    parts[i] = hf::quantize(std::span(x).subspan(25 * i, 25), std::span(codes).subspan(25 * i, 25), 3.0f);
  const hf::QuantizeStats whole = hf::quantize(x, codes, 3.0f);
  CHECK(parts[0] + parts[1] + parts[2] + parts[3] == whole);
  CHECK(parts[3] + (parts[1] + parts[0]) + parts[2] == whole);
}
