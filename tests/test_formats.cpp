// The formats to compare with: each value and each rounding against a model that looks for the nearest of all values,
// and array functions and scalers with each of them.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

#include <hifloat/hifloat.hpp>

namespace hf = hifloat;
using hf::formats::e4m3fn;
using hf::formats::e5m2;
using hf::formats::int_grid;

namespace {

constexpr float inf = std::numeric_limits<float>::infinity();

/// The nonnegative values of a grid, ascending, with the next one after the largest as the last; `even` says whether
/// ties go to a value.
struct Grid {
  std::vector<double> value;
  [[nodiscard]] double round(double magnitude) const {  // `value.back()` stands for everything past the largest
    const auto above = std::ranges::upper_bound(value, magnitude);
    if (above == value.end()) return value.back();
    const auto i = static_cast<std::size_t>(above - value.begin()) - 1;
    const double down = magnitude - value[i], up = value[i + 1] - magnitude;
    return down < up || (down == up && i % 2 == 0) ? value[i] : value[i + 1];
  }
};

/// From the definition: subnormals m * 2^(emin - width), then binades; places in the list alternate in evenness.
Grid floats(int width, int emin, double largest) {
  Grid grid;
  const double steps = std::ldexp(1, width);
  for (double m = 0; m < steps; ++m) grid.value.push_back(std::ldexp(m, emin - width));
  for (int e = emin; grid.value.back() <= largest; ++e) {
    for (double m = 0; m < steps && grid.value.back() <= largest; ++m)
      grid.value.push_back(std::ldexp(steps + m, e - width));
  }
  return grid;
}
Grid integers(int largest) {
  Grid grid;
  for (int i = 0; i <= largest + 1; ++i) grid.value.push_back(i);
  return grid;
}

template <class F>
Grid grid_of() {
  if constexpr (std::is_same_v<F, e4m3fn>) return floats(3, -6, 448);
  if constexpr (std::is_same_v<F, e5m2>) return floats(2, -14, 57344);
  if constexpr (std::is_same_v<F, hf::bfloat16>) return {};
  return integers(static_cast<int>(hf::formats::traits<F>::largest));
}

std::vector<float> floats_to_try(const Grid& grid) {
  std::vector<float> x;
  const auto add = [&](double d) {
    const auto f = static_cast<float>(d);
    for (const float y : {f, std::nextafter(f, inf), std::nextafter(f, 0.0f)}) {
      x.push_back(y);
      x.push_back(-y);
    }
  };
  for (std::size_t i = 0; i < grid.value.size(); ++i) {
    add(grid.value[i]);
    if (i != 0) add((grid.value[i] + grid.value[i - 1]) / 2);
  }
  for (const double d : {1e-45, 1e-38, 1e-30, 1e10, 3.4e38}) add(d);
  for (std::uint32_t bits = 0; bits < 0x7F800000u; bits += 104729) x.push_back(std::bit_cast<float>(bits));
  return x;
}

}  // namespace

TEST_CASE_TEMPLATE("every float goes to the nearest value, ties to even", F, e4m3fn, e5m2, int_grid<8>, int_grid<6>,
                   int_grid<4>, int_grid<2>) {
  const Grid grid = grid_of<F>();
  const double largest = hf::formats::traits<F>::largest;
  CHECK(grid.value[grid.value.size() - 2] == largest);
  std::size_t wrong = 0;
  for (const float x : floats_to_try(grid)) {
    const double rounded = grid.round(std::fabs(static_cast<double>(x)));
    const double expected = std::copysign(std::min(rounded, largest), x);
    wrong += static_cast<double>(static_cast<float>(F(x))) != expected;
    const bool overflows = rounded > largest;
    CHECK((std::fabs(x) >= hf::formats::traits<F>::overflow_from) == overflows);
  }
  CHECK(wrong == 0);
  CHECK(static_cast<double>(static_cast<float>(F(inf))) == largest);
  CHECK(static_cast<double>(static_cast<float>(F(-inf))) == -largest);
  CHECK(static_cast<float>(F()) == 0.0f);
}

TEST_CASE_TEMPLATE("all codes survive the way to float and back", F, e4m3fn, e5m2, int_grid<8>) {
  int numbers = 0;
  for (unsigned code = 0; code < 256; ++code) {
    const F x = F::from_bits(static_cast<std::uint8_t>(code));
    const float value = static_cast<float>(x);
    if (std::isnan(value) || std::fabs(value) > hf::formats::traits<F>::largest) continue;  // int8 has a -128
    CHECK(F(value).bits() == code);
    ++numbers;
  }
  CHECK(numbers == (std::is_same_v<F, e4m3fn> ? 254 : std::is_same_v<F, e5m2> ? 248 : 255));
}

