// Text as a float or double where the standard library reads none: as std::from_chars does.
#include <hifloat/from_chars_by_stream.hpp>
#include <hifloat/read_number_text.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <system_error>
#include <type_traits>
#include <vector>

namespace test_text_read_number {
namespace {

struct Read {
  std::errc error;
  std::ptrdiff_t length;
  double value;  // -7 where none was written
};

template <class Number>
Read by_stream(const std::string& text) {
  Number x = -7;
  const auto [end, error] = hifloat::detail::from_chars_by_stream(text.data(), text.data() + text.size(), x);
  return {error, end - text.data(), static_cast<double>(x)};
}

template <class Number>
void check(const std::string& text, std::errc error, std::ptrdiff_t length, double value) {
  CAPTURE(text);
  const Read read = by_stream<Number>(text);
  CHECK(read.error == error);
  CHECK(read.length == length);
  CHECK((read.value == value || (std::isnan(read.value) && std::isnan(value))));
  CHECK(std::signbit(read.value) == std::signbit(value));
}

template <class Number>
std::vector<std::string> texts() {
  std::vector<std::string> list{
      "0",       "-0",    "0.0e9",  "1",        "-1.5",     ".5",    "5.",   "1e2",          "1e+2x",
      "1e",      "-",     "",       "+1",       " 1",       "x",     "inf",  "-Infinity",    "nan",
      "-nan(1)", "1,5",   "0x1",    "1e-30000", "-1e30000", "1e-46", "1e39", "3.4028235e38", "3.4028236e38",
      "1e308",   "1e309", "4e-324", "2e-324",   "1e-310",   "1e-40"};
  std::mt19937_64 random(1);
  using Bits = std::conditional_t<sizeof(Number) == 4, std::uint32_t, std::uint64_t>;
  for (int i = 0; i < 10'000; ++i) {
    char buffer[40];
    const Number x = std::bit_cast<Number>(static_cast<Bits>(random()));
    list.emplace_back(buffer, std::to_chars(buffer, buffer + sizeof buffer, x).ptr);
  }
  return list;
}

}  // namespace

TEST_CASE_TEMPLATE("numbers, words, and what is neither", Number, float, double) {
  constexpr double inf = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  constexpr std::errc none{};
  check<Number>("0", none, 1, 0.0);
  check<Number>("-0", none, 2, -0.0);
  check<Number>("-1.5e1,", none, 6, -15.0);
  check<Number>("1,5", none, 1, 1.0);
  check<Number>("inf", none, 3, inf);
  check<Number>("-INFINITY", none, 9, -inf);
  check<Number>("nan", none, 3, nan);
  for (const char* const text : {"", "-", "+1", " 1", "e1", "x"})
    check<Number>(text, std::errc::invalid_argument, 0, -7.0);
  check<Number>("1e400", std::errc::result_out_of_range, 5, -7.0);
  check<Number>("-1e400", std::errc::result_out_of_range, 6, -7.0);
  check<Number>("1e-400", std::errc::result_out_of_range, 6, -7.0);
  check<float>("1e-40", none, 5, static_cast<double>(1e-40f));  // subnormal
}

TEST_CASE_TEMPLATE("what is used reads back what to_chars writes", Number, float, double) {
  for (const std::string& text : texts<Number>()) {
    const Read expected = by_stream<Number>(text);
    Number x = -7;
    const auto [end, error] = hifloat::detail::read_number_text(text.data(), text.data() + text.size(), x);
    const bool same = error == expected.error && end - text.data() == expected.length &&
                      (static_cast<double>(x) == expected.value || (std::isnan(x) && std::isnan(expected.value)));
    if (!same) FAIL_CHECK(text);
  }
}

}  // namespace test_text_read_number
