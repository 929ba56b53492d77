// Sign, order, neighbours and classes, against the golden table.

#include "model/golden_codes.hpp"

#include <hifloat/math.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace test_hif8_math {
namespace {

namespace hf = hifloat;
using hf::format::Kind;
using Number = hf::hif8<hf::rounding::Hybrid, hf::overflow::Infinity>;  // any policy will do: nothing here rounds

constexpr Number of(int code) { return Number::from_bits(static_cast<std::uint8_t>(code)); }

constexpr Number zero = of(0x00);
constexpr Number not_a_number = of(0x80);
constexpr Number infinity = of(0x6F);
constexpr Number largest = of(0x6E);

const std::vector<double>& values() {
  static const std::vector<double> list = [] {
    const auto table = golden::hif8_codes();
    return std::vector<double>(table.begin(), table.end());
  }();
  return list;
}

double value(int code) { return values()[static_cast<std::size_t>(code)]; }

// All codes but NaN in the order of their values.
const std::vector<int>& ordered() {
  static const std::vector<int> list = [] {
    std::vector<int> codes;
    for (int code = 0; code < 256; ++code) {
      if (!std::isnan(value(code))) codes.push_back(code);
    }
    std::sort(codes.begin(), codes.end(), [](int a, int b) { return value(a) < value(b); });
    return codes;
  }();
  return list;
}

// Two numbers, or two NaNs.
bool same(Number x, double expected) {
  return std::isnan(expected) ? x.bits() == 0x80 : static_cast<double>(x) == expected;
}

// All of it while compiling.
static_assert(hf::abs(Number{-1.5f}) == Number{1.5f} && hf::signbit(-Number{1.0f}) && !hf::signbit(not_a_number));
static_assert(hf::nextup(largest) == infinity && hf::nextdown(infinity) == largest &&
              hf::ulp(Number{1.0f}).bits() == 0x38);
static_assert(hf::fpclassify(of(0x01)) == Kind::Denormal && hf::isnormal(largest) &&
              hf::total_order(infinity, not_a_number));
static_assert(std::strong_order(zero, of(0x01)) == std::strong_ordering::less);

// The standard's own types stay the standard's.
template <class T>
concept HasMath = requires(T x) {
  hf::abs(x);
}
|| requires(T x) { hf::isnan(x); }
|| requires(T x) { hf::fmin(x, x); };
static_assert(HasMath<Number> && !HasMath<float> && !HasMath<double> && !HasMath<int>);

}  // namespace

TEST_CASE("classes") {
  for (int code = 0; code < 256; ++code) {
    CAPTURE(code);
    const double x = value(code);
    const Kind kind = std::isnan(x)            ? Kind::NaN
                      : std::isinf(x)          ? Kind::Infinite
                      : x == 0.0               ? Kind::Zero
                      : std::fabs(x) < 0x1p-15 ? Kind::Denormal
                                               : Kind::Normal;
    CHECK(hf::fpclassify(of(code)) == kind);
    CHECK(hf::isnan(of(code)) == (kind == Kind::NaN));
    CHECK(hf::isinf(of(code)) == (kind == Kind::Infinite));
    CHECK(hf::isfinite(of(code)) == std::isfinite(x));
    CHECK(hf::isnormal(of(code)) == (kind == Kind::Normal));
    CHECK(hf::iszero(of(code)) == (kind == Kind::Zero));
  }
}

TEST_CASE("signbit, abs and copysign: 0 and NaN have no sign") {
  for (int a = 0; a < 256; ++a) {
    CHECK(hf::signbit(of(a)) == (value(a) < 0.0));
    CHECK(same(hf::abs(of(a)), std::fabs(value(a))));
    for (int b = 0; b < 256; ++b) {
      const double sign = value(b) < 0.0 ? -1.0 : 1.0;
      if (!same(hf::copysign(of(a), of(b)), std::copysign(value(a), sign))) FAIL("copysign of ", a, " and ", b);
    }
  }
  CHECK(hf::copysign(zero, Number{-1.0f}).bits() == 0x00);
  CHECK(hf::copysign(not_a_number, Number{-1.0f}).bits() == 0x80);
  CHECK(hf::copysign(Number{-1.0f}, not_a_number) == Number{1.0f});
}

