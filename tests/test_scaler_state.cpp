// State as a value and as bytes: going on from it at any step changes no bit, and no damaged bytes are taken.

#include "model/hostile_amaxes.hpp"

#include <hifloat/scaling/scaling.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

namespace test_scaler_state {

namespace hf = hifloat;

namespace {

struct Latest {  // a user's algorithm with a parameter that it doesn't list
  float factor = 2.0f;
  double operator()(const hf::AmaxWindowView& window) const { return window.back() * static_cast<double>(factor); }
};
struct Other {
  double operator()(const hf::AmaxWindowView& window) const { return window.back(); }
};

template <class Scaler>
void check_same(const Scaler& a, const Scaler& b) {
  CHECK(std::bit_cast<std::uint32_t>(a.scale()) == std::bit_cast<std::uint32_t>(b.scale()));
  CHECK(std::bit_cast<std::uint32_t>(a.inverse_scale()) == std::bit_cast<std::uint32_t>(b.inverse_scale()));
  CHECK(a.epoch() == b.epoch());
  CHECK(a.state() == b.state());
}

/// One scaler runs on; another is made anew, from the state or its bytes, twice a step.
template <class Scaler>
void check_resume(const Scaler& fresh) {
  for (const model::Amaxes kind : {model::Amaxes::Spikes, model::Amaxes::AnyBits, model::Amaxes::Falling}) {
    Scaler scaler = fresh;
    Scaler resumed = fresh;
    std::uint64_t step = 0;
    for (const float amax : model::amaxes(kind, 200, 5)) {
      CAPTURE(step);
      scaler.observe(amax);
      resumed.observe(amax);
      resumed = hf::from_bytes<Scaler>(hf::to_bytes(resumed.state()));  // in the middle of a step
      check_same(scaler, resumed);
      CHECK(scaler.commit(step) == resumed.commit(step));
      Scaler loaded = fresh;
      loaded.load(resumed.state());
      CHECK_FALSE(loaded.commit(step));
      resumed = Scaler(loaded.state());
      check_same(scaler, resumed);
      ++step;
    }
  }
}

/// What the refusal of some bytes says; empty if they are taken.
template <class Scaler>
std::string refusal(const std::vector<std::byte>& bytes) {
  try {
    (void)hf::from_bytes<Scaler>(bytes);
    return {};
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

using Scaler = hf::DelayedScaler<hf::amax::ExpSmooth, 6>;
using Group = hf::ScalerGroup<hf::amax::Percentile, 4>;

Scaler busy_scaler() {
  Scaler scaler(hf::ScalingOptions{.target = 224.0f, .clamp = 224.0f, .margin = -2, .interval = 3, .repair = 8.0f},
                hf::amax::ExpSmooth{.alpha = 0.5});
  for (std::uint64_t step = 3; step < 14; ++step) {
    scaler.observe(static_cast<float>(step * step));
    scaler.commit(step);
  }
  scaler.observe(5.0f);
  return scaler;
}

Group busy_group() {
  Group group({"weight", "", "gradient"}, {.cold_start = hf::cold_start::Fixed{0.5f}}, {.p = 0.75});
  for (std::uint64_t step = 0; step < 9; ++step) {
    group.observe(0, static_cast<float>(step + 1));
    group.observe(2, step % 3 == 0 ? std::bit_cast<float>(0x7F800000u) : 100.0f);
    group.commit(step);
  }
  return group;
}

template <class Scaler>
void check_damage(const Scaler& scaler) {
  const std::vector<std::byte> bytes = hf::to_bytes(scaler.state());
  CHECK(hf::from_bytes<Scaler>(bytes).state() == scaler.state());
  CHECK(hf::from_bytes<typename Scaler::state_type>(bytes) == scaler.state());
  std::size_t taken = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (unsigned change = 1; change < 256; ++change) {
      std::vector<std::byte> damaged = bytes;
      damaged[i] ^= static_cast<std::byte>(change);
      taken += refusal<Scaler>(damaged).empty();
    }
  }
  CHECK(taken == 0);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const std::string reason = refusal<Scaler>({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)});
    CAPTURE(size);
    CHECK(contains(reason, "truncated"));
  }
  std::vector<std::byte> longer = bytes;
  longer.push_back(std::byte{0});
  CHECK(contains(refusal<Scaler>(longer), "more bytes"));
}

}  // namespace

