// A test of somebody's own HiF8 kernel, as you would write one with hifloat/testing.hpp. The kernel passes a test with
// a few friendly numbers. It is wrong in three ways, and each of the other tests finds one of them:
//
//   - std::nearbyint sends ties to even, HiF8's default away from zero;
//   - what rounds past the largest value becomes infinity, though it is said to saturate;
//   - the exponent is kept in 8 bits: that of a subnormal number wraps around and is a large one.
#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <hifloat/hifloat.hpp>
#include <hifloat/testing.hpp>

namespace hf = hifloat;
namespace test = hifloat::testing;

namespace {

/// The kernel under test.
hf::hif8_t my_quantize(float x) {
  if (x == 0 || std::isnan(x)) return hf::hif8_t(x);
  const auto exponent = static_cast<signed char>(std::ilogb(x));
  const int distance = std::abs(exponent);
  const int mantissa_bits = distance <= 3 ? 3 : distance <= 7 ? 2 : distance <= 15 ? 1 : 0;
  const float step = std::ldexp(1.0f, exponent < -22 ? -22 : exponent - mantissa_bits);
  const float value = exponent > 15 ? std::copysign(65536.0f, x) : std::nearbyint(x / step) * step;
  if (std::fabs(value) > 32768.0f) return hf::hif8_t::from_bits(x < 0 ? 0xEF : 0x6F);
  return hf::hif8_t(value);
}

std::vector<hf::hif8_t> my_quantize(std::span<const float> x) {
  std::vector<hf::hif8_t> codes;
  for (const float element : x) codes.push_back(my_quantize(element));
  return codes;
}

}  // namespace

TEST_CASE("a few friendly numbers") {
  for (const float x : {0.0f, 1.0f, -1.5f, 16.0f, 0.0078125f, 32768.0f}) CHECK(my_quantize(x) == hf::hif8_t(x));
}

TEST_CASE("every value comes back") {
  for (const float value : test::finite_values<hf::hif8_t>()) CHECK(my_quantize(value) == hf::hif8_t(value));
}

TEST_CASE("at every boundary the kernel changes its mind") {
  for (const auto& boundary : test::rounding_boundaries<hf::hif8_t>()) {
    CHECK_MESSAGE(my_quantize(boundary.below) == boundary.lower, test::explain(boundary.below));
    CHECK_MESSAGE(my_quantize(boundary.at) == boundary.upper, test::explain(boundary.at));
  }
}

TEST_CASE("what is too large saturates") {
  const std::vector<float> x = test::one_spike(1000, 1, 1e6f);
  CHECK(test::expect_quantized_near(x, my_quantize(x)));
}

TEST_CASE("subnormal numbers become zero") {
  const std::vector<float> x = test::subnormal(1000, 1);
  CHECK(test::expect_quantized_near(x, my_quantize(x)));
}
