// The array functions against the scalar codec, element by element, for every policy and type.

#include "model/hostile_floats.hpp"
#include "model/thoroughness.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include <hifloat/array.hpp>

namespace test_codec_array {

namespace hf = hifloat;

namespace {

constexpr hf::PhiloxKey key{.seed = 42, .stream = 7, .first_index = 5};

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
  const std::vector<float> floats = codec_test::hostile_floats(3001, 11);
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

}  // namespace test_codec_array
