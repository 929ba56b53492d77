// The array functions against the scalar codec, element by element, and the promises around them: sizes, scale, clamp,
// overlap, stats.
#include "model/thoroughness.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <stdexcept>
#include <vector>

#include <hifloat/array.hpp>

namespace hf = hifloat;

namespace {

constexpr hf::PhiloxKey key{.seed = 42, .stream = 7, .first_index = 5};

// Random bit patterns: every exponent, both signs, NaN, infinities and zeros among them.
std::vector<float> hostile_floats(std::size_t n, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<float> x(n);
  for (float& element : x) {
    const std::uint64_t r = random();
    const auto near_one = static_cast<std::uint32_t>((r & 0x807FFFFF) | ((100 + (r >> 32) % 48) << 23));
    const std::uint32_t odd[] = {0u, 0x80000000u, 0x7F800000u, 0xFF800000u, 0x7F800001u, 0xFFC00000u, 1u, 0x7F7FFFFFu};
    const std::uint32_t bits = r % 16 == 0   ? odd[(r >> 40) % 8]
                               : r % 16 == 1 ? static_cast<std::uint32_t>(r >> 16)
                                             : near_one;
    element = std::bit_cast<float>(bits);
  }
  return x;
}

// An element of the tested type near x. Doubles get 16 bits more than a float holds, so that rounding them twice would
// show.
template <class T>
T element_of(float x) {
  if constexpr (std::is_same_v<T, double>) {
    return static_cast<double>(x) * (1.0 + 0x1p-16);
  } else {
    return T(x);
  }
}

double value_of(double x) { return x; }
template <class T>
double value_of(T x) {
  return static_cast<double>(static_cast<float>(x));
}

// x * scale in double: exact for the narrow types' purposes; for a double rounded to odd, which keeps every later
// rounding honest.
template <class T>
double scaled_value(T x, float scale) {
  if constexpr (!std::is_same_v<T, double>) {
    return static_cast<double>(static_cast<float>(x) * scale);
  } else {
    const long double product = static_cast<long double>(x) * static_cast<long double>(scale);  // 40 + 24 bits: exact
    double rounded = static_cast<double>(product);
    if (!std::isfinite(product) || static_cast<long double>(rounded) == product) return rounded;
    if (std::fabs(static_cast<long double>(rounded)) > std::fabs(product)) rounded = std::nextafter(rounded, 0.0);
    return std::bit_cast<double>(std::bit_cast<std::uint64_t>(rounded) | 1);
  }
}

std::uint32_t bits_of(float x) { return std::bit_cast<std::uint32_t>(x); }
std::uint64_t bits_of(double x) { return std::bit_cast<std::uint64_t>(x); }
std::uint16_t bits_of(hf::bfloat16 x) { return x.bits(); }
std::uint16_t bits_of(hf::binary16 x) { return x.bits(); }

// What one element must become, from the public scalar functions and the text of the contract.
template <class R, class O, class T>
std::uint8_t expected_code(T x, float scale, float clamp, std::uint64_t index) {
  auto encode = [&](auto y) {
    if constexpr (R::uses_random) {
      return hf::encode<R, O>(y, hf::random_bits(key, index));
    } else {
      return hf::encode<R, O>(y);
    }
  };
  const double product = scaled_value(x, scale);
  const double limited =
      std::fabs(product) > static_cast<double>(clamp) ? std::copysign(static_cast<double>(clamp), product) : product;
  if constexpr (std::is_same_v<T, double>) {
    return encode(limited);
  } else {
    return encode(static_cast<float>(limited));
  }
}

template <class R, class O, class T>
void check_against_codec(float scale, float clamp) {
  using Code = hf::hif8<R, O>;
  const std::vector<float> floats = hostile_floats(3001, 11);
  std::vector<T> x;
  for (const float f : floats) x.push_back(element_of<T>(f));
  std::vector<Code> encoded(x.size());
  std::vector<Code> quantized(x.size());
  std::vector<T> restored(x.size());
  std::vector<T> on_grid(x.size());
  const hf::ScaleParams params{.scale = scale, .clamp = clamp};
  const float inverse = 1.0f / scale;
  hf::QuantizeStats stats;
  if constexpr (R::uses_random) {
    hf::encode(x, encoded, params, key);
    stats = hf::quantize(x, quantized, params, key);
    hf::fake_quantize<Code>(x, on_grid, params, key);
  } else {
    hf::encode(x, encoded, params);
    stats = hf::quantize(x, quantized, params);
    hf::fake_quantize<Code>(x, on_grid, params);
  }
  hf::decode(encoded, restored, inverse);

  hf::QuantizeStats expected;
  std::uint32_t amax = 0;
  int wrong = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::uint8_t code = expected_code<R, O>(x[i], scale, clamp, i);
    const float value = hf::decode(code) * inverse;
    wrong += encoded[i].bits() != code;
    wrong += quantized[i].bits() != code;
    wrong += bits_of(restored[i]) != bits_of(std::isnan(value) ? T(std::bit_cast<float>(0x7FC00000u)) : T(value));
    wrong += bits_of(on_grid[i]) != bits_of(restored[i]);
    const double exact = value_of(x[i]);
    const double product = scaled_value(x[i], scale);
    const bool finite = std::isfinite(exact);
    const std::uint8_t unsaturated = expected_code<R, hf::overflow::Infinity>(x[i], scale, clamp, i);
    expected.count += 1;
    expected.non_finite += !finite;
    expected.demoted += finite && std::fabs(product) >= 16;
    expected.overflowed += finite && (std::fabs(product) > static_cast<double>(clamp) || (unsaturated & 0x7F) == 0x6F);
    expected.flushed_to_zero += finite && exact != 0 && code == 0;
    const auto narrowed = static_cast<float>(exact);
    const float kept_finite = finite && std::isinf(narrowed) ? std::numeric_limits<float>::max() : narrowed;
    amax = std::max(amax, bits_of(kept_finite) & 0x7FFFFFFF);
  }
  expected.amax = amax > 0x7F800000 ? std::bit_cast<float>(0x7FC00000u) : std::bit_cast<float>(amax);
  CHECK(wrong == 0);
  CHECK(stats == expected);
}

