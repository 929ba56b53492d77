// What rounding did to the tensors of a run.
#pragma once

#include <cstdint>

#include <hifloat/hifloat.hpp>

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
  [[nodiscard]] double share() const {
    return steps == 0 ? 0 : static_cast<double>(above) / static_cast<double>(steps);
  }
};

struct Tally {
  hifloat::QuantizeStats forward;    ///< weights and inputs
  hifloat::QuantizeStats gradients;  ///< apart, as their target lies past 16, where every value counts as demoted
  Overshoot overshoot;
  double sqnr_db = 0;  ///< mean over the tensors
};

}  // namespace compare_amax
