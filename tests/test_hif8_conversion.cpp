// Conversion: from another policy's number, from double and from integers, rounded once; to float and double, exact.

#include "model/named_types.hpp"
#include "model/value_types.hpp"

#include <hifloat/hif8.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace test_hif8_conversion {

TEST_CASE("another policy's number keeps its bits") {
  for (int code = 0; code < 256; ++code) {
    const auto x = hif8_t::from_bits(as_code(code));
    CHECK(Even(x).bits() == code);
    CHECK(Truncating(x).bits() == code);
    CHECK(Hybrid(x).bits() == code);
    CHECK(Stochastic(x).bits() == code);
    CHECK(hif8<hf::rounding::TiesEven, hf::overflow::SaturateNanToZero>(x).bits() == code);
    CHECK(hif8_t(Stochastic(x)).bits() == code);
  }
}

TEST_CASE("to float and double: exact, NaN quiet and positive") {
  const auto values = golden::hif8_codes();
  for (int code = 0; code < 256; ++code) {
    CAPTURE(code);
    const auto x = hif8_t::from_bits(as_code(code));
    const double value = values[static_cast<std::size_t>(code)];
    if (std::isnan(value)) {
      CHECK(std::bit_cast<std::uint32_t>(static_cast<float>(x)) == 0x7FC00000u);
      CHECK(std::isnan(static_cast<double>(x)));
    } else {
      CHECK(static_cast<float>(x) == static_cast<float>(value));
      CHECK(static_cast<double>(x) == value);
    }
  }
}

TEST_CASE("doubles are rounded once: one step beside every value and midpoint") {
  std::vector<double> sources;
  const auto& list = rational::magnitudes();
  for (std::size_t i = 0; i + 1 < list.size(); ++i) {
    for (const std::int64_t units : {2 * list[i].halves, list[i].halves + list[i + 1].halves}) {
      const double point = std::ldexp(static_cast<double>(units), -24);
      for (const double x : {point, std::nextafter(point, 0.0), std::nextafter(point, 1e9)}) sources.push_back(x);
    }
  }
  value_test::for_each_type([&](auto type) {
    using Number = typename decltype(type)::Number;
    int wrong = 0;
    for (const double x : sources) {
      int exponent = 0;
      const double fraction = std::frexp(x, &exponent);
      const auto significand = static_cast<std::int64_t>(std::ldexp(fraction, 53));
      const int shift = exponent - 53 + 46;  // x = significand * 2^shift in units of 2^-46
      const rational::Wide numerator = shift >= 0 ? rational::Wide{significand} << shift : rational::Wide{significand};
      // A subnormal double is taken for a larger number, as far below 2^-23.
      const rational::Wide denominator =
          shift >= 0 ? rational::Wide{1} : rational::Wide{1} << (shift < -60 ? 60 : -shift);
      const std::uint8_t magnitude = rational::round(type.rounding, numerator, denominator);
      if (Number{x}.bits() != rational::finish(type.overflow, false, magnitude)) ++wrong;
      if (Number{-x}.bits() != rational::finish(type.overflow, true, magnitude)) ++wrong;
    }
    CAPTURE_TYPE(type);
    CHECK(wrong == 0);
  });
  CHECK(hif8_t{0x1.0ffffffffffffp0}.bits() == 0x08);  // as a float it would be the tie 1.0625
  CHECK(hif8_t{0x1.1p0}.bits() == 0x09);
  CHECK(Even{0x1.1000000000001p0}.bits() == 0x09);  // as a float it would be the tie that goes to 1
  CHECK(hif8_t{std::numeric_limits<double>::denorm_min()}.bits() == 0x00);
  CHECK(hif8_t{std::numeric_limits<double>::max()}.bits() == 0x6E);
  CHECK(Truncating{std::numeric_limits<double>::max()}.bits() == 0x6E);
  CHECK(Unbounded{-std::numeric_limits<double>::max()}.bits() == 0xEF);
  CHECK(Unbounded{std::numeric_limits<double>::infinity()}.bits() == 0x6F);
  CHECK(hif8_t{std::numeric_limits<double>::quiet_NaN()}.bits() == 0x80);
}

