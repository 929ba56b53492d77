// The instruments for users' own tests: each must see what it is for, and nothing else.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <hifloat/hifloat.hpp>
#include <hifloat/testing.hpp>

#include <doctest/doctest.h>  // after it: the order does not matter

namespace hf = hifloat;
namespace t = hifloat::testing;

namespace {

constexpr float inf = std::numeric_limits<float>::infinity();
const float nan_value = std::numeric_limits<float>::quiet_NaN();

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("codes in order: 255, each larger than the last") {
  const auto codes = t::codes_in_order();
  REQUIRE(codes.size() == 255);
  for (std::size_t i = 1; i < codes.size(); ++i) CHECK(codes[i - 1] < codes[i]);
  CHECK(codes.front() == -codes.back());
  CHECK(static_cast<float>(codes.back()) == inf);
  CHECK(t::finite_values<hf::hif8_t>().size() == 253);
}

TEST_CASE_TEMPLATE("every rounding boundary, one ulp apart", Code, hf::hif8_t,
                   hf::hif8<hf::rounding::TiesAway, hf::overflow::Infinity>, hf::hif8<hf::rounding::TiesEven>,
                   hf::hif8<hf::rounding::TowardZero>, hf::formats::e4m3fn, hf::formats::int_grid<4>) {
  const auto boundaries = t::rounding_boundaries<Code>();
  const bool endless = std::isinf(static_cast<float>(Code(inf)));
  CHECK(boundaries.size() == hf::finite_values<Code>().size() - 1 + (endless ? 2 : 0));
  float last = -inf;
  for (const auto& b : boundaries) {
    CHECK(t::ulp_distance(b.below, b.at) == 1);
    CHECK(t::ulp_distance(b.at, b.above) == 1);
    CHECK(b.below < b.at);
    CHECK(b.at < b.above);
    CHECK(static_cast<float>(Code(b.below)) == static_cast<float>(b.lower));
    CHECK(static_cast<float>(Code(b.at)) == static_cast<float>(b.upper));
    CHECK(static_cast<float>(Code(b.above)) == static_cast<float>(b.upper));
    CHECK(static_cast<float>(b.lower) < static_cast<float>(b.upper));
    CHECK(last < b.at);
    last = b.at;
  }
}

TEST_CASE("boundaries of ties away are halfway") {
  for (const auto& b : t::rounding_boundaries<hf::hif8_t>()) {
    const float middle = (static_cast<float>(b.lower) + static_cast<float>(b.upper)) / 2;
    CHECK((middle > 0 ? b.at : b.below) == middle);
  }
}

TEST_CASE("ulp_distance") {
  static_assert(t::ulp_distance(1.0f, 1.0f + 0x1p-23f) == 1);
  CHECK(t::ulp_distance(0.0f, -0.0f) == 0);
  CHECK(t::ulp_distance(-0x1p-149f, 0x1p-149f) == 2);
  CHECK(t::ulp_distance(nan_value, -nan_value) == 0);
  CHECK(t::ulp_distance(nan_value, 1.0f) == t::no_distance);
  CHECK(t::ulp_distance(inf, std::numeric_limits<float>::max()) == 1);
  CHECK(t::ulp_distance(-inf, inf) == 2 * 0x7F800000ull);
  CHECK(t::ulp_distance(hf::hif8_t(1.0f), hf::hif8<hf::rounding::TiesEven>(1.125f)) == 1);
  CHECK(t::ulp_distance(hf::hif8_t(-0x1p-22f), hf::hif8_t(0x1p-22f)) == 2);
  CHECK(t::ulp_distance(hf::hif8_t::from_bits(0x80), hf::hif8_t()) == t::no_distance);
}

TEST_CASE_TEMPLATE("error_bound is kept, and met", R, hf::rounding::TiesAway, hf::rounding::TiesEven,
                   hf::rounding::TowardZero, hf::rounding::Hybrid, hf::rounding::SimplifiedStochastic,
                   hf::rounding::Stochastic) {
  for (int exponent = -40; exponent < 15; ++exponent) {
    const double bound = t::error_bound<R>(exponent);
    double worst = 0;
    for (std::uint32_t i = 0; i < 1u << 23; i += 997) {
      for (const std::uint32_t mantissa : {i, i & 0x7FC000u, (i & 0x7F8000u) | 0x3FFF}) {
        const float x = std::bit_cast<float>(static_cast<std::uint32_t>(exponent + 127) << 23 | mantissa);
        const auto random = static_cast<std::uint16_t>(i * 40503u);
        float y = 0;
        if constexpr (R::uses_random) {
          y = static_cast<float>(hf::hif8<R>::round(x, random));
        } else {
          y = static_cast<float>(hf::hif8<R>(x));
        }
        worst = std::max(worst, std::fabs(static_cast<double>(x) - static_cast<double>(y)));
      }
    }
    CHECK(worst <= bound);
    if (exponent >= -22) CHECK(worst > 0.9 * bound);
  }
  CHECK(std::isinf(t::error_bound<R>(15)));
}

TEST_CASE("hostile tensors: the same for a seed, and as hostile as they say") {
  for (const std::size_t n : {0u, 1u, 63u, 1000u}) {
    std::set<std::string> names;
    for (const auto& [name, values] : t::hostile_tensors(n, 3)) {
      CHECK(values.size() == n);
      names.insert(name);
    }
    CHECK(names.size() == (n == 0 ? 5 : 9));
  }
  CHECK(t::one_spike(1000, 1) == t::one_spike(1000, 1));
  CHECK(t::one_spike(1000, 1) != t::one_spike(1000, 2));
  const auto spike = t::one_spike(1000, 1);
  CHECK(std::ranges::count_if(spike, [](float x) { return std::fabs(x) > 10; }) == 1);
  double mean = 0, square = 0;
  for (const float x : t::normal_tensor(100000, 5)) {
    mean += static_cast<double>(x) / 100000;
    square += static_cast<double>(x) * static_cast<double>(x) / 100000;
  }
  CHECK(std::fabs(mean) < 0.02);
  CHECK(square == doctest::Approx(1.0).epsilon(0.02));
  for (const float x : t::subnormal(1000, 1)) CHECK(std::fpclassify(x) == FP_SUBNORMAL);
  for (const float x : t::all_zero(9)) CHECK(x == 0.0f);
  CHECK(std::signbit(t::all_zero(9)[1]));
  const auto bad = t::nan_at(100, 99, 1);
  for (std::size_t i = 0; i < 100; ++i) CHECK(std::isnan(bad[i]) == (i == 99));
  CHECK_THROWS_WITH_AS((void)t::nan_at(3, 3, 1), doctest::Contains("3 elements has no place 3"), std::out_of_range);
  std::set<int> exponents;
  for (const float x : t::wide_range(10000, 1)) exponents.insert(std::ilogb(x));
  CHECK(*exponents.begin() == -30);
  CHECK(exponents.size() >= 50);
  const auto channels = t::channel_outliers(1000, 32, 1);
  double loud = 0, quiet = 0;
  for (std::size_t i = 0; i < channels.size(); i += 32) {
    loud += std::fabs(static_cast<double>(channels[i + 16]));
    quiet += std::fabs(static_cast<double>(channels[i + 1]));
  }
  CHECK(loud / quiet == doctest::Approx(60).epsilon(0.2));
}

TEST_CASE("explain: one line, the whole story") {
  const std::string third = t::explain(0.3f, 2.0f);
  CHECK(third ==
        "0.3 * 2 = 0.6: at 2^-1 HiF8 keeps 3 mantissa bits: what is cut off is 0.6000003814697266 of a step, up "
        "(nearest, ties away) -> 0.625 = 0x1A: sign 0, dot 001, exponent 1 (-1), mantissa 010");
  CHECK(contains(t::explain(1.0f), "exact"));
  CHECK(contains(t::explain(-1.0625f), "a tie, up"));
  CHECK(contains(t::explain<hf::hif8<hf::rounding::TiesEven>>(1.0625f), "a tie, down (nearest, ties to even)"));
  CHECK(contains(t::explain(1e9f), "past the largest value, 2^15 (nearest, ties away), saturates -> 32768 = 0x6E"));
  CHECK(contains(t::explain<hf::hif8<hf::rounding::TiesAway, hf::overflow::Infinity>>(-inf),
                 "infinite, overflows to infinity -> -inf = 0xEF: sign 1, dot 11, the pattern of infinity"));
  CHECK(contains(t::explain(nan_value), ": NaN -> nan = 0x80: NaN"));
  CHECK(contains(t::explain<hf::hif8<hf::rounding::TiesAway, hf::overflow::SaturateNanToZero>>(nan_value),
                 "which the overflow policy turns into 0 -> 0 = 0x00"));
  CHECK(contains(t::explain(0x1p-24f), "below 2^-22, the smallest value: what is cut off is 0.25 of a step, down"));
  CHECK(contains(t::explain(0x1p-24f), "flushed to zero"));
  CHECK(contains(t::explain(0x1.4p-20f), "0x03: sign 0, dot 0000 (-20), denormal 011"));
  CHECK(contains(t::explain<hf::hif8<hf::rounding::Hybrid>>(16.0f), "T 0, up (hybrid) -> 20"));
  CHECK(
      contains(t::explain<hf::hif8<hf::rounding::Stochastic>>(1.03125f, 1.0f, 0x8000), "the random number 0.5, down"));
  CHECK(contains(t::explain(0.0f), ": zero -> 0 = 0x00: the only zero"));
  CHECK_THROWS_AS((void)t::explain(1.0f, 0.0f), std::invalid_argument);
  for (unsigned code = 0; code < 256; ++code) {  // whatever the number, the code at the end is its own
    const float x = static_cast<float>(hf::hif8_t::from_bits(static_cast<std::uint8_t>(code)));
    CHECK(contains(t::explain(x), hf::detail::code_text(hf::encode(x))));
    CHECK(t::explain(x).find('\n') == std::string::npos);
  }
}

TEST_CASE("expect_on_grid") {
  const std::vector<float> x = t::wide_range(2000, 4);
  std::vector<float> y(x.size());
  hf::fake_quantize(x, y, 3.0f);
  const float inverse = 1.0f / 3.0f;
  CHECK(t::expect_on_grid(y, inverse));
  CHECK_FALSE(t::expect_on_grid(x, inverse));
  y[17] = std::nextafter(y[17], 1.0f);
  const t::Expectation e = t::expect_on_grid(y, inverse);
  CHECK_FALSE(e);
  CHECK(contains(e.message(), "element 17: "));
  CHECK(contains(e.message(), " is not on the grid of hif8 times 0.333"));
  y[18] = 1e-30f;
  CHECK(contains(t::expect_on_grid(y, inverse).message(), "(and 1 more of 2000)"));

  std::vector<hf::bfloat16> words(x.size());
  std::vector<double> wide(x.begin(), x.end());
  hf::fake_quantize<hf::formats::e4m3fn>(x, words, 0.7f);
  CHECK(t::expect_on_grid<hf::formats::e4m3fn>(words, hf::CurrentScaler().scale_for(15 * 0.7f)));
  hf::fake_quantize(wide, wide);
  CHECK(t::expect_on_grid(wide));
  wide[3] += 1e-12;
  CHECK(contains(t::expect_on_grid(wide).message(), "element 3: "));
  CHECK(t::expect_on_grid(std::vector<float>{nan_value}));
  CHECK_FALSE(t::expect_on_grid(std::vector<float>{inf}));
  CHECK(t::expect_on_grid<hf::hif8<hf::rounding::TiesAway, hf::overflow::Infinity>>(std::vector<float>{-inf}));
  CHECK_FALSE(t::expect_on_grid<hf::formats::int_grid<8>>(std::vector<float>{nan_value}));
  std::ostringstream out;
  out << t::Expectation() << e;
  CHECK(contains(out.str(), "holdselement 17"));
}

TEST_CASE_TEMPLATE("expect_quantized_near holds for what the library does", Code, hf::hif8_t,
                   hf::hif8<hf::rounding::TiesEven, hf::overflow::Infinity>, hf::hif8<hf::rounding::TowardZero>,
                   hf::hif8<hf::rounding::Hybrid, hf::overflow::SaturateNanToZero>,
                   hf::hif8<hf::rounding::SimplifiedStochastic, hf::overflow::Infinity>,
                   hf::hif8<hf::rounding::Stochastic, hf::overflow::Infinity>) {
  for (const t::HostileTensor& tensor : t::hostile_tensors(3000, 8)) {
    const std::vector<float>& x = tensor.values;
    for (const float scale : {1.0f, 0.37f, 0x1p12f}) {
      std::vector<Code> codes(x.size());
      if constexpr (Code::rounding_policy::uses_random) {
        hf::encode(x, codes, scale, hf::PhiloxKey{.seed = 9});
      } else {
        hf::encode(x, codes, scale);
      }
      const t::Expectation e = t::expect_quantized_near(x, codes, scale);
      CHECK_MESSAGE(e, tensor.name << ": " << e.message());
    }
  }
}

TEST_CASE("expect_quantized_near of other types and with a clamp: rounded once, with their own lowest bits") {
  const std::vector<double> just_below{40960.0 - 0x1p-30};  // a float would be 40960, which overflows
  std::vector<hf::hif8<hf::rounding::TiesAway, hf::overflow::Infinity>> code(1);
  hf::encode(just_below, code);
  CHECK(t::expect_quantized_near(just_below, code));

  std::vector<hf::bfloat16> words;
  for (const float x : t::wide_range(2000, 6)) words.push_back(hf::bfloat16(x));
  std::vector<hf::hif8<hf::rounding::Hybrid, hf::overflow::Infinity>> hybrid(words.size());
  for (const float scale : {1.0f, 0.25f, 3.0f}) {
    hf::encode(words, hybrid, scale);
    CHECK(t::expect_quantized_near(words, hybrid, scale));
  }
  const std::vector<float> x = t::wide_range(2000, 7);
  std::vector<hf::hif8_t> clamped(x.size());
  const hf::ScaleParams params{.scale = 2.0f, .clamp = 15.0f};
  hf::encode(x, clamped, params);
  CHECK(t::expect_quantized_near(x, clamped, params));
  CHECK_FALSE(t::expect_quantized_near(x, clamped, 2.0f));
  CHECK(contains(t::explain(100.0f, params), "100 * 2 = 200, limited to 15: "));
}

TEST_CASE("expect_on_grid: what overflows the element type is what decode gives") {
  const std::vector<hf::hif8_t> largest{hf::hif8_t(32768.0f)};
  std::vector<hf::binary16> y(1);
  hf::decode(largest, y, 4.0f);
  CHECK(t::expect_on_grid(y, 4.0f));
  CHECK_FALSE(t::expect_on_grid(y));
}

TEST_CASE("a spike is anywhere in a large tensor") {
  std::size_t last_quarter = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const auto x = t::one_spike(100000, seed);  // its last quarter is out of the reach of 16 bits
    last_quarter += std::ranges::max_element(x) - x.begin() >= 75000;
  }
  CHECK(last_quarter >= 3);
  CHECK(last_quarter <= 20);
}

