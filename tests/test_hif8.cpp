// The value type: what it is, what must not compile, comparison and sign.

#include "model/golden_codes.hpp"
#include "model/named_types.hpp"

#include <hifloat/hif8.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace test_hif8 {
namespace {

template <class T>
concept Arithmetic = requires(T a, T b) {
  a + b;
  a - b;
  a* b;
  a / b;
  a += b;
  a -= b;
  a *= b;
  a /= b;
};
template <class T>
concept AnyArithmetic = requires(T a, T b) {
  a + b;
}
|| requires(T a, T b) { a - b; }
|| requires(T a, T b) { a* b; }
|| requires(T a, T b) { a / b; }
|| requires(T a, T b) { a += b; }
|| requires(T a, T b) { a /= b; };
template <class T>
concept RoundsWithBits = requires {
  T::round(1.0f, std::uint16_t{});
};
template <class A, class B>
concept Mixed = requires(A a, B b) {
  a + b;
}
|| requires(A a, B b) { a < b; }
|| requires(A a, B b) { a == b; };

// What the type is.
static_assert(sizeof(hif8_t) == 1 && alignof(hif8_t) == 1 && std::is_trivially_copyable_v<hif8_t>);
static_assert(std::is_standard_layout_v<hif8_t> && std::is_nothrow_default_constructible_v<hif8_t>);
static_assert(std::is_same_v<hif8_t, hif8<hf::rounding::TiesAway, hf::overflow::Saturate>>);
static_assert(hif8_t{}.bits() == 0x00);

// What it is made from and turned into: on request only.
static_assert(std::is_constructible_v<hif8_t, float> && !std::is_convertible_v<float, hif8_t>);
static_assert(std::is_constructible_v<hif8_t, double> && !std::is_convertible_v<double, hif8_t>);
static_assert(std::is_constructible_v<hif8_t, int> && !std::is_convertible_v<int, hif8_t>);
static_assert(std::is_constructible_v<hif8_t, hf::bfloat16> && std::is_constructible_v<hif8_t, hf::binary16>);
static_assert(std::is_constructible_v<float, hif8_t> && !std::is_convertible_v<hif8_t, float>);
static_assert(std::is_constructible_v<double, hif8_t> && !std::is_convertible_v<hif8_t, double>);
static_assert(std::is_constructible_v<Even, hif8_t> && !std::is_convertible_v<hif8_t, Even>);
static_assert(!std::is_constructible_v<hif8_t, const char*> && !std::is_constructible_v<hif8_t, void*>);
static_assert(!std::is_constructible_v<hif8_t, long double>);  // would be rounded twice
static_assert(std::is_constructible_v<Hybrid, float> && std::is_constructible_v<Simplified, float>);
static_assert(!std::is_constructible_v<Stochastic, float> && !std::is_constructible_v<Stochastic, double>);
static_assert(!std::is_constructible_v<Stochastic, int>);
static_assert(RoundsWithBits<Stochastic> && !RoundsWithBits<hif8_t> && !RoundsWithBits<Hybrid>);

// Which types have arithmetic.
static_assert(Arithmetic<hif8_t> && Arithmetic<Even> && Arithmetic<Truncating> && Arithmetic<Unbounded>);
static_assert(!AnyArithmetic<Hybrid> && !AnyArithmetic<Simplified> && !AnyArithmetic<Stochastic>);
static_assert(!Mixed<hif8_t, Even> && !Mixed<hif8_t, float> && !Mixed<hif8_t, int>);
static_assert(std::is_same_v<decltype(hif8_t{} <=> hif8_t{}), std::partial_ordering>);

// Everything happens while compiling, if asked to.
constexpr hif8_t compound() {
  hif8_t x{2.0f};
  x += hif8_t{1.0f};
  x *= hif8_t{4.0f};
  x -= hif8_t{3.0f};
  x /= hif8_t{2.0f};
  return x;
}
static_assert(compound() == hif8_t{4.5f});
static_assert(hif8{1.5f}.bits() == 0x0C && -hif8_t{1.0f} < hif8_t{} && +hif8_t{1.0f} >= hif8_t{1});

}  // namespace

namespace {

std::partial_ordering order(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::partial_ordering::unordered;
  return a < b   ? std::partial_ordering::less
         : a > b ? std::partial_ordering::greater
                 : std::partial_ordering::equivalent;
}

}  // namespace

TEST_CASE("comparison of all 65,536 pairs is that of the values") {
  const auto values = golden::hif8_codes();
  int wrong = 0;
  for (int i = 0; i < 65536; ++i) {
    const double a = values[static_cast<std::size_t>(i / 256)];
    const double b = values[static_cast<std::size_t>(i % 256)];
    const auto x = Hybrid::from_bits(as_code(i / 256));
    const auto y = Hybrid::from_bits(as_code(i % 256));
    // One statement each: chained by &&, g++ 12 gets the NaNs of the double's own comparisons wrong at -O2.
    if ((x == y) != (a == b)) ++wrong;
    if ((x != y) != (a != b)) ++wrong;
    if ((x < y) != (a < b)) ++wrong;
    if ((x <= y) != (a <= b)) ++wrong;
    if ((x > y) != (a > b)) ++wrong;
    if ((x >= y) != (a >= b)) ++wrong;
    if ((x <=> y) != order(a, b)) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("unary minus changes the sign of all but 0 and NaN") {
  const auto values = golden::hif8_codes();
  for (int code = 0; code < 256; ++code) {
    CAPTURE(code);
    const double value = values[static_cast<std::size_t>(code)];
    const auto negated = -Stochastic::from_bits(as_code(code));
    if (std::isnan(value) || value == 0.0) {
      CHECK(negated.bits() == code);
    } else {
      CHECK(static_cast<double>(negated) == -value);
    }
  }
}

TEST_CASE("minus zero is zero") {
  CHECK((-hif8_t{}).bits() == 0x00);
  CHECK(hif8_t{-0.0f}.bits() == 0x00);
  CHECK(hif8_t{-0.0}.bits() == 0x00);
  CHECK((hif8_t{-1.0f} * hif8_t{}).bits() == 0x00);
  CHECK((hif8_t{-0x1p-22f} / hif8_t{32768.0f}).bits() == 0x00);
}

}  // namespace test_hif8
