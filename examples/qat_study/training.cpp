#include "training.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include <hifloat/qat/qat.hpp>

#include "language/adamw.hpp"
#include "language/decoder.hpp"
#include "language/probe.hpp"
#include "language/w8a8_linear.hpp"

namespace qat_study {
namespace {

namespace qat = hifloat::qat;
namespace schedule = hifloat::qat::schedule;
using language::LinearPlace;
using language::Token;
using language::Vector;
using language::W8A8Linear;

constexpr language::Index context = 64;  // tokens of a sequence

/// Of each block the multi-layer perceptron is quantized, and nothing else; the paper keeps whole blocks in BF16
/// besides, the first 3 and last 2 of 26.
const qat::LayerPolicy policy("attention, head");

/// Up in 20 steps, down to a tenth.
auto learning_rate(double peak, std::size_t steps) {
  return schedule::Sequence(schedule::LinearWarmup{peak, 20},
                            schedule::Cosine(peak, steps - std::min<std::size_t>(steps, 20), 0.1));
}

/// A decoder and its layers that are quantized, each with its place.
struct Model {
  struct Layer {
    W8A8Linear* linear;
    std::string name;
    void set_mode(hifloat::ScalingMode mode) { linear->set_mode(mode); }
    void reset() { linear->reset(); }
  };
  std::vector<Layer> quantized;
  language::Decoder decoder;

  Model(const language::Layout& layout, const Recipe& recipe)
      : decoder(layout, context, [&](const LinearPlace& place) { return make(place, recipe); }) {}

 private:
  std::unique_ptr<language::Linear> make(const LinearPlace& place, const Recipe& recipe) {
    const W8A8Linear::Scalers scalers{recipe.scaler(), recipe.scaler(), recipe.scaler()};
    const std::size_t history = std::max<std::size_t>(1, recipe.steps);
    auto linear = std::make_unique<W8A8Linear>(place.inputs, place.outputs, scalers, history);
    linear->use(qat::Precision::bf16);
    if (recipe.estimator != Estimator::bf16 &&
        policy.precision(place.block, place.blocks, place.module) == qat::Precision::hif8) {
      quantized.push_back({linear.get(), std::to_string(place.block) + " " + std::string(place.module)});
    }
    return linear;
  }
};

void record_scales(const Model& model, bool with_amaxes, common::Record& record) {
  hifloat::QuantizeStats total;
  constexpr std::array role_names{"weight", "input", "gradient"};
  for (const Model::Layer& layer : model.quantized) {
    for (std::size_t role = 0; role < W8A8Linear::roles; ++role) {
      const W8A8Linear::Watch& watch = layer.linear->watch(static_cast<W8A8Linear::Role>(role));
      total += watch.total;
      if (watch.monitor.steps() == 0) continue;
      const std::string name = layer.name + " " + role_names[role];
      const auto summary = watch.monitor.summary();
      record.set("overshoot " + name, {summary.overshoot_max, summary.overshoot_p99, summary.overshoot_share});
      if (!with_amaxes) continue;
      std::vector<double> amaxes;
      for (std::size_t i = 0; i < watch.monitor.size(); ++i)
        amaxes.push_back(static_cast<double>(watch.monitor[i].stats.amax));
      record.set("amax " + name, std::move(amaxes));
    }
  }
  record.set("elements", static_cast<double>(total.count));
  record.set("demoted", static_cast<double>(total.demoted));
  record.set("overflowed", static_cast<double>(total.overflowed));
  record.set("flushed", static_cast<double>(total.flushed_to_zero));
}

}  // namespace

common::Record train(const Material& material, const Recipe& recipe) {
  Model model(material.layout, recipe);
  language::AdamW optimiser(material.layout);
  qat::WarmupGate<> gate(recipe.warmup);
  gate.begin(model.quantized);
  const auto rate = learning_rate(recipe.rate, recipe.steps);
  Vector parameters = material.parameters, gradient = Vector::Zero(material.layout.size());
  if (recipe.nudged) parameters *= 1 + 0x1p-20f;
  language::Corpus text = material.text;
  text.seed = recipe.seed;
  std::vector<double> losses;
  for (std::size_t step = 0; step < recipe.steps; ++step) {
    for (const Model::Layer& layer : model.quantized) layer.linear->use(gate.precision());
    const std::vector<Token> batch = text.batch(step, recipe.batch, static_cast<std::size_t>(context));
    losses.push_back(model.decoder.train(parameters, batch, context, gradient));
    optimiser.step(parameters, gradient, rate(step));
    gate.commit(model.quantized);
  }
  common::Record record;
  record.set("loss", std::move(losses));
  const std::vector<bool> right = answers(model.decoder, parameters, material.questions);
  record.set("right", std::vector<double>(right.begin(), right.end()));
  record_scales(model, recipe.keeps_amaxes(), record);
  return record;
}

Vector pretrain(const language::Layout& layout, const language::Corpus& text, std::size_t steps,
                const std::function<void(std::size_t, double)>& progress) {
  constexpr std::size_t batch = 16;
  Model model(layout, {});
  language::AdamW optimiser(layout);
  const auto rate = learning_rate(3e-3, steps);
  Vector parameters = layout.initial(1), gradient = Vector::Zero(layout.size());
  for (std::size_t step = 0; step < steps; ++step) {
    const std::vector<Token> sequences = text.batch(step, batch, static_cast<std::size_t>(context));
    const double loss = model.decoder.train(parameters, sequences, context, gradient);
    optimiser.step(parameters, gradient, rate(step));
    progress(step, loss);
  }
  return parameters;
}

}  // namespace qat_study