TEST_CASE("fmin and fmax of all pairs are the standard's, where NaN loses") {
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      if (!same(hf::fmin(of(a), of(b)), std::fmin(value(a), value(b)))) FAIL("fmin of ", a, " and ", b);
      if (!same(hf::fmax(of(a), of(b)), std::fmax(value(a), value(b)))) FAIL("fmax of ", a, " and ", b);
    }
  }
}

TEST_CASE("nextup and nextdown walk through all numbers in order") {
  const std::vector<int>& codes = ordered();
  REQUIRE(codes.size() == 255);
  for (std::size_t i = 0; i + 1 < codes.size(); ++i) {
    CAPTURE(codes[i]);
    CHECK(hf::nextup(of(codes[i])).bits() == codes[i + 1]);
    CHECK(hf::nextdown(of(codes[i + 1])).bits() == codes[i]);
  }
  CHECK(hf::nextup(infinity) == infinity);
  CHECK(hf::nextdown(-infinity) == -infinity);
  CHECK(hf::nextup(not_a_number).bits() == 0x80);
  CHECK(hf::nextdown(not_a_number).bits() == 0x80);
  CHECK(hf::nextup(of(0x81)).bits() == 0x00);  // -2^-22 to the only zero
  CHECK(hf::nextdown(of(0x01)).bits() == 0x00);
  CHECK(hf::nextdown(zero).bits() == 0x81);
}

TEST_CASE("nextafter goes one step towards, of all pairs") {
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const Number step = hf::nextafter(of(a), of(b));
      const bool no_number = a == 0x80 || b == 0x80;
      const Number expected = no_number             ? not_a_number
                              : value(a) < value(b) ? hf::nextup(of(a))
                              : value(a) > value(b) ? hf::nextdown(of(a))
                                                    : of(b);
      if (step.bits() != expected.bits()) FAIL("nextafter of ", a, " and ", b);
    }
  }
}

TEST_CASE("ulp is the distance to the next larger magnitude") {
  for (const int code : ordered()) {
    CAPTURE(code);
    const double size = std::fabs(value(code));
    if (std::isinf(size)) {
      CHECK(hf::ulp(of(code)) == infinity);
      continue;
    }
    const auto next = std::find_if(ordered().begin(), ordered().end(), [&](int other) { return value(other) > size; });
    const double above = std::isinf(value(*next)) ? 49152.0 : value(*next);
    CHECK(static_cast<double>(hf::ulp(of(code))) == above - size);
  }
  CHECK(hf::ulp(not_a_number).bits() == 0x80);
  CHECK(hf::ulp(zero).bits() == 0x01);
}

TEST_CASE("the total order: by value, NaN last") {
  std::vector<int> codes = ordered();
  codes.push_back(0x80);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    for (std::size_t j = 0; j < codes.size(); ++j) {
      const Number a = of(codes[i]);
      const Number b = of(codes[j]);
      if (hf::total_order(a, b) != (i <= j)) FAIL("total_order of ", codes[i], " and ", codes[j]);
      if (std::strong_order(a, b) != (i <=> j)) FAIL("strong_order of ", codes[i], " and ", codes[j]);
    }
  }
  std::vector<Number> numbers;
  for (int code = 0; code < 256; ++code) numbers.push_back(of(code));
  std::sort(numbers.begin(), numbers.end(), [](Number a, Number b) { return hf::strong_order(a, b) < 0; });
  for (std::size_t i = 0; i < codes.size(); ++i) CHECK(numbers[i].bits() == codes[i]);
}

TEST_CASE("unqualified calls find the functions") {
  using std::abs;
  using std::isnan;
  CHECK(abs(Number{-2.0f}) == Number{2.0f});
  CHECK(abs(-2.0) == 2.0);
  CHECK(isnan(not_a_number));
  CHECK(isnan(std::numeric_limits<double>::quiet_NaN()));
  CHECK(fmax(Number{1.0f}, Number{2.0f}) == Number{2.0f});
}

}  // namespace test_hif8_math
