// Arithmetic: every result is the exact one, a rational number, rounded once.

#include "model/value_types.hpp"

#include <hifloat/hif8.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace test_hif8_arithmetic {
namespace {

namespace hf = hifloat;
using hf::hif8_t;
using Even = hf::hif8<hf::rounding::TiesEven>;
using Truncating = hf::hif8<hf::rounding::TowardZero>;
using Unbounded = hf::hif8<hf::rounding::TiesAway, hf::overflow::Infinity>;

std::uint8_t as_code(int code) { return static_cast<std::uint8_t>(code); }

enum class Operation { Plus, Minus, Times, Over };
constexpr std::array operations{Operation::Plus, Operation::Minus, Operation::Times, Operation::Over};

double in_double(Operation operation, double a, double b) {
  switch (operation) {
    case Operation::Plus: return a + b;
    case Operation::Minus: return a - b;
    case Operation::Times: return a * b;
    case Operation::Over: return a / b;
  }
  return 0.0;
}

// The exact result of finite operands as numerator / denominator * 2^-46; x and y are multiples of 2^-22.
struct Exact {
  rational::Wide numerator;
  rational::Wide denominator;
};

Exact exactly(Operation operation, std::int64_t x, std::int64_t y) {
  using rational::Wide;
  constexpr Wide one = Wide{1} << 24;  // units of 2^-22 to units of 2^-46
  switch (operation) {
    case Operation::Plus: return {(Wide{x} + y) * one, 1};
    case Operation::Minus: return {(Wide{x} - y) * one, 1};
    case Operation::Times: return {Wide{x} * y * 4, 1};
    case Operation::Over: return y > 0 ? Exact{Wide{x} * one * one / 4, y} : Exact{-Wide{x} * one * one / 4, -y};
  }
  return {0, 1};
}

std::uint8_t expected(Operation operation, rational::Rounding rounding, model::Overflow overflow, double a, double b) {
  const double special = in_double(operation, a, b);  // tells NaN and infinity; a finite one is not used
  if (std::isnan(special)) return overflow == model::Overflow::SaturateNanToZero ? model::zero_code : model::nan_code;
  if (std::isinf(special)) return rational::finish(overflow, special < 0, model::infinity_code);
  if (std::isinf(b)) return model::zero_code;
  const Exact x =
      exactly(operation, static_cast<std::int64_t>(std::ldexp(a, 22)), static_cast<std::int64_t>(std::ldexp(b, 22)));
  const bool negative = x.numerator < 0;
  return rational::finish(overflow, negative,
                          rational::round(rounding, negative ? -x.numerator : x.numerator, x.denominator));
}

template <class Number>
std::uint8_t computed(Operation operation, Number a, Number b) {
  switch (operation) {
    case Operation::Plus: return (a + b).bits();
    case Operation::Minus: return (a - b).bits();
    case Operation::Times: return (a * b).bits();
    case Operation::Over: return (a / b).bits();
  }
  return 0;
}

template <class Number>
std::uint8_t in_place(Operation operation, Number a, Number b) {
  switch (operation) {
    case Operation::Plus: return (a += b).bits();
    case Operation::Minus: return (a -= b).bits();
    case Operation::Times: return (a *= b).bits();
    case Operation::Over: return (a /= b).bits();
  }
  return 0;
}

}  // namespace

TEST_CASE("+ - * / of all 65,536 pairs are the exact result rounded once, for nine types") {
  const auto values = golden::hif8_codes();
  value_test::for_each_type([&](auto type) {
    using Number = typename decltype(type)::Number;
    for (const Operation operation : operations) {
      int wrong = 0;
      for (int i = 0; i < 65536; ++i) {
        const auto a = static_cast<std::size_t>(i / 256);
        const auto b = static_cast<std::size_t>(i % 256);
        const Number x = Number::from_bits(as_code(i / 256));
        const Number y = Number::from_bits(as_code(i % 256));
        const int result = computed(operation, x, y);
        if (result != expected(operation, type.rounding, type.overflow, values[a], values[b])) ++wrong;
        if (result != in_place(operation, x, y)) ++wrong;
      }
      CAPTURE_TYPE(type);
      CAPTURE(static_cast<int>(operation));
      CHECK(wrong == 0);
    }
  });
}

TEST_CASE("sqrt of all codes is the exact root rounded once, for nine types") {
  const auto values = golden::hif8_codes();
  value_test::for_each_type([&](auto type) {
    using Number = typename decltype(type)::Number;
    int wrong = 0;
    for (int code = 0; code < 256; ++code) {
      const double root = std::sqrt(values[static_cast<std::size_t>(code)]);
      std::uint8_t wanted = type.overflow == model::Overflow::SaturateNanToZero ? model::zero_code : model::nan_code;
      if (std::isinf(root)) wanted = rational::finish(type.overflow, false, model::infinity_code);
      if (std::isfinite(root)) {  // no root comes nearer to where rounding changes than binary64 is to it
        const auto units = static_cast<rational::Wide>(std::ldexp(root, 46));
        wanted = rational::finish(type.overflow, false, rational::round(type.rounding, units, 1));
      }
      wrong += sqrt(Number::from_bits(as_code(code))).bits() != wanted;
    }
    CAPTURE_TYPE(type);
    CHECK(wrong == 0);
  });
  static_assert(sqrt(hif8_t{2.0f}) == hif8_t{1.375f} && sqrt(hif8_t{-1.0f}).bits() == 0x80);
}

TEST_CASE("arithmetic does not round twice") {
  CHECK(Even{1.0f} + Even{0x1p-22f} == Even{1.0f});
  CHECK((Even{16.0f} + Even{2.0f}).bits() == Even{16.0f}.bits());  // 18 is a tie: to the even 16
  CHECK((hif8_t{16.0f} + hif8_t{2.0f}) == hif8_t{20.0f});          // away from zero
  CHECK((Truncating{16.0f} - Truncating{0x1p-22f}) == Truncating{15.0f});
  CHECK((hif8_t{16.0f} - hif8_t{0x1p-22f}) == hif8_t{16.0f});
  CHECK((Unbounded{32768.0f} + Unbounded{8192.0f}).bits() == 0x6F);  // 40960
  CHECK((Unbounded{-32768.0f} - Unbounded{8192.0f}).bits() == 0xEF);
  CHECK((Unbounded{32768.0f} + Unbounded{6144.0f}).bits() == 0x6E);
  CHECK((hif8_t{0x1p-22f} / hif8_t{2.0f}) == hif8_t{0x1p-22f});  // 2^-23 goes away from zero
  CHECK((Even{0x1p-22f} / Even{2.0f}).bits() == 0x00);
}

}  // namespace test_hif8_arithmetic
