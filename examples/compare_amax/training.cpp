#include "training.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <random>
#include <utility>

namespace compare_amax {
namespace {

/// Falls from `first` to a tenth of it, as half a cosine.
float learning_rate(float first, std::size_t step, std::size_t steps) {
  const float turn = std::numbers::pi_v<float> * static_cast<float>(step) / static_cast<float>(steps);
  return first * (0.55f + 0.45f * std::cos(turn));
}

StepPower power(const Row& signal, const Row& error) {
  const auto n = static_cast<double>(signal.size());
  return {static_cast<double>(signal.squaredNorm()) / n, static_cast<double>(error.squaredNorm()) / n};
}

/// One step of training. The error is normalised, so that soft and loud speech teach alike; below -60 dBFS it is not,
/// or the noise of pauses would be learned too.
StepPower train_step(Model& model, const Recording& speech, std::size_t batch, Numerics& numerics, float rate) {
  constexpr float quietest = 1e-3f;
  model.predictor.round_weights(numerics);
  const Row target = speech.next(batch);
  const Row error = model.predictor.forward(speech.past(batch), numerics) - target;
  const StepPower result = power(target, error);
  if (!std::isfinite(result.error)) return result;

  const auto count = static_cast<float>(error.size());
  const float rms = std::sqrt(error.squaredNorm() / count + quietest * quietest);
  model.adam.step(model.predictor.parameters(), model.predictor.backward(error / (rms * count), numerics), rate);
  return result;
}

double ratio(auto first, auto last) {
  double signal = 0, error = 0;
  for (; first != last; ++first) {
    signal += first->signal;
    error += first->error;
  }
  return error / signal;
}

/// Signal power / error power on held-out speech, in dB.
double prediction_gain(Predictor& predictor, const Recording& speech, std::size_t batches, Quantization& quantization) {
  std::vector<StepPower> steps;
  predictor.round_weights(quantization);
  for (std::size_t batch = 0; batch < batches; ++batch) {
    const Row target = speech.next(batch);
    steps.push_back(power(target, predictor.forward(speech.past(batch), quantization) - target));
    quantization.commit();
  }
  return -10 * std::log10(ratio(steps.begin(), steps.end()));
}

}  // namespace

Model pretrain(const Speech& speech, std::size_t steps, std::uint64_t seed) {
  constexpr float rate = 3e-3f;
  Model model{Predictor(seed), {}};
  Float32 exact;
  std::mt19937_64 random(seed + 1'000'000);
  for (std::size_t step = 0; step < steps; ++step) {
    const std::size_t batch = random() % speech.train.batches();
    train_step(model, speech.train, batch, exact, learning_rate(rate, step, steps));
  }
  return model;
}

RunResult train_quantized(Model model, const Speech& speech, const Scheme& scheme, std::size_t steps,
                          std::uint64_t seed) {
  constexpr float rate = 3e-4f;
  RunResult result;
  Quantization quantization(scheme);
  const std::size_t first = std::mt19937_64(seed + 2'000'000)() % speech.train.batches();
  for (std::size_t step = 0; step < steps; ++step) {
    const std::size_t batch = (first + step) % speech.train.batches();
    result.steps.push_back(train_step(model, speech.train, batch, quantization, learning_rate(rate, step, steps)));
    if (!std::isfinite(result.steps.back().error)) {
      result.diverged_at = step;
      break;
    }
    quantization.commit();
  }
  result.tally = quantization.tally();
  result.first_input = quantization.first_input();
  if (result.diverged_at) return result;

  result.final_loss =
      ratio(result.steps.begin() + static_cast<std::ptrdiff_t>(last_quarter(steps)), result.steps.end());
  // A short run listens to no more held-out speech than it trained on.
  const std::size_t batches = std::min(speech.held_out.batches(), steps);
  Quantization frozen = quantization;
  frozen.freeze();
  result.gain_online_db = prediction_gain(model.predictor, speech.held_out, batches, quantization);
  result.gain_frozen_db = prediction_gain(model.predictor, speech.held_out, batches, frozen);
  return result;
}

}  // namespace compare_amax