TEST_CASE("resuming at every step changes no bit") {
  check_resume(hf::DelayedScaler<hf::amax::Max, 5>());
  check_resume(hf::DelayedScaler<hf::amax::Max, 64>({.power_of_two = true, .interval = 3}));
  check_resume(hf::DelayedScaler<hf::amax::MostRecent, 1>());
  check_resume(hf::DelayedScaler<hf::amax::Mean, hf::dynamic_window>(7));
  check_resume(
      hf::DelayedScaler<hf::amax::ExpSmooth, 30>({.target = 224.0f, .clamp = 224.0f, .margin = 1}, {.alpha = 0.25}));
  check_resume(hf::DelayedScaler<hf::amax::Percentile, 20>({.cold_start = hf::cold_start::Fixed{0.125f}}, {.p = 0.9}));
  check_resume(hf::DelayedScaler<Latest, 3>({.repair = 4.0f}, Latest{.factor = 0.5f}));
}

TEST_CASE("a resumed group goes on to the bit") {
  Group group = busy_group();
  Group resumed = hf::from_bytes<Group>(hf::to_bytes(group.state()));
  CHECK(resumed.names() == group.names());
  for (std::uint64_t step = 5; step < 30; ++step) {
    for (Group* each : {&group, &resumed}) {
      each->observe(1, static_cast<float>(step * 7 % 11));
      each->observe(2, 1.0f / static_cast<float>(step));
      CHECK(each->commit(step) == (step > 8));
    }
    CHECK(group.state() == resumed.state());
  }
}

TEST_CASE("the state holds mode, options and parameters") {
  Scaler scaler = busy_scaler();
  scaler.set_mode(hf::ScalingMode::Frozen);
  const Scaler loaded = hf::from_bytes<Scaler>(hf::to_bytes(scaler.state()));
  CHECK(loaded.mode() == hf::ScalingMode::Frozen);
  CHECK(loaded.options() == scaler.options());
  CHECK(loaded.algorithm().alpha == 0.5);
  CHECK(loaded.state() == scaler.state());
}

TEST_CASE("every changed byte and every truncation is refused") {
  check_damage(busy_scaler());
  check_damage(busy_group());
}

TEST_CASE("the saved bytes stay what they are") {  // a layout that changes needs a new version number
  hf::DelayedScaler<hf::amax::Max, 2> scaler;
  scaler.observe(3.0f);
  scaler.commit(9);
  std::string text;
  for (const std::byte byte : hf::to_bytes(scaler.state())) {
    constexpr char digits[] = "0123456789abcdef";
    text += digits[std::to_integer<unsigned>(byte) >> 4];
    text += digits[std::to_integer<unsigned>(byte) & 15];
  }
  CHECK(text ==
        "486946385343414c"          // "HiF8SCAL"
        "01000000"                  // version
        "01000000"                  // one scaler
        "6b00000000000000"          // 107 bytes follow
        "03000000000000006d6178"    // "max"
        "0000000000000000"          // no parameters
        "0200000000000000"          // window
        "00007041"                  // target
        "0000807f"                  // clamp
        "00000000"                  // margin
        "00"                        // power_of_two
        "01000000"                  // interval
        "00000000"                  // repair
        "010000803f"                // cold start
        "00"                        // mode
        "010900000000000000"        // last step
        "0000a040"                  // scale
        "00000000"                  // staged
        "0100000000000000"          // epoch
        "0100000000000000"          // recorded
        "0000000000000000"          // dropped
        "010000000000000000004040"  // amaxes
        "b0806fe3");
}