namespace {

template <class Type, class Integer>
std::uint8_t expected_from(Type type, Integer x) {
  const bool negative = x < Integer{};
  const auto magnitude = static_cast<std::uint64_t>(x);
  const std::uint64_t size = negative ? 0 - magnitude : magnitude;
  const std::uint64_t limited = size < 100000 ? size : 100000;  // x * 2^46 must fit
  return rational::finish(type.overflow, negative,
                          rational::round(type.rounding, rational::Wide{static_cast<std::int64_t>(limited)} << 46, 1));
}

}  // namespace

TEST_CASE("integers are rounded once") {
  value_test::for_each_type([&](auto type) {
    using Number = typename decltype(type)::Number;
    CAPTURE_TYPE(type);
    int wrong = 0;
    for (int x = -70000; x <= 70000; ++x) {
      if (Number{x}.bits() != expected_from(type, x)) ++wrong;
      if (Number{static_cast<short>(x)}.bits() != expected_from(type, static_cast<short>(x))) ++wrong;
      if (Number{static_cast<std::uint8_t>(x)}.bits() != expected_from(type, static_cast<std::uint8_t>(x))) ++wrong;
      if (Number{static_cast<signed char>(x)}.bits() != expected_from(type, static_cast<signed char>(x))) ++wrong;
    }
    for (int power = 16; power < 63; ++power) {
      const std::int64_t top = std::int64_t{1} << power;
      for (const std::int64_t x : {top, top + 1, top - 1, -top, -top - 1, 1 - top}) {
        if (Number{x}.bits() != expected_from(type, x)) ++wrong;
        if (Number{static_cast<std::uint64_t>(x)}.bits() != expected_from(type, static_cast<std::uint64_t>(x))) ++wrong;
      }
    }
    for (const std::int64_t x : {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(),
                                 (std::int64_t{1} << 40) + 1}) {
      if (Number{x}.bits() != expected_from(type, x)) ++wrong;
    }
    const auto largest = std::numeric_limits<std::uint64_t>::max();
    if (Number{largest}.bits() != expected_from(type, largest)) ++wrong;
    CHECK(wrong == 0);
    CHECK(Number{true} == Number{1.0f});
    CHECK(Number{false} == Number{});
  });
  CHECK(hif8_t{std::numeric_limits<std::int64_t>::min()}.bits() == 0xEE);
  CHECK(Unbounded{std::numeric_limits<std::uint64_t>::max()}.bits() == 0x6F);
  CHECK(Even{18}.bits() == Even{16}.bits());
  CHECK(Even{19}.bits() == Even{20}.bits());
  CHECK(Unbounded{40959}.bits() == 0x6E);
  CHECK(Unbounded{40960}.bits() == 0x6F);
}

TEST_CASE("16-bit words are rounded by their own rule under Hybrid") {
  CHECK(Hybrid{16.0f}.bits() == hif8_t{20.0f}.bits());  // T = 0 rounds up even what is exact
  CHECK(Hybrid{hf::bfloat16{16.0f}}.bits() == hif8_t{16.0f}.bits());
  CHECK(Simplified{hf::binary16{16.0f}}.bits() == hif8_t{16.0f}.bits());
}

TEST_CASE("Stochastic: the random bits decide") {
  CHECK(Stochastic::round(1.0625f, 0x7FFF).bits() == 0x08);
  CHECK(Stochastic::round(1.0625f, 0x8000).bits() == 0x09);
  CHECK(Stochastic::round(1.0625, 0x8000).bits() == 0x09);
  CHECK(Stochastic::round(hf::bfloat16{1.0625f}, 0xFFFF).bits() == 0x09);
}

}  // namespace test_hif8_conversion