template <class R, class T>
void check_policies() {
  for (const float scale : {1.0f, 0.5f, 0x1p20f, 3.7f, 0x1.fffffep-20f}) {
    CAPTURE(scale);
    for (const float clamp : {hf::no_clamp, 15.0f, 32768.0f, 0x1p-22f}) {
      CAPTURE(clamp);
      check_against_codec<R, hf::overflow::SaturateNanToZero, T>(scale, clamp);
      if constexpr (codec_test::every_policy && std::is_same_v<T, float>) {  // codes know no source type
        check_against_codec<R, hf::overflow::Saturate, T>(scale, clamp);
        check_against_codec<R, hf::overflow::Infinity, T>(scale, clamp);
      }
    }
  }
}

}  // namespace

TEST_CASE_TEMPLATE("array functions agree with the codec", T, float, double, hf::bfloat16, hf::binary16) {
  check_policies<hf::rounding::TiesAway, T>();
  if constexpr (codec_test::every_policy || std::is_same_v<T, float>) {
    check_policies<hf::rounding::TiesEven, T>();
    check_policies<hf::rounding::TowardZero, T>();
    check_policies<hf::rounding::Stochastic, T>();
  }
}

TEST_CASE("the hybrid policies in arrays of float") {
  check_policies<hf::rounding::Hybrid, float>();
  check_policies<hf::rounding::SimplifiedStochastic, float>();
}

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
  const std::vector<float> x = hostile_floats(1000, 3);
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
    CHECK_THROWS_AS(hf::encode(x, std::span(codes).first(2)), std::invalid_argument);
    CHECK_THROWS_AS(hf::decode(codes, std::span(y).first(2)), std::invalid_argument);
    CHECK_THROWS_AS(hf::quantize(x, std::span(codes).first(2)), std::invalid_argument);
    CHECK_THROWS_AS(hf::fake_quantize(x, std::span(y).first(2)), std::invalid_argument);
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
  const std::vector<float> x = hostile_floats(100, 9);
  std::vector<hf::hif8_t> codes(100);
  hf::QuantizeStats parts[4];
  for (std::size_t i = 0; i < 4; ++i)
    parts[i] = hf::quantize(std::span(x).subspan(25 * i, 25), std::span(codes).subspan(25 * i, 25), 3.0f);
  const hf::QuantizeStats whole = hf::quantize(x, codes, 3.0f);
  CHECK(parts[0] + parts[1] + parts[2] + parts[3] == whole);
  CHECK(parts[3] + (parts[1] + parts[0]) + parts[2] == whole);
}
