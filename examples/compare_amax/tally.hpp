// What rounding did to the tensors of a run.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <hifloat/diagnostics/scaling_monitor.hpp>
#include <hifloat/hif8.hpp>
#include <hifloat/scaling/quantized.hpp>
#include <hifloat/stats.hpp>

namespace compare_amax {

/// amax / estimate of the steps of one or more tensors: above 1, values pass the target.
struct Overshoot {
  std::uint64_t steps = 0;
  std::uint64_t above = 0;
  double worst = 0;

  void add(double amax_over_estimate) {
    ++steps;
    if (amax_over_estimate > hifloat::diagnostics::overshoot_tolerance) ++above;
    if (amax_over_estimate > worst) worst = amax_over_estimate;
  }
  Overshoot& operator+=(const Overshoot& other) {
    steps += other.steps;
    above += other.above;
    if (other.worst > worst) worst = other.worst;
    return *this;
  }
};

/// Of one tensor, step by step.
struct TensorTally {
  /// The tensor as it was, and as it was rounded under a scale for this target.
  void add(std::span<const float> exact, const hifloat::QuantizedView<hifloat::hif8_t>& rounded, float target);

  hifloat::QuantizeStats values;
  Overshoot overshoot;
  double signal = 0, noise = 0;       ///< energies
  std::vector<float> amax, estimate;  ///< of each step
};

struct Tally {
  hifloat::QuantizeStats forward;    ///< weights and inputs
  hifloat::QuantizeStats gradients;  ///< apart, as their target lies past 16, where every value counts as demoted
  Overshoot overshoot;
  double sqnr_db = 0;  ///< mean over the tensors
};

}  // namespace compare_amax
