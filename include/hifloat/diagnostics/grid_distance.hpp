// How close weights lie to the numbers of a format: the probe of "Mapping the Schedule x Bit-Width Boundary in Sub-100M
// QAT" (2026).
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <hifloat/array.hpp>
#include <hifloat/config.hpp>
#include <hifloat/diagnostics/numbers.hpp>
#include <hifloat/equal.hpp>
#include <hifloat/formats/grid.hpp>
#include <hifloat/formats/quantization_format.hpp>
#include <hifloat/scale_params.hpp>

namespace HIFLOAT_DIAGNOSTICS_NAMESPACE {

/// The mean, over the weights w, of |w * scale - nearest value of the format| in units of half the step between the two
/// values that w * scale lies between: 0 where all weights are on the grid, 0.5 where they lie anywhere with equal
/// probability, 1 where all are halfway. Weights that are not finite or lie beyond the largest value are left out; NaN
/// if none is left. The format's numbers are found anew in each call, which takes a few milliseconds for
/// bfloat16. std::invalid_argument for a scale outside [2^-126, 2^126].
///
///   grid_distance(weights, formats::int_grid<4>{}, scale)
template <FloatRange X, QuantizationFormat F>
[[nodiscard]] double grid_distance(const X& weights, F, float scale = 1.0f) {
  detail::check(ScaleParams{.scale = scale});
  const std::vector<float> grid = finite_values<F>();
  double sum = 0, count = 0;
  for (const auto& weight : detail::span_of(weights)) {
    const double x = detail::to_double(weight) * static_cast<double>(scale);
    if (!detail::is_finite(x) || std::fabs(x) > static_cast<double>(grid.back())) continue;
    const auto above = std::ranges::lower_bound(grid, x, {}, [](float value) { return static_cast<double>(value); });
    ++count;
    const auto up = static_cast<double>(*above);
    if (detail::is_equal(up, x)) continue;
    const auto down = static_cast<double>(*(above - 1));
    sum += (std::min)(x - down, up - x) / ((up - down) / 2);
  }
  return detail::is_zero(count) ? std::numeric_limits<double>::quiet_NaN() : sum / count;
}

}  // namespace HIFLOAT_DIAGNOSTICS_NAMESPACE