TEST_CASE("a refusal says what is wrong") {
  const std::vector<std::byte> bytes = hf::to_bytes(busy_scaler().state());
  CHECK(contains(refusal<hf::DelayedScaler<hf::amax::ExpSmooth, 7>>(bytes), "a window of 6, the scaler one of 7"));
  CHECK(contains(refusal<hf::DelayedScaler<hf::amax::Max, 6>>(bytes), "'exp_smooth', the scaler 'max'"));
  CHECK(contains(refusal<Group>(bytes), "not a group"));
  CHECK(contains(refusal<Scaler>(hf::to_bytes(busy_group().state())), "a group's"));
  CHECK(refusal<hf::DelayedScaler<hf::amax::ExpSmooth, hf::dynamic_window>>(bytes).empty());  // takes any window
  CHECK(contains(refusal<hf::DelayedScaler<Other, 6>>(bytes), "Other"));

  std::vector<std::byte> foreign(200, std::byte{'x'});
  CHECK(contains(refusal<Scaler>(foreign), "something else"));
  std::vector<std::byte> corrupt = bytes;
  corrupt[40] ^= std::byte{1};
  CHECK(contains(refusal<Scaler>(corrupt), "checksum"));
  hf::ScalerState newer = busy_scaler().state();
  newer.version = 2;
  CHECK(contains(refusal<Scaler>(hf::to_bytes(newer)), "version 2"));
}

TEST_CASE("a state that no scaler can have is refused, and the scaler stays as it was") {
  Scaler scaler = busy_scaler();
  const hf::ScalerState before = scaler.state();
  const auto refused = [&](auto change) {
    hf::ScalerState state = before;
    change(state);
    CHECK_THROWS_AS(scaler.load(state), std::invalid_argument);
    CHECK_THROWS_AS((void)hf::from_bytes<Scaler>(hf::to_bytes(state)), std::invalid_argument);
    CHECK(scaler.state() == before);
  };
  refused([](hf::ScalerState& s) { s.version = 0; });
  refused([](hf::ScalerState& s) { s.algorithm = "max"; });
  refused([](hf::ScalerState& s) { s.parameters.pop_back(); });
  refused([](hf::ScalerState& s) { s.parameters.assign(8, std::byte{0}); });  // alpha = 0
  refused([](hf::ScalerState& s) { s.window = 7; });
  refused([](hf::ScalerState& s) { s.options.target = 0.0f; });
  refused([](hf::ScalerState& s) { s.options.interval = 0; });
  refused([](hf::ScalerState& s) { s.options.power_of_two = true; });  // the scale is none
  refused([](hf::ScalerState& s) { s.mode = static_cast<hf::ScalingMode>(3); });
  refused([](hf::ScalerState& s) { s.tensor.scale = 0.0f; });
  refused([](hf::ScalerState& s) { s.tensor.scale = std::bit_cast<float>(0x7FC00000u); });
  refused([](hf::ScalerState& s) { s.tensor.staged = 0x80000000u; });
  refused([](hf::ScalerState& s) { s.tensor.amaxes.push_back(1.0f); });
  refused([](hf::ScalerState& s) { s.tensor.amaxes.clear(); });
  refused([](hf::ScalerState& s) { s.tensor.amaxes[2] = 0.0f; });
  refused([](hf::ScalerState& s) { s.tensor.amaxes[2] = -1.0f; });
  refused([](hf::ScalerState& s) { s.tensor.amaxes[2] = std::bit_cast<float>(0x7F800000u); });
  refused([](hf::ScalerState& s) { s.tensor.recorded_steps = 1; });

  Group group = busy_group();
  const hf::ScalerGroupState all = group.state();
  hf::ScalerGroupState renamed = all;
  renamed.names[1] = "bias";
  CHECK_THROWS_WITH_AS(group.load(renamed), doctest::Contains("tensor 1 is 'bias'"), std::invalid_argument);
  hf::ScalerGroupState fewer = all;
  fewer.names.pop_back();
  CHECK_THROWS_AS(group.load(fewer), std::invalid_argument);
  CHECK_THROWS_WITH_AS(Group{fewer}, doctest::Contains("3 tensors and 2 names"), std::invalid_argument);
  fewer.tensors.pop_back();
  CHECK_THROWS_WITH_AS(group.load(fewer), doctest::Contains("2 tensors, the group 3"), std::invalid_argument);
  CHECK(group.state() == all);
}

}  // namespace test_scaler_state