TEST_CASE("expect_quantized_near sees every kind of mistake") {
  const auto wrong = [](float x, std::uint8_t code) {
    const std::vector<float> one{x};
    const std::vector<hf::hif8_t> codes{hf::hif8_t::from_bits(code)};
    return !t::expect_quantized_near(one, codes);
  };
  CHECK_FALSE(wrong(1.0f, 0x08));
  CHECK(wrong(1.0f, 0x09));   // a step off
  CHECK(wrong(1.0f, 0x88));   // the sign
  CHECK(wrong(1.07f, 0x08));  // truncated: 0.56 of a step
  CHECK(wrong(nan_value, 0x00));
  CHECK(wrong(inf, 0x6F));  // not saturated
  CHECK(wrong(50000.0f, 0x6F));
  CHECK(wrong(33000.0f, 0x6C));  // 2^14 * 1.5... is too small
  CHECK(wrong(-33000.0f, 0x6E));
  CHECK(wrong(0x1p-22f, 0x00));
  CHECK(wrong(0.0f, 0x80));
  CHECK(wrong(1e-40f, 0x6E));
  const std::vector<float> two{1.0f, 2.0f};
  CHECK(contains(t::expect_quantized_near(two, std::vector<hf::hif8_t>{hf::hif8_t(1.0f), hf::hif8_t(1.0f)}).message(),
                 "element 1: 1 (0x08) is too far from 2; 2: at 2^1 HiF8 keeps 3 mantissa bits: exact"));
  CHECK_THROWS_AS((void)t::expect_quantized_near(two, std::vector<hf::hif8_t>(3)), std::invalid_argument);
}

TEST_CASE("doctest and GoogleTest print the number and its code") {
  CHECK(std::string(doctest::toString(hf::hif8_t(0.6f)).c_str()) == "0.6 (0x1A)");
  CHECK(std::string(doctest::toString(hf::formats::e4m3fn(0.6f)).c_str()) == "0.625 (0x32)");
  CHECK(std::string(doctest::toString(hf::formats::int_grid<4>(-2.0f)).c_str()) == "-2 (0xFE)");
  CHECK(t::printed(hf::bfloat16(1.0f)) == "1 (0x3F80)");
  std::ostringstream out;
  PrintTo(hf::hif8_t(-2.0f), &out);  // as GoogleTest calls it
  PrintTo(hf::formats::e5m2(1.0f), &out);
  CHECK(out.str() == "-2 (0x90)1 (0x3C)");
}
