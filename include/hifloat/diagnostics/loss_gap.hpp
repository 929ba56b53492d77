// Two training losses side by side: how far apart, to which side, and whether further than two equal runs would be.
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <stdexcept>

#include <hifloat/config.hpp>
#include <hifloat/diagnostics/numbers.hpp>
#include <hifloat/equal.hpp>
#include <hifloat/error.hpp>

namespace HIFLOAT_NAMESPACE::diagnostics {

/// Steps [first, first + count) of a run.
struct StepRange {
  std::size_t first = 0;  ///< counted from 0
  std::size_t count = 0;  ///< 0: none
};

/// Relative differences of two losses, in percent of the baseline. The paper on HiF8 QAT (arXiv 2605.26189) reports
/// `ape`; where the gap is all on one side, `signed_gap` says so.
struct LossGap {
  double ape = 0;          ///< mean |q - b| / |b|, in percent
  double signed_gap = 0;   ///< mean (q - b) / |b|, in percent: positive where the quantized run is worse
  double noise_floor = 0;  ///< ape over steps in which the runs differ by chance alone; NaN if none were named
  double above = 0;        ///< share of steps, 0 to 1, in which the quantized loss is larger
};

}  // namespace HIFLOAT_NAMESPACE::diagnostics

namespace HIFLOAT_DETAIL_NAMESPACE {

/// All but the noise floor.
[[nodiscard]] inline diagnostics::LossGap mean_gap(std::span<const double> baseline,
                                                   std::span<const double> quantized) {
  diagnostics::LossGap sum;
  for (std::size_t i = 0; i < baseline.size(); ++i) {
    const double b = baseline[i], size = b < 0 ? -b : b, gap = quantized[i] - b;
    sum.ape += (gap < 0 ? -gap : gap) / size;
    sum.signed_gap += gap / size;
    sum.above += gap > 0 ? 1 : 0;
  }
  const auto steps = static_cast<double>(baseline.size());
  return {.ape = 100 * sum.ape / steps,
          .signed_gap = 100 * sum.signed_gap / steps,
          .noise_floor = std::numeric_limits<double>::quiet_NaN(),
          .above = sum.above / steps};
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_DIAGNOSTICS_NAMESPACE {

/// The gap between the losses of two runs, step by step, added up from the first to the last. `noise`: steps in which
/// both runs do the same (a warm-up without quantization, say), whose ape is what chance alone makes of it.
/// std::invalid_argument: no steps, runs of different lengths, a noise range outside, a loss that is not finite, a
/// baseline loss of zero.
[[nodiscard]] inline LossGap loss_gap(std::span<const double> baseline, std::span<const double> quantized,
                                      StepRange noise = {}) {
  if (baseline.size() != quantized.size()) {
    detail::refuse_sizes("hifloat: the two runs have different numbers of steps: ", baseline.size(), " and ",
                         quantized.size());
  }
  if (baseline.empty()) HIFLOAT_THROW(std::invalid_argument, "hifloat: there are no steps to compare");
  if (noise.first > baseline.size() || noise.count > baseline.size() - noise.first) {
    detail::refuse_sizes("hifloat: a noise range of ", noise.count, " steps from step ", noise.first,
                         " on, counted from 0, goes beyond the last of ", baseline.size());
  }
  for (std::size_t i = 0; i < baseline.size(); ++i) {
    if (!detail::is_finite(baseline[i]) || !detail::is_finite(quantized[i])) {
      HIFLOAT_THROW(std::invalid_argument, "hifloat: a loss is not finite");
    }
    if (detail::is_zero(baseline[i])) HIFLOAT_THROW(std::invalid_argument, "hifloat: a baseline loss is zero");
  }
  LossGap gap = detail::mean_gap(baseline, quantized);
  if (noise.count != 0) {
    gap.noise_floor =
        detail::mean_gap(baseline.subspan(noise.first, noise.count), quantized.subspan(noise.first, noise.count)).ape;
  }
  return gap;
}

}  // namespace HIFLOAT_DIAGNOSTICS_NAMESPACE
