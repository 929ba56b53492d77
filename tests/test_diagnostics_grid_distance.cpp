// How far weights are from the numbers of a format, and those numbers.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <random>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include <hifloat/diagnostics/grid_distance.hpp>
#include <hifloat/formats/grid.hpp>
#include <hifloat/formats/int_grid.hpp>
#include <hifloat/formats/small_float.hpp>
#include <hifloat/hif8.hpp>

namespace test_diagnostics_grid_distance {

namespace hf = hifloat;
namespace diag = hifloat::diagnostics;

TEST_CASE_TEMPLATE("finite_values: all of them, ascending", F, hf::hif8_t, hf::formats::e4m3fn, hf::formats::e5m2,
                   hf::formats::int_grid<8>, hf::formats::int_grid<4>, hf::bfloat16) {
  const std::vector<float> values = hf::finite_values<F>();
  const std::size_t size = std::is_same_v<F, hf::hif8_t>                 ? 253
                           : std::is_same_v<F, hf::formats::e4m3fn>      ? 253
                           : std::is_same_v<F, hf::formats::e5m2>        ? 247
                           : std::is_same_v<F, hf::formats::int_grid<8>> ? 255
                           : std::is_same_v<F, hf::formats::int_grid<4>> ? 15
                                                                         : 2 * 0x7F80 - 1;
  CHECK(values.size() == size);
  CHECK(std::ranges::is_sorted(values, std::ranges::less_equal()));
  CHECK(values.back() == hf::formats::traits<F>::largest);
  CHECK(std::ranges::count(values, 0.0f) == 1);
  std::size_t changed = 0;
  for (const float value : values) changed += static_cast<float>(F(value)) != value;
  CHECK(changed == 0);
}

TEST_CASE("grid_distance: on the grid, halfway, uniform, out of range") {
  using hf::formats::int_grid;
  const std::vector<float> on{-3.0f, 0.0f, 7.0f}, halfway{0.5f, -1.5f, 6.5f}, quarter{0.25f, 1.75f, -6.75f};
  CHECK(diag::grid_distance(on, int_grid<4>{}) == 0.0);
  CHECK(diag::grid_distance(halfway, int_grid<4>{}) == 1.0);
  CHECK(diag::grid_distance(quarter, int_grid<4>{}) == 0.5);
  CHECK(diag::grid_distance(quarter, int_grid<4>{}, 4.0f) == 0.0);  // what is past 7 is left out
  const std::vector<float> outside{8.0f, -100.0f, std::numeric_limits<float>::infinity(),
                                   std::numeric_limits<float>::quiet_NaN()};
  CHECK(std::isnan(diag::grid_distance(outside, int_grid<4>{})));
  CHECK_THROWS_AS((void)diag::grid_distance(on, int_grid<4>{}, 0.0f), std::invalid_argument);
  // Between 16 and 32 HiF8 keeps two mantissa bits: its step is 4.
  CHECK(diag::grid_distance(std::vector<float>{18.0f}, hf::hif8_t{}) == 1.0);
  CHECK(diag::grid_distance(std::vector<float>{17.0f, 19.0f}, hf::hif8_t{}) == 0.5);
  CHECK(diag::grid_distance(std::vector<float>{0x1p-23f, 0x1.8p-22f}, hf::hif8_t{}) == 1.0);

  std::mt19937 random(11);
  std::uniform_real_distribution<double> uniform(-7.0, 7.0);
  std::vector<double> anywhere(100000);
  for (double& x : anywhere) x = uniform(random);
  CHECK(diag::grid_distance(anywhere, int_grid<4>{}) == doctest::Approx(0.5).epsilon(0.01));
  CHECK(diag::grid_distance(anywhere, hf::hif8_t{}) == doctest::Approx(0.5).epsilon(0.01));
  CHECK(diag::grid_distance(anywhere, hf::formats::e4m3fn{}, 30.0f) == doctest::Approx(0.5).epsilon(0.01));
}

}  // namespace test_diagnostics_grid_distance
