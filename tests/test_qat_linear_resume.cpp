// Training that is stopped anywhere: gone on with from what was saved it is the training that was not stopped, to the
// bit, with three layers, all roles, random rounding, and a gate that opens on the way.

#include "model/dithered_layer.hpp"

#include <hifloat/qat/qat.hpp>
#include <hifloat/scaling/scaling.hpp>
#include <hifloat/testing/hostile.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace test_qat_linear_resume {

namespace hf = hifloat;
namespace qat = hf::qat;
using hf::row_major;
using model::Dithered;
using model::DitheredTraits;

namespace {

using Layer = qat::QuantizedLinear<DitheredTraits>;
using Gate = qat::WarmupGate<qat::warmup::RecordAmaxes, qat::warmup::ResetHistory>;

constexpr std::size_t layers = 3, rows = 4, parts = 2;
constexpr std::size_t sizes[layers + 1] = {6, 9, 5, 2};
constexpr std::uint64_t steps = 10, warmup_steps = 4;

/// A run: what is saved of it, and what is not.
struct Run {
  std::uint64_t part = 0;  ///< micro-batches done
  std::vector<float> weights[layers], gradients[layers];
  std::vector<Layer> network;
  qat::FakeQuantizer<Dithered> features{hf::DelayedScaler<>(), 17};
  Gate gate{warmup_steps};
  bool has_weights = false;

  Run() {
    for (std::size_t i = 0; i < layers; ++i) {
      weights[i] = hf::testing::normal_tensor(sizes[i] * sizes[i + 1], i);
      gradients[i].resize(weights[i].size());
      network.emplace_back(sizes[i], sizes[i + 1], 100 + i);
    }
    gate.begin(network, features);
  }

  [[nodiscard]] qat::Precision precision(std::size_t layer) const {
    static const qat::LayerPolicy policy("last 1");
    return both(gate.precision(), policy.precision(layer, layers));
  }

  /// Forward and backward of a micro-batch; after the last one of a step, the update.
  void advance() {
    if (!has_weights) {
      for (std::size_t i = 0; i < layers; ++i) {
        network[i].set_weights(row_major(weights[i], sizes[i + 1], sizes[i]), precision(i));
      }
      has_weights = true;
    }
    std::vector<float> x = hf::testing::normal_tensor(rows * sizes[0], 50 + part);
    const std::vector<float> wanted = hf::testing::normal_tensor(rows * sizes[layers], 90 + part % 3);
    (void)features.forward(x, x, gate.precision());
    std::vector<Layer::Input> kept;
    std::vector<std::vector<float>> outputs;
    for (std::size_t i = 0; i < layers; ++i) {
      std::vector<float>& y = outputs.emplace_back(rows * sizes[i + 1]);
      kept.push_back(network[i].forward(row_major(x, rows, sizes[i]), row_major(y, rows, sizes[i + 1])));
      x = y;
      for (float& element : x) element = element > 0 ? element : element / 8;
    }
    std::vector<float> gradient(wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) gradient[i] = (outputs[layers - 1][i] - wanted[i]) / rows;
    for (std::size_t i = layers; i-- != 0;) {
      std::vector<float> before(rows * sizes[i]);
      network[i].backward(row_major(gradient, rows, sizes[i + 1]), kept[i], row_major(before, rows, sizes[i]),
                          row_major(gradients[i], sizes[i + 1], sizes[i]), {.beta = part % parts == 0 ? 0.0f : 1.0f});
      for (std::size_t j = 0; i != 0 && j < before.size(); ++j) before[j] *= outputs[i - 1][j] > 0 ? 1.0f : 0.125f;
      gradient = before;
    }
    if (++part % parts == 0) update();
  }

