// Float pre-training, quantized training, and the prediction gain on held-out speech.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "predictor.hpp"
#include "scheme.hpp"
#include "speech.hpp"
#include "tally.hpp"

namespace compare_amax {

struct Model {
  Predictor predictor;
  Adam adam;
};

/// Trains in float on micro-batches drawn at random.
[[nodiscard]] Model pretrain(const Speech& speech, std::size_t steps, std::uint64_t seed);

/// Mean squares of a step's samples and of their prediction errors.
struct StepPower {
  double signal = 0;
  double error = 0;
};

struct RunResult {
  std::vector<StepPower> steps;            ///< of the quantized training; ends early where it diverged
  std::optional<std::size_t> diverged_at;  ///< the step whose prediction was not finite
  double final_loss = 0;                   ///< error power / signal power, last quarter of the training
  double gain_online_db = 0;               ///< held out, the scalers going on
  double gain_frozen_db = 0;               ///< held out, every scale as it was when training ended
  Tally tally;                             ///< of the training
  TensorTally first_input;                 ///< of the training
};

/// Goes on from a pre-trained model with rounded operands, on micro-batches in their natural order from a random place.
[[nodiscard]] RunResult train_quantized(Model model, const Speech& speech, const Scheme& scheme, std::size_t steps,
                                        std::uint64_t seed);

/// The first step of the last quarter.
[[nodiscard]] inline std::size_t last_quarter(std::size_t steps) { return steps - steps / 4; }

}  // namespace compare_amax
