// to_chars: the shortest text that reads back; streams; the view of the fields; std::format where there is one.

#include "model/value_types.hpp"

#include <hifloat/formatter.hpp>
#include <hifloat/text.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <iomanip>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>

namespace test_text {
namespace {

namespace hf = hifloat;
using hf::hif8;
using hf::hif8_t;
using Even = hif8<hf::rounding::TiesEven>;
using Truncating = hif8<hf::rounding::TowardZero>;

// A policy of a user's own: away from zero, so that every number stands for those below it.
struct AwayFromZero {
  static constexpr bool uses_random = false, passes_largest = true, round_trips = true;
  static constexpr bool rounds_up(const hf::rounding::Truncated& t) noexcept { return t.discarded != 0; }
};
static_assert(hf::ArithmeticRounding<AwayFromZero>);
using Upward = hif8<AwayFromZero>;

template <class Number>
Number of(int code) {
  return Number::from_bits(static_cast<std::uint8_t>(code));
}

template <class Number>
std::string text(Number x) {
  std::array<char, hf::SmallText::capacity> buffer{};
  const auto [end, error] = hf::to_chars(buffer.data(), buffer.data() + buffer.size(), x);
  REQUIRE(error == std::errc{});
  return std::string(buffer.data(), end);
}

template <class Number>
Number parse(std::string_view text) {
  Number x = of<Number>(0x55);
  const auto [end, error] = hf::from_chars(text.data(), text.data() + text.size(), x);
  if (error != std::errc{} || end != text.data() + text.size()) FAIL("not read as a whole: ", text);
  return x;
}

// While compiling, too.
static_assert(std::string_view(hf::to_text(hif8_t{-1.5f})) == "-1.5");
static_assert(std::string_view(hf::fields_text(hif8_t{6.0f})) == "0|01|0 0|100");

// Every code that the type's policies keep when its value is converted must come back from its text.
template <class Number>
void check_round_trip() {
  for (int code = 0; code < 256; ++code) {
    const Number x = of<Number>(code);
    CAPTURE(code);
    CHECK(parse<Number>(text(x)).bits() == Number{static_cast<double>(x)}.bits());
  }
}

}  // namespace

TEST_CASE("every code comes back from its text") {
  value_test::for_each_type([](auto type) {
    using Number = typename decltype(type)::Number;
    CAPTURE_TYPE(type);
    check_round_trip<Number>();
    for (int code = 0; code < 256; ++code) {
      const bool keeps_all = type.overflow == model::Overflow::Infinity;
      if (!keeps_all && !std::isfinite(static_cast<float>(of<Number>(code)))) continue;
      CHECK(parse<Number>(text(of<Number>(code))).bits() == code);
    }
  });
  check_round_trip<Upward>();
}

TEST_CASE("known texts") {
  CHECK(text(hif8_t{}) == "0");
  CHECK(text(of<hif8_t>(0x80)) == "nan");
  CHECK(text(of<hif8_t>(0x6F)) == "inf");
  CHECK(text(of<hif8_t>(0xEF)) == "-inf");
  CHECK(text(hif8_t{1.0f}) == "1");
  CHECK(text(hif8_t{-1.5f}) == "-1.5");
  CHECK(text(hif8_t{0.0625f}) == "0.06");
  CHECK(text(hif8_t{0.125f}) == "0.12");  // 0.13 is as near
  CHECK(text(hif8_t{0.1875f}) == "0.19");
  CHECK(text(hif8_t{1.125f}) == "1.1");
  CHECK(text(hif8_t{10.0f}) == "10");
  CHECK(text(hif8_t{1024.0f}) == "1024");
  CHECK(text(hif8_t{24576.0f}) == "24576");
  CHECK(text(hif8_t{-32768.0f}) == "-32768");
  CHECK(text(hif8_t{0x1p-10f}) == "0.001");
  CHECK(text(hif8_t{0x1p-11f}) == "5e-04");
  CHECK(text(hif8_t{0x1p-13f}) == "0.00012");
  CHECK(text(hif8_t{0x1p-17f}) == "8e-06");
  CHECK(text(hif8_t{0x1p-22f}) == "2e-07");
}

TEST_CASE("a policy's own neighbourhood decides") {
  CHECK(text(Truncating{0.1875f}) == "0.2");  // 0.19 would do, one digit later
  CHECK(text(Truncating{1.125f}) == "1.2");
  CHECK(text(Truncating{0x1p-22f}) == "3e-07");
  CHECK(text(Upward{0.1875f}) == "0.18");
  CHECK(text(Upward{1.125f}) == "1.1");
  CHECK(text(Upward{0x1p-22f}) == "2e-07");
  CHECK(text(Even{0.1875f}) == "0.19");
}

TEST_CASE("policies that cannot read text write it for ties away") {
  for (int code = 0; code < 256; ++code) {
    CHECK(text(of<hif8<hf::rounding::Hybrid>>(code)) == text(of<hif8_t>(code)));
    CHECK(text(of<hif8<hf::rounding::Stochastic>>(code)) == text(of<hif8_t>(code)));
  }
}

namespace {

std::string fixed(int digits, int decimals) {
  std::string text = std::to_string(digits);
  if (decimals == 0) return text;
  while (text.size() <= static_cast<std::size_t>(decimals)) text.insert(0, 1, '0');
  return text.insert(text.size() - static_cast<std::size_t>(decimals), 1, '.');
}

// No decimal with fewer digits behind the point reads back, and none with as many is nearer.
template <class Number>
void check_fixed(Number x, const std::string& shortest) {
  const double value = static_cast<double>(x);
  const std::size_t point = shortest.find('.');
  const int decimals = point == std::string::npos ? 0 : static_cast<int>(shortest.size() - point) - 1;
  const double distance = std::fabs(std::stod(shortest) - value) * (1 - 1e-12);
  double scale = 1.0;
  for (int places = 0; places <= decimals; ++places, scale *= 10.0) {
    const int most = static_cast<int>(2.0 * value * scale) + 2;  // no neighbourhood reaches that far
    for (int digits = 0; digits <= most; ++digits) {
      const bool better = places < decimals || std::fabs(digits / scale - value) < distance;
      if (!better || parse<Number>(fixed(digits, places)).bits() != x.bits()) continue;
      FAIL("better: ", fixed(digits, places));
    }
  }
}

// It has one digit, and no other single digit is nearer.
template <class Number>
void check_scientific(Number x, const std::string& shortest) {
  CHECK(shortest.size() == 5);
  const double value = static_cast<double>(x);
  const double distance = std::fabs(std::stod(shortest) - value) * (1 - 1e-12);
  for (int exponent = 1; exponent <= 8; ++exponent) {
    for (int digit = 1; digit <= 9; ++digit) {
      const std::string other = std::to_string(digit) + "e-0" + std::to_string(exponent);
      if (std::fabs(std::stod(other) - value) >= distance) continue;
      if (parse<Number>(other).bits() == x.bits()) FAIL("nearer: ", other);
    }
  }
}

template <class Number>
void check_shortest() {
  for (int code = 0x01; code < 0x80; ++code) {
    if (code == 0x6F) continue;
    const Number x = of<Number>(code);
    const std::string shortest = text(x);
    CAPTURE(shortest);
    if (static_cast<double>(x) == std::floor(static_cast<double>(x))) {
      CHECK(shortest == std::to_string(static_cast<int>(static_cast<double>(x))));  // integers are written out
    } else if (shortest.find('e') == std::string::npos) {
      CHECK(shortest.size() <= 7);
      check_fixed(x, shortest);
    } else {
      check_scientific(x, shortest);
    }
    CHECK(text(-x) == "-" + shortest);
  }
}

}  // namespace

TEST_CASE("no text is longer than it has to be") {
  check_shortest<hif8<hf::rounding::TiesAway, hf::overflow::Infinity>>();
  check_shortest<hif8<hf::rounding::TiesEven, hf::overflow::Infinity>>();
  check_shortest<hif8<hf::rounding::TowardZero, hf::overflow::Infinity>>();
}

TEST_CASE("buffers of every length") {
  for (int code = 0; code < 256; ++code) {
    const auto x = of<Truncating>(code);
    const std::string whole = text(x);
    for (std::size_t length = 0; length <= whole.size() + 2; ++length) {
      std::array<char, hf::SmallText::capacity + 1> buffer{};
      buffer.fill('#');
      const auto [end, error] = hf::to_chars(buffer.data(), buffer.data() + length, x);
      const bool fits = length >= whole.size();
      CHECK(error == (fits ? std::errc{} : std::errc::value_too_large));
      CHECK(end == buffer.data() + (fits ? whole.size() : length));
      if (fits) CHECK(std::string_view(buffer.data(), whole.size()) == whole);
      for (std::size_t i = fits ? whole.size() : length; i < buffer.size(); ++i) CHECK(buffer[i] == '#');
    }
  }
}

TEST_CASE("streams: width, fill and alignment") {
  std::ostringstream out;
  out << hif8_t{1.5f} << '|' << std::setw(6) << hif8_t{-1.5f} << '|' << hif8_t{2.0f} << '|';
  out << std::left << std::setw(6) << hif8_t{1.5f} << '|' << std::right << std::setfill('*') << std::setw(6)
      << of<hif8_t>(0x80) << '|' << std::setprecision(9) << std::fixed << Truncating{0.1875f};
  CHECK(out.str() == "1.5|  -1.5|2|1.5   |***nan|0.2");
  std::wostringstream wide;
  wide << std::setw(6) << hif8_t{1.5f} << hf::fields_text(hif8_t{6.0f});
  CHECK(wide.str() == L"   1.50|01|0 0|100");
}

TEST_CASE("small text is a string view and a C string") {
  const hf::SmallText small = hf::to_text(hif8_t{-32768.0f});
  const std::string_view view = small;
  CHECK(view == "-32768");
  CHECK(small.size() == 6);
  CHECK(std::string(small.begin(), small.end()) == "-32768");
  CHECK(small.c_str()[6] == '\0');
}

TEST_CASE("fields: sign|dot|exponent|mantissa") {
  const auto fields = [](int code) { return std::string(hf::fields_text(of<hif8_t>(code))); };
  CHECK(fields(0x00) == "0|0000||000");
  CHECK(fields(0x80) == "1|0000||000");
  CHECK(fields(0x01) == "0|0000||001");
  CHECK(fields(0x08) == "0|0001||000");
  CHECK(fields(0x9B) == "1|001|1|011");
  CHECK(fields(0x24) == "0|01|0 0|100");
  CHECK(fields(0x5D) == "0|10|1 11|01");
  CHECK(fields(0x6F) == "0|11|0 111|1");
  CHECK(fields(0xEE) == "1|11|0 111|0");
  for (int code = 0; code < 256; ++code) {  // what is left without the marks is the code
    int bits = 0;
    for (const char c : hf::fields_text(of<hif8_t>(code))) {
      if (c == '0' || c == '1') bits = 2 * bits + (c - '0');
    }
    CHECK(bits == code);
  }
}

#if defined(__cpp_lib_format)
TEST_CASE("std::format: the shortest text in a field, or whatever float understands") {
  const hif8_t x{1.125f};
  CHECK(std::format("{}", x) == "1.1");
  CHECK(std::format("{:6}|{:<6}|{:*^6}|{:>{}}|", x, x, x, x, 5) == "   1.1|1.1   |*1.1**|  1.1|");
  CHECK(std::format("{0:{1}}|{0:x<{1}}|", x, 5) == "  1.1|1.1xx|");
  CHECK(std::format("{:.3f} {:+} {:07.2f} {:e}", x, x, -x, x) == "1.125 +1.125 -001.12 1.125000e+00");
  CHECK(std::format("{:{}.{}f}", x, 6, 1) == "   1.1");
  CHECK(std::format("<{:}> {:}^{:}<5}}", x, x, x) == "<1.1> 1.1^1.1<5}");  // none of these is a fill
  CHECK(std::format("{:>13}", hf::fields_text(hif8_t{6.0f})) == " 0|01|0 0|100");
  int minus_one = -1;
  bool yes = true;
  CHECK_THROWS_AS((void)std::vformat("{:q}", std::make_format_args(x)), std::format_error);
  CHECK_THROWS_AS((void)std::vformat("{:{<5}", std::make_format_args(x)), std::format_error);
  CHECK_THROWS_AS((void)std::vformat("{:{}}", std::make_format_args(x, minus_one)), std::format_error);
  CHECK_THROWS_AS((void)std::vformat("{:{}}", std::make_format_args(x, yes)), std::format_error);
  CHECK_THROWS_AS((void)std::vformat("{:{}}", std::make_format_args(x)), std::format_error);
  CHECK_THROWS_AS((void)std::vformat("{:99999999999999999999}", std::make_format_args(x)), std::format_error);
}
#endif

}  // namespace test_text