TEST_CASE("past the largest, infinity and NaN by policy") {
  using Endless4 = hf::formats::small_float<hf::formats::E4M3fn, hf::overflow::Infinity>;
  using Endless5 = hf::formats::small_float<hf::formats::E5M2, hf::overflow::Infinity>;
  using Zero = hf::formats::small_float<hf::formats::E4M3fn, hf::overflow::SaturateNanToZero>;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(Endless4(464.0f).bits() == 0x7E);  // a tie, to even
  CHECK(Endless4(464.1f).bits() == 0x7F);
  CHECK(Endless4(-inf).bits() == 0xFF);
  CHECK(Endless5(61440.0f).bits() == 0x7C);
  CHECK(static_cast<float>(Endless5(-inf)) == -inf);
  CHECK(e4m3fn(-nan).bits() == 0x7F);
  CHECK(e5m2(nan).bits() == 0x7F);
  CHECK(Zero(nan).bits() == 0);
  CHECK(int_grid<8>(nan).bits() == 0);
  CHECK(std::isnan(static_cast<float>(e4m3fn::from_bits(0xFF))));
  CHECK(std::isnan(static_cast<float>(e5m2::from_bits(0x7D))));
  CHECK(e4m3fn(-0.0f).bits() == 0x80);
  CHECK(e4m3fn(-0.0f) == e4m3fn(0.0f));
  static_assert(e4m3fn(1.0f).bits() == 0x38 && static_cast<float>(e5m2(3.0f)) == 3.0f);
  static_assert(int_grid<4>(-9.0f).value() == -7 && hf::formats::traits<int_grid<6>>::name == "int6");
  static_assert(!hf::QuantizationFormat<float> && !hf::QuantizationFormat<hf::hif8<hf::rounding::Stochastic>>);
  static_assert(hf::QuantizationFormat<hf::hif8_t> && hf::QuantizationFormat<hf::bfloat16>);
}

namespace {

/// A user's own: -1, 0 and 1. Nothing but the contract.
struct Ternary {
  signed char sign = 0;
  constexpr Ternary() = default;
  explicit constexpr Ternary(float x) : sign(static_cast<signed char>((x >= 0.5f) - (x <= -0.5f))) {}
  explicit constexpr operator float() const { return sign; }
};

}  // namespace
template <>
struct hifloat::formats::traits<Ternary> {
  static constexpr std::string_view name = "ternary";
  static constexpr float largest = 1.0f, default_target = 1.0f;
};

TEST_CASE_TEMPLATE("array functions take every format", F, e4m3fn, e5m2, int_grid<8>, int_grid<4>, hf::bfloat16,
                   Ternary) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  std::vector<float> x(1000);
  for (float& element : x) element = normal(random);
  x[3] = 0.0f;
  x[4] = 1e-40f;
  x[5] = 1e6f;
  x[6] = -inf;
  const float scale = hf::formats::traits<F>::default_target / 3.0f,
              inverse = hf::CurrentScaler().scale_for(15 * scale);
  std::vector<F> codes(x.size()), again(x.size());
  hf::encode(x, codes, scale);
  std::vector<float> back(x.size()), fake(x.size()), in_place = x;
  hf::decode(codes, back, inverse);
  hf::fake_quantize<F>(x, fake, scale);
  hf::fake_quantize<F>(in_place, in_place, scale);
  const hf::QuantizeStats stats = hf::quantize(x, again, scale);
  std::uint64_t flushed = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const float expected = static_cast<float>(F(x[i] * scale));
    CHECK(static_cast<float>(codes[i]) == expected);
    CHECK(static_cast<float>(again[i]) == expected);
    CHECK(back[i] == expected * inverse);
    CHECK((fake[i] == back[i] || fake[i] == doctest::Approx(static_cast<double>(back[i]))));
    CHECK(in_place[i] == fake[i]);
    flushed += x[i] != 0 && expected == 0;
  }
  CHECK(stats.count == 1000);
  CHECK(stats.amax == inf);
  CHECK(stats.non_finite == 1);
  CHECK(stats.demoted == 0);
  CHECK(stats.flushed_to_zero == flushed);
  const float overflow_from = [] {
    if constexpr (std::is_same_v<F, Ternary>)
      return std::nextafter(1.0f, 2.0f);
    else
      return hf::formats::traits<F>::overflow_from;
  }();
  CHECK(stats.overflowed == static_cast<std::uint64_t>(std::ranges::count_if(x, [&](float e) {
          return std::isfinite(e) && std::fabs(e * scale) >= overflow_from;
        })));
}

TEST_CASE_TEMPLATE("scalers take every format", F, hf::hif8_t, e4m3fn, e5m2, int_grid<8>, int_grid<6>) {
  std::vector<float> x(256);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = 0.01f * static_cast<float>(i);
  hf::DelayedScaler<hf::amax::Max, 8> scaler(hf::ScalingOptions{.target = hf::formats::traits<F>::default_target});
  const auto q = scaler.template quantize<F>(x);
  scaler.observe(q.stats());
  scaler.commit();
  const std::vector<float> y = q.dequantize();
  const double step = std::is_same_v<F, int_grid<6>> ? 2.55 / 31 : 0.25 * 2.55;
  for (std::size_t i = 0; i < x.size(); ++i) CHECK(std::fabs(static_cast<double>(y[i] - x[i])) <= step);
  CHECK(y.back() == doctest::Approx(2.55));
  std::vector<float> z(x.size());
  const hf::QuantizeStats stats = scaler.template fake_quantize<F>(x, z);
  CHECK(stats.overflowed == 0);
  CHECK(z == scaler.template quantize<F>(x).dequantize());
  CHECK(scaler.scale() == doctest::Approx(hf::formats::traits<F>::default_target / 2.55));
  std::vector<F> codes(x.size());
  CHECK(scaler.quantize(x, codes).inverse_scale() == scaler.inverse_scale());
}
