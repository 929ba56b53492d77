// How one run is trained.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <hifloat/scaling/options.hpp>

#include "language/w8a8_linear.hpp"

namespace qat_study {

enum class Estimator : std::uint8_t { bf16, current, most_recent, exp_smooth, max };

/// The scales of weights, inputs and gradients are made alike, as in the paper.
struct Recipe {
  Estimator estimator = Estimator::bf16;  ///< bf16: nothing is quantized
  std::size_t window = 64;                ///< of exp_smooth and max
  float target = 15;
  bool clamped = false;       ///< values are clipped at the target; otherwise nothing clips below 2^15
  float forced_clipping = 1;  ///< the estimate is made so many times too small
  std::uint64_t warmup = 0;   ///< steps in BF16; the scalers start cold after them
  double rate = 1e-4;         ///< the peak of the learning rate
  std::size_t batch = 4;      ///< sequences a step
  std::size_t steps = 600;
  bool nudged = false;     ///< parameters begin one part in 2^20 larger: what chance makes of nothing
  std::uint64_t seed = 1;  ///< where in the text the run begins

  /// The same run without quantization: same text, same learning rates.
  [[nodiscard]] Recipe in_bf16() const;
  [[nodiscard]] bool is_bf16() const { return estimator == Estimator::bf16; }
  /// Whether the record has the amaxes of each step: they are for the window sweep, and many.
  [[nodiscard]] bool keeps_amaxes() const;
  /// What tells it from all others.
  [[nodiscard]] std::string key() const;
  [[nodiscard]] hifloat::ScalingOptions scaling() const;
  /// Of one tensor. BF16 has no use for it.
  [[nodiscard]] language::AnyScaler scaler() const;
};

/// "max 64", "most_recent".
[[nodiscard]] std::string estimator_name(const Recipe& recipe);

}  // namespace qat_study
