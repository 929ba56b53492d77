// The gate between BF16 and HiF8, against a model of what scalers should then remember.

#include <hifloat/qat/warmup_gate.hpp>
#include <hifloat/scaling/scaling.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace test_qat_warmup_gate {

namespace hf = hifloat;
namespace qat = hf::qat;
using qat::warmup::IgnoreAmaxes;
using qat::warmup::KeepHistory;
using qat::warmup::RecordAmaxes;
using qat::warmup::ResetHistory;

namespace {

using Scaler = hf::DelayedScaler<hf::amax::Max, 3>;
using Group = hf::ScalerGroup<hf::amax::Max, 3>;

constexpr std::uint64_t warmup_steps = 4;
constexpr float amaxes[] = {40.0f, 3.0f, 5.0f, 2.0f, 1.0f, 8.0f, 0.5f, 0.25f, 0.125f, 6.0f};

/// What a scaler remembers, written out: the amaxes of the last three recorded steps.
struct Model {
  bool records;
  bool resets;
  std::vector<float> window;

  void step(std::uint64_t i) {
    if (i >= warmup_steps || records) window.push_back(amaxes[i]);
    if (window.size() > 3) window.erase(window.begin());
    if (i + 1 == warmup_steps && resets) window.clear();
  }
  [[nodiscard]] float scale() const { return window.empty() ? 1.0f : 15.0f / std::ranges::max(window); }
};

/// Ten steps of a scaler alone, two in a list, and a group; with the gate's commit before or after theirs.
template <class Amaxes, class History>
void check_gate(bool gate_first) {
  qat::WarmupGate<Amaxes, History> gate(warmup_steps);
  Scaler alone;
  std::vector<Scaler> list(2);
  Group group({"a", "b"});
  Model model{std::is_same_v<Amaxes, RecordAmaxes>, std::is_same_v<History, ResetHistory>, {}};
  gate.begin(alone, list, group);
  for (std::uint64_t i = 0; i < std::size(amaxes); ++i) {
    CAPTURE(i);
    CHECK(gate.step() == i);
    CHECK(gate.is_open() == (i >= warmup_steps));
    CHECK(gate.precision() == (i >= warmup_steps ? qat::Precision::hif8 : qat::Precision::bf16));
    CHECK(alone.mode() == (i >= warmup_steps ? hf::ScalingMode::Track : Amaxes::mode));
    if (i == 2) gate.begin(alone, list, group);  // as after loading
    alone.observe(amaxes[i]);
    for (Scaler& scaler : list) scaler.observe(amaxes[i]);
    for (std::size_t tensor : {0u, 1u}) group.observe(tensor, amaxes[i]);
    bool opened = gate_first && gate.commit(alone, list, group);
    alone.commit();
    for (Scaler& scaler : list) scaler.commit();
    group.commit();
    if (!gate_first) opened = gate.commit(alone, list, group);
    CHECK(opened == (i + 1 == warmup_steps));
    model.step(i);
    for (const float scale : {alone.scale(), list[0].scale(), list[1].scale(), group.scale(0), group.scale(1)}) {
      CHECK(scale == model.scale());
    }
    CHECK(alone.recorded_steps() >= model.window.size());
    CHECK(alone.is_cold() == model.window.empty());
  }
  CHECK(gate.steps() == warmup_steps);
}

template <class Gate>
std::string refusal(std::span<const std::byte> bytes) {
  try {
    (void)hf::from_bytes<Gate>(bytes);
    return "taken";
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}
bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("scalers remember what the policies say") {
  for (const bool gate_first : {false, true}) {
    CAPTURE(gate_first);
    check_gate<IgnoreAmaxes, ResetHistory>(gate_first);
    check_gate<IgnoreAmaxes, KeepHistory>(gate_first);
    check_gate<RecordAmaxes, ResetHistory>(gate_first);
    check_gate<RecordAmaxes, KeepHistory>(gate_first);
  }
  static_assert(std::is_same_v<qat::WarmupGate<>, qat::WarmupGate<IgnoreAmaxes, ResetHistory>>);
}

TEST_CASE("without a warm-up the gate leaves scalers alone") {
  qat::WarmupGate<> gate;
  Scaler scaler;
  scaler.observe(3.0f);
  scaler.commit();
  scaler.set_mode(hf::ScalingMode::Frozen);
  const hf::ScalerState before = scaler.state();
  gate.begin(scaler);
  for (int step = 0; step < 3; ++step) {
    CHECK(gate.precision() == qat::Precision::hif8);
    CHECK_FALSE(gate.commit(scaler));
  }
  CHECK(scaler.state() == before);
}

TEST_CASE("a gate that has opened leaves scalers alone") {
  qat::WarmupGate<> gate(1);
  Scaler scaler;
  gate.begin(scaler);
  CHECK(gate.commit(scaler));
  scaler.set_mode(hf::ScalingMode::Frozen);  // to evaluate
  CHECK_FALSE(gate.commit(scaler));
  gate.begin(scaler);
  CHECK(scaler.mode() == hf::ScalingMode::Frozen);
}

TEST_CASE("no number of steps closes a gate again") {
  constexpr std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
  for (const std::uint64_t steps : {warmup_steps, last}) {
    CAPTURE(steps);
    qat::WarmupGate<> gate(steps);
    qat::WarmupGateState state = gate.state();
    state.step = last - 1;
    gate.load(state);
    CHECK(gate.commit() == (steps == last));
    for (int i = 0; i < 2; ++i) {
      CHECK_FALSE(gate.commit());
      CHECK(gate.is_open());
      CHECK(gate.step() == last);
    }
  }
}

TEST_CASE("a gate goes on from its bytes at any step") {
  using Gate = qat::WarmupGate<RecordAmaxes, ResetHistory>;
  Gate gate(warmup_steps), resumed(99);
  Scaler scaler, same;
  gate.begin(scaler);
  for (std::uint64_t i = 0; i < std::size(amaxes); ++i) {
    resumed.load(hf::from_bytes<qat::WarmupGateState>(hf::to_bytes(gate.state())));
    same = hf::from_bytes<Scaler>(hf::to_bytes(scaler.state()));
    resumed.begin(same);
    scaler.observe(amaxes[i]), same.observe(amaxes[i]);
    scaler.commit(), same.commit();
    CHECK(gate.commit(scaler) == resumed.commit(same));
    CHECK(gate.state() == resumed.state());
    CHECK(gate.precision() == resumed.precision());
    CHECK(scaler.state() == same.state());
  }
}

TEST_CASE("a gate's bytes are refused where they are wrong, and the gate stays as it was") {
  using Gate = qat::WarmupGate<RecordAmaxes, ResetHistory>;
  Gate gate(7);
  (void)gate.commit();
  const std::vector<std::byte> bytes = hf::to_bytes(gate.state());
  CHECK(refusal<Gate>(bytes) == "taken");
  CHECK(contains(refusal<qat::WarmupGate<>>(bytes), "'record' and 'reset', this one 'ignore' and 'reset'"));
  CHECK(contains(refusal<qat::FakeQuantizerState>(bytes), "a warm-up gate's, not a fake quantizer's"));
  CHECK(contains(refusal<Scaler>(bytes), "a warm-up gate's, not one scaler's"));
  CHECK(contains(refusal<Gate>(hf::to_bytes(Scaler().state())), "one scaler's, not a warm-up gate's"));
  std::size_t taken = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (unsigned change = 1; change < 256; ++change) {
      std::vector<std::byte> damaged = bytes;
      damaged[i] ^= static_cast<std::byte>(change);
      taken += refusal<Gate>(damaged) == "taken";
    }
    CHECK(contains(refusal<Gate>(std::span(bytes).first(i)), "truncated"));
  }
  CHECK(taken == 0);
  qat::WarmupGateState other = gate.state();
  other.version = 2;
  CHECK_THROWS_WITH_AS(gate.load(other), doctest::Contains("version 2"), std::invalid_argument);
  other = gate.state();
  other.history = "keep";
  CHECK_THROWS_AS(gate.load(other), std::invalid_argument);
  CHECK(gate.step() == 1);
}

}  // namespace test_qat_warmup_gate
