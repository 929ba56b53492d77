// from_chars: one rounding straight from the text, and the grammar of std::from_chars.

#include "model/decimal_text.hpp"
#include "model/value_types.hpp"

#include <hifloat/text.hpp>

#include <doctest/doctest.h>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>
#include <version>

namespace test_text_from_chars {
namespace {

namespace hf = hifloat;
using hf::hif8;
using hf::hif8_t;
using Even = hif8<hf::rounding::TiesEven, hf::overflow::Infinity>;
using Truncating = hif8<hf::rounding::TowardZero, hf::overflow::Infinity>;
using Unbounded = hif8<hf::rounding::TiesAway, hf::overflow::Infinity>;

template <class T>
concept Readable = requires(const char* p, T& x) {
  hf::from_chars(p, p, x);
};
static_assert(Readable<hif8_t> && Readable<Even> && Readable<Truncating>);
static_assert(!Readable<hif8<hf::rounding::Hybrid>> && !Readable<hif8<hf::rounding::SimplifiedStochastic>>);
static_assert(!Readable<hif8<hf::rounding::Stochastic>> && !Readable<float>);

constexpr bool reads_while_compiling() {
  constexpr std::string_view text = "-2.5e1,";
  hif8_t x;
  const auto [end, error] = hf::from_chars(text.data(), text.data() + text.size(), x);
  return error == std::errc{} && *end == ',' && x.bits() == 0xC2;  // 25 is nearest to 24
}
static_assert(reads_while_compiling());

constexpr int no_number = -1;

// The code that a whole text is, or no_number.
template <class Number>
int read(std::string_view text, std::chars_format format = std::chars_format::general) {
  Number x = Number::from_bits(0x55);
  const auto [end, error] = hf::from_chars(text.data(), text.data() + text.size(), x, format);
  if (error != std::errc{}) return x.bits() == 0x55 ? no_number : -2;
  return end == text.data() + text.size() ? x.bits() : -3;
}

// The spellings of one number: digits with `behind` of them behind the point.
std::vector<std::string> spellings(const std::string& digits, std::size_t behind) {
  using decimal_text::with_point;
  const std::string exponent = std::to_string(behind);
  return {with_point(digits, behind),
          "000" + with_point(digits, behind) + "0000",
          digits + "e-" + exponent,
          with_point(digits, digits.size()) + "E+" + std::to_string(digits.size() - behind),
          "0.000" + digits + "e" + std::to_string(digits.size() - behind + 3),
          digits + std::string(30, '0') + "e-" + std::to_string(behind + 30)};
}

}  // namespace

TEST_CASE("values and midpoints, and 60 digits behind them one unit more or less") {
  const auto& list = rational::magnitudes();
  value_test::for_each_type([&](auto type) {
    using Number = typename decltype(type)::Number;
    CAPTURE_TYPE(type);
    const auto expect = [&](const std::string& digits, std::size_t behind, std::int64_t units, int direction) {
      // In units of 2^-46, doubled; a direction is a half of one, and far less would be the same.
      const rational::Wide numerator = (rational::Wide{units} << 23) + direction;
      const std::uint8_t magnitude = rational::round(type.rounding, numerator, 2);
      for (const std::string& text : spellings(digits, behind)) {
        if (read<Number>(text) != rational::finish(type.overflow, false, magnitude)) FAIL_CHECK(text);
        if (read<Number>("-" + text) != rational::finish(type.overflow, true, magnitude)) FAIL_CHECK("-" << text);
      }
    };
    for (std::size_t i = 0; i < list.size(); ++i) {
      for (const bool midpoint : {false, true}) {
        if (midpoint && i + 1 == list.size()) continue;
        const std::int64_t units = midpoint ? list[i].halves + list[i + 1].halves : 2 * list[i].halves;  // of 2^-24
        const std::string exact = decimal_text::digits(units);
        const std::string zeros(60, '0');
        expect(exact, decimal_text::decimals, units, 0);
        expect(exact + zeros, decimal_text::decimals + 60, units, 0);
        expect(exact + zeros + "1", decimal_text::decimals + 61, units, 1);
        if (units != 0) expect(decimal_text::decremented(exact + zeros), decimal_text::decimals + 60, units, -1);
      }
    }
  });
}

TEST_CASE("the digit that decides, at any place") {
  for (std::size_t place = 0; place < 100; ++place) {
    CAPTURE(place);
    const std::string zeros(place, '0');
    const std::string nines(place, '9');
    CHECK(read<Even>("1.0625" + zeros + "1") == 0x09);  // 1.0625 itself goes to 1
    CHECK(read<hif8_t>("1.0624" + nines) == 0x08);
    CHECK(read<Truncating>("1.1249" + nines) == 0x08);
    CHECK(read<Even>("1.1" + zeros + "1", std::chars_format::hex) == 0x09);
    CHECK(read<hif8_t>("1.0f" + std::string(place, 'f'), std::chars_format::hex) == 0x08);
  }
}

TEST_CASE("texts of 10,000 digits") {
  const std::string zeros(10000, '0');
  const std::string nines(10000, '9');
  CHECK(read<hif8_t>("1.0625" + zeros) == 0x09);
  CHECK(read<Even>("1.0625" + zeros) == 0x08);
  CHECK(read<Even>("1.0625" + zeros + "1") == 0x09);
  CHECK(read<hif8_t>("1.0624" + nines) == 0x08);
  CHECK(read<Truncating>("1.1249" + nines) == 0x08);
  CHECK(read<Truncating>("1.125" + zeros) == 0x09);
  CHECK(read<hif8_t>("0." + zeros + "1") == 0x00);
  CHECK(read<hif8_t>("0." + zeros + "15e10001") == 0x0C);
  CHECK(read<hif8_t>("15" + zeros + "e-10001") == 0x0C);
  CHECK(read<hif8_t>(zeros + "1.5" + zeros) == 0x0C);
  CHECK(read<Unbounded>("1" + zeros) == 0x6F);
  CHECK(read<Truncating>("1" + zeros) == 0x6E);
  CHECK(read<hif8_t>("1." + zeros + "p0", std::chars_format::hex) == 0x08);
  CHECK(read<Even>("1.1" + zeros + "p0", std::chars_format::hex) == 0x08);
  CHECK(read<Even>("1.1" + zeros + "1p0", std::chars_format::hex) == 0x09);
  CHECK(read<hif8_t>("0." + zeros + "18p40004", std::chars_format::hex) == 0x0C);
}

TEST_CASE("huge exponents neither overflow nor hang") {
  for (const std::string e : {"99999", "2147483648", "999999999999", "9223372036854775807", "9223372036854775808",
                              "18446744073709551616", "99999999999999999999999999999999999999999"}) {
    CAPTURE(e);
    CHECK(read<Unbounded>("1e" + e) == 0x6F);
    CHECK(read<Unbounded>("-1e+" + e) == 0xEF);
    CHECK(read<hif8_t>("1e" + e) == 0x6E);
    CHECK(read<Truncating>("1e" + e) == 0x6E);
    CHECK(read<hif8_t>("1e-" + e) == 0x00);
    CHECK(read<hif8_t>("-1e-" + e) == 0x00);
    CHECK(read<hif8_t>("0e" + e) == 0x00);
    CHECK(read<hif8_t>("0.00e" + e) == 0x00);
    CHECK(read<Unbounded>("1p" + e, std::chars_format::hex) == 0x6F);
    CHECK(read<Unbounded>("1p-" + e, std::chars_format::hex) == 0x00);
    CHECK(read<Unbounded>("0p" + e, std::chars_format::hex) == 0x00);
  }
}

TEST_CASE("what lies outside the range is what the policies say, not an error") {
  CHECK(read<hif8_t>("1e9") == 0x6E);
  CHECK(read<hif8_t>("-1e9") == 0xEE);
  CHECK(read<Unbounded>("40960") == 0x6F);
  CHECK(read<Unbounded>("40959.99999999999999999999999999999999") == 0x6E);
  CHECK(read<Even>("40960") == 0x6E);
  CHECK(read<Even>("40960.00000000000000000000000000000000001") == 0x6F);
  CHECK(read<Truncating>("99999") == 0x6E);
  CHECK(read<hif8_t>("1e-9") == 0x00);
  CHECK(read<hif8_t>("-0") == 0x00);
  CHECK(read<hif8_t>("-1e-9") == 0x00);
}

TEST_CASE("infinity and NaN, in any case") {
  for (const char* text : {"inf", "INF", "iNf", "infinity", "INFINITY", "InFiNiTy"}) {
    CAPTURE(text);
    CHECK(read<Unbounded>(text) == 0x6F);
    CHECK(read<Unbounded>(std::string("-").append(text)) == 0xEF);
    CHECK(read<hif8_t>(text) == 0x6E);
    CHECK(read<Truncating>(text) == 0x6F);
    CHECK(read<Unbounded>(text, std::chars_format::hex) == 0x6F);
  }
  for (const char* text : {"nan", "NaN", "-nan", "nan()", "NAN(Quiet_0)"}) {
    CAPTURE(text);
    CHECK(read<hif8_t>(text) == 0x80);
    CHECK(read<hif8<hf::rounding::TiesAway, hf::overflow::SaturateNanToZero>>(text) == 0x00);
  }
}

#if defined(__cpp_lib_to_chars)  // the standard library reads floating-point numbers
TEST_CASE("where reading stops, what is no number, and which format takes an exponent, as for double") {
  // Every text of up to five of these pieces, in every format, against the standard's own function.
  const std::vector<std::string> pieces{"1", "0", ".",   "-",     "+",   "e", "E2", "p",
                                        "f", "x", "inf", "inity", "nan", "(", ")",  " "};
  const std::chars_format formats[] = {std::chars_format::general, std::chars_format::fixed,
                                       std::chars_format::scientific, std::chars_format::hex};
  std::size_t count = 1;
  for (int length = 0; length <= 4; ++length, count *= pieces.size()) {
    for (std::size_t number = 0; number < count; ++number) {
      std::string text;
      for (std::size_t rest = number, i = 0; i < static_cast<std::size_t>(length); ++i, rest /= pieces.size()) {
        text += pieces[rest % pieces.size()];
      }
      for (const std::chars_format format : formats) {
        const char* const first = text.data();
        const char* const last = first + text.size();
        double reference = 0.0;
        const auto expected = std::from_chars(first, last, reference, format);
        Unbounded x = Unbounded::from_bits(0x55);
        const auto got = hf::from_chars(first, last, x, format);
        const bool is_number = expected.ec != std::errc::invalid_argument;
        if (got.ptr != expected.ptr || (got.ec == std::errc{}) != is_number) {
          FAIL_CHECK(text << " in format " << static_cast<int>(format) << ": read " << got.ptr - first << ", expected "
                          << expected.ptr - first);
        } else if (x.bits() != (is_number ? Unbounded{reference}.bits() : 0x55)) {
          FAIL_CHECK(text << " in format " << static_cast<int>(format) << ": wrong value");
        }
      }
    }
  }
}
#endif

TEST_CASE("an empty range and a lone sign are no number") {
  CHECK(read<hif8_t>("") == no_number);
  CHECK(read<hif8_t>("-") == no_number);
  CHECK(read<hif8_t>("+1") == no_number);
  CHECK(read<hif8_t>(" 1") == no_number);
  CHECK(read<hif8_t>("1.5", std::chars_format::scientific) == no_number);
  CHECK(read<hif8_t>("0x1p0", std::chars_format::hex) == -3);  // 0, and the rest is left
  hif8_t x;
  const auto result = hf::from_chars(nullptr, nullptr, x);
  CHECK(result.ec == std::errc::invalid_argument);
  CHECK(result.ptr == nullptr);
}

}  // namespace test_text_from_chars
