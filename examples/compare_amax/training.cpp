#include "training.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include <hifloat/qat/schedule.hpp>

#include "quantized_products.hpp"

namespace compare_amax {
namespace {

namespace qat = hifloat::qat;

/// Falls to a tenth of `first`.
qat::schedule::Cosine<float> learning_rate(float first, std::size_t steps) { return {first, steps, 0.1f}; }

StepPower power(const Row& signal, const Row& error) {
  const auto n = static_cast<double>(signal.size());
  return {static_cast<double>(signal.squaredNorm()) / n, static_cast<double>(error.squaredNorm()) / n};
}

/// One step of training. The error is normalised, so that soft and loud speech teach alike; below -60 dBFS it is not,
/// or the noise of pauses would be learned too.
StepPower train_step(Model& model, const Recording& speech, std::size_t batch, Products& products, double rate) {
  constexpr float quietest = 1e-3f;
  model.predictor.set_weights(products);
  const Row target = speech.next(batch);
  const Row error = model.predictor.forward(speech.past(batch), products) - target;
  const StepPower result = power(target, error);
  if (!std::isfinite(result.error)) return result;

  const auto count = static_cast<float>(error.size());
  const float rms = std::sqrt(error.squaredNorm() / count + quietest * quietest);
  model.adam.step(model.predictor.parameters(), model.predictor.backward(error / (rms * count), products), rate);
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

enum class Scales { go_on, stay };

/// Signal power / error power on held-out speech, in dB; the scales of the products go on from what they are, or stay.
double prediction_gain(Predictor& predictor, const Recording& speech, std::size_t batches, QuantizedProducts products,
                       Scales scales) {
  std::vector<StepPower> steps;
  for (std::size_t batch = 0; batch < batches; ++batch) {
    predictor.set_weights(products);
    const Row target = speech.next(batch);
    steps.push_back(power(target, predictor.forward(speech.past(batch), products) - target));
    if (scales == Scales::go_on) products.commit();
  }
  return -10 * std::log10(ratio(steps.begin(), steps.end()));
}

}  // namespace

Model pretrain(const Speech& speech, std::size_t steps, std::uint64_t seed) {
  const auto rate = learning_rate(3e-3f, steps);
  Model model{Predictor(seed), {}};
  FloatProducts products;
  std::mt19937_64 random(seed + 1'000'000);
  for (std::size_t step = 0; step < steps; ++step) {
    const std::size_t batch = random() % speech.train.batches();
    train_step(model, speech.train, batch, products, rate(step));
  }
  return model;
}

RunResult train_quantized(Model model, const Speech& speech, const Scheme& scheme, std::size_t steps,
                          std::uint64_t seed) {
  const auto rate = learning_rate(3e-4f, steps);
  RunResult result;
  QuantizedProducts products(scheme);
  const std::size_t first = std::mt19937_64(seed + 2'000'000)() % speech.train.batches();
  for (std::size_t step = 0; step < steps; ++step) {
    const std::size_t batch = (first + step) % speech.train.batches();
    result.steps.push_back(train_step(model, speech.train, batch, products, rate(step)));
    if (!std::isfinite(result.steps.back().error)) {
      result.diverged_at = step;
      break;
    }
    products.commit();
  }
  result.tally = products.tally();
  result.first_input = products.first_input();
  if (result.diverged_at) return result;

  result.final_loss =
      ratio(result.steps.begin() + static_cast<std::ptrdiff_t>(last_quarter(steps)), result.steps.end());
  // A short run listens to no more held-out speech than it trained on.
  const std::size_t batches = std::min(speech.held_out.batches(), steps);
  const auto gain = [&](Scales scales) {
    return prediction_gain(model.predictor, speech.held_out, batches, products, scales);
  };
  result.gain_online_db = gain(Scales::go_on);
  result.gain_frozen_db = gain(Scales::stay);
  return result;
}

}  // namespace compare_amax