  void update() {
    using namespace qat::schedule;
    static const Sequence rate(LinearWarmup{0.02, 3}, Cosine(0.02, steps - 3, 0.1));
    const auto step_rate = static_cast<float>(rate(gate.step()));
    for (std::size_t i = 0; i < layers; ++i) {
      for (std::size_t j = 0; j < weights[i].size(); ++j) weights[i][j] -= step_rate * gradients[i][j];
      network[i].commit();
    }
    features.commit();
    gate.commit(network, features);
    has_weights = false;
  }

  /// Another run at the same place, from bytes.
  [[nodiscard]] Run saved_and_loaded() const {
    Run other;
    other.part = part;
    for (std::size_t i = 0; i < layers; ++i) {
      other.weights[i] = weights[i];
      other.gradients[i] = gradients[i];
      other.network[i].load(hf::from_bytes<qat::QuantizedLinearState>(hf::to_bytes(network[i].state())));
    }
    other.features.load(hf::from_bytes<qat::FakeQuantizerState>(hf::to_bytes(features.state())));
    other.gate.load(hf::from_bytes<qat::WarmupGateState>(hf::to_bytes(gate.state())));
    return other;
  }

  [[nodiscard]] bool equals(const Run& other) const {
    bool same = part == other.part && gate.state() == other.gate.state() && features.state() == other.features.state();
    for (std::size_t i = 0; i < layers; ++i) {
      const auto to_bits = [](float x) { return std::bit_cast<std::uint32_t>(x); };
      same = same && network[i].state() == other.network[i].state() &&
             std::ranges::equal(weights[i], other.weights[i], {}, to_bits, to_bits);
    }
    return same;
  }
};

}  // namespace

TEST_CASE("a run that is stopped after any micro-batch ends where the other does") {
  std::vector<Run> at;  // after each micro-batch
  Run run;
  for (std::uint64_t part = 0; part < steps * parts; ++part) {
    at.push_back(run.saved_and_loaded());
    CHECK(at.back().equals(run));
    run.advance();
  }
  CHECK(run.gate.is_open());
  CHECK(run.network[0].weight_scaler().recorded_steps() == steps - warmup_steps);
  for (Run& stopped : at) {
    CAPTURE(stopped.part);
    while (stopped.part < steps * parts) stopped.advance();
    CHECK(stopped.equals(run));
  }
}

TEST_CASE("the run depends on what is saved") {  // or the test above would show nothing
  Run run;
  for (std::uint64_t part = 0; part < (warmup_steps + 2) * parts + 1; ++part) run.advance();
  const auto differs = [&](auto change) {
    Run same = run.saved_and_loaded(), other = run.saved_and_loaded();
    change(other);
    for (int part = 0; part < 3; ++part) same.advance(), other.advance();
    return same.weights[0] != other.weights[0];
  };
  CHECK_FALSE(differs([](Run&) {}));
  const auto with_state = [](auto change) {
    return [change](Run& other) {
      qat::QuantizedLinearState state = other.network[0].state();
      change(state);
      other.network[0].load(state);
    };
  };
  CHECK(differs(with_state([](auto& state) { ++state.gradient.bits.seed; })));
  CHECK(differs(
      with_state([](auto& state) { state.gradient.bits.step = state.input.bits.step = ++state.weight.bits.step; })));
  CHECK(differs(with_state([](auto& state) { ++state.gradient.bits.drawn; })));
  CHECK(differs(with_state([](auto& state) { ++state.weight.bits.seed; })));
  CHECK(differs(with_state([](auto& state) { state.input.scaler->tensor.scale *= 1.25f; })));
  CHECK(differs(with_state([](auto& state) { state.weight.scaler->tensor.scale *= 1.25f; })));
  CHECK(differs(with_state([](auto& state) { state.gradient.scaler->tensor.scale *= 1.25f; })));
  CHECK(differs([](Run& other) { other.features.reset(); }));
  CHECK(differs([](Run& other) { other.gate = Gate(1000); }));
  CHECK(differs([](Run& other) { other.gradients[0][0] += 1.0f; }));
}

}  // namespace test_qat_linear_resume
