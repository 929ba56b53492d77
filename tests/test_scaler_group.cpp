// A group has the bits of its scalers, one by one; and it reduces their amaxes in one call.

#include "model/hostile_amaxes.hpp"

#include <hifloat/scaling/scaling.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace test_scaler_group {

namespace hf = hifloat;

namespace {

using Dithered = hf::hif8<hf::rounding::Stochastic>;

struct RunningSum {  // an incremental form that keeps its state in the object, beside a parameter
  double factor = 1;
  double sum = 0;
  double operator()(const hf::AmaxWindowView& window) const {
    double total = 0;
    for (const double amax : window) total += amax;
    return factor * total;
  }
  double push(double value, double evicted) { return factor * (sum += value - evicted); }
};

std::vector<std::string> names(std::size_t count) {
  std::vector<std::string> list;
  for (std::size_t i = 0; i < count; ++i) list.push_back("tensor " + std::to_string(i));
  return list;
}

template <class Algorithm>
void check_equals_scalers(const hf::ScalingOptions& options, const Algorithm& algorithm, bool whole_numbers = false) {
  constexpr std::size_t count = 7;
  hf::ScalerGroup<Algorithm, hf::dynamic_window> group(5, names(count), options, algorithm);
  std::vector<hf::DelayedScaler<Algorithm, hf::dynamic_window>> scalers(
      count, hf::DelayedScaler<Algorithm, hf::dynamic_window>(5, options, algorithm));
  std::vector<std::vector<float>> traces;
  for (std::size_t i = 0; i < count; ++i) {
    traces.push_back(model::amaxes(whole_numbers ? model::Amaxes::FewValues : model::all_amaxes[i], 200, 3));
  }
  const auto check = [&] {
    for (std::size_t i = 0; i < count; ++i) {
      CHECK(std::bit_cast<std::uint32_t>(group.scale(i)) == std::bit_cast<std::uint32_t>(scalers[i].scale()));
      CHECK(std::bit_cast<std::uint32_t>(group.inverse_scale(i)) ==
            std::bit_cast<std::uint32_t>(scalers[i].inverse_scale()));
      CHECK(group.state().tensors[i] == scalers[i].state().tensor);
    }
  };
  for (std::size_t step = 0; step < 200; ++step) {
    for (std::size_t i = 0; i < count; ++i) {
      group.observe(i, traces[i][step]);
      scalers[i].observe(traces[i][step]);
    }
    CHECK(group.commit(step));
    for (auto& scaler : scalers) CHECK(scaler.commit(step));
    check();
    if (step == 90) {
      group.resize(12);
      for (auto& scaler : scalers) scaler.resize(12);
    } else if (step == 150) {
      group.reset();
      for (auto& scaler : scalers) scaler.reset();
      check();
    }
  }
}

/// Ranks that reduce with each other, played one after the other: what a rank contributes is known beforehand.
hf::AmaxReduction merged_with(std::vector<std::uint32_t> others, int& calls) {
  return [others = std::move(others), &calls](std::span<std::uint32_t> amaxes) {
    ++calls;
    REQUIRE(amaxes.size() == others.size());
    for (std::size_t i = 0; i < amaxes.size(); ++i) amaxes[i] = std::max(amaxes[i], others[i]);
  };
}
std::uint32_t bits(float x) { return std::bit_cast<std::uint32_t>(x); }

}  // namespace

TEST_CASE("a group equals its scalers") {
  check_equals_scalers({}, hf::amax::Max{});
  check_equals_scalers({.target = 224.0f, .margin = 1, .power_of_two = true, .interval = 3}, hf::amax::Max{});
  check_equals_scalers({.cold_start = hf::cold_start::Fixed{0.5f}}, hf::amax::Mean{});
  check_equals_scalers({}, hf::amax::MostRecent{});
  check_equals_scalers({}, hf::amax::ExpSmooth{.alpha = 0.3});
  check_equals_scalers({}, hf::amax::Percentile{.p = 0.6});
  check_equals_scalers({}, RunningSum{.factor = 0.25}, true);
}

TEST_CASE("a group quantizes as its scalers do") {
  hf::ScalerGroup<hf::amax::Max, 4> group({"a", "b"}, {.repair = 8.0f});
  hf::DelayedScaler<hf::amax::Max, 4> scaler(hf::ScalingOptions{.repair = 8.0f});
  const std::vector<float> x{0.1f, -3.0f, 2.77f};
  const std::vector<float> spike{0.1f, -3000.0f, 2.77f};
  for (int step = 0; step < 3; ++step) {
    const auto expected = scaler.quantize(x);
    const auto got = group.quantize(1, x);
    CHECK(got.codes() == expected.codes());
    CHECK(got.inverse_scale() == expected.inverse_scale());
    CHECK(got.epoch() == expected.epoch());
    CHECK(got.stats() == expected.stats());
    CHECK(group.quantize(1, spike).inverse_scale() == scaler.quantize(spike).inverse_scale());
    std::vector<hf::hif8_t> codes(3);
    CHECK(std::ranges::equal(group.quantize(1, x, codes).codes(), expected.codes()));
    CHECK(group.quantize<Dithered>(1, x, hf::PhiloxKey{.seed = 4}).codes() ==
          scaler.quantize<Dithered>(x, {.seed = 4}).codes());
    std::vector<float> y(3);
    group.tensor(1).fake_quantize(x, y);
    CHECK(y == expected.dequantize());
    scaler.observe(expected.stats());
    group.observe(1, got.stats());
    CHECK(scaler.commit());
    CHECK(group.commit());
  }
  CHECK(group.tensor(1).name() == "b");
  CHECK(group.is_cold(0));
}

TEST_CASE("one reduction for a commit, and every rank has the same bits") {
  hf::ScalerGroup<hf::amax::Max, 8> here({"a", "b", "c"});
  hf::ScalerGroup<hf::amax::Max, 8> there({"a", "b", "c"});
  int calls = 0;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  here.set_reduction(merged_with({bits(3.0f), bits(nan), bits(0.0f)}, calls));
  there.set_reduction(merged_with({bits(2.0f), bits(5.0f), bits(7.5f)}, calls));
  here.observe(0, 2.0f), here.observe(1, 5.0f), here.observe(2, 7.5f);
  there.observe(0, 3.0f), there.observe(1, nan);  // and an empty shard of c
  CHECK(here.commit(0));
  CHECK(there.commit(0));
  CHECK(calls == 2);
  CHECK(here.state() == there.state());
  CHECK(here.scale(0) == 5.0f);
  CHECK(here.dropped_steps(1) == 1);
  CHECK(here.scale(2) == 2.0f);
  CHECK_FALSE(here.commit(0));
  here.set_mode(hf::ScalingMode::Frozen);
  CHECK_FALSE(here.commit(1));
  CHECK(calls == 2);  // nothing to end, nothing to reduce
}

TEST_CASE("a cold tensor's own amax is reduced too") {
  hf::ScalerGroup<hf::amax::Max, 8> group({"a", "b"});
  int calls = 0;
  group.set_reduction(merged_with({bits(30.0f)}, calls));
  CHECK(group.quantize(1, std::vector<float>{3.0f}).inverse_scale() == 2.0f);
  CHECK(group.quantize(1, std::vector<float>{}).inverse_scale() == 2.0f);
  CHECK(calls == 2);
  group.set_reduction(nullptr);
  group.observe(1, 30.0f);
  CHECK(group.commit());
  group.set_reduction([](std::span<std::uint32_t>) { FAIL("not cold any more"); });
  CHECK(group.quantize(1, std::vector<float>{3.0f}).inverse_scale() == 2.0f);
}

TEST_CASE("ranks talk only about ranges that fit") {
  hf::ScalerGroup<> group(names(1));
  int calls = 0;
  group.set_reduction([&](std::span<std::uint32_t>) { ++calls; });
  const std::vector<float> x{1.0f, 2.0f, 3.0f};
  std::vector<hf::hif8_t> codes(2);
  std::vector<float> y(2);
  CHECK_THROWS_AS(group.quantize(0, x, codes), std::invalid_argument);
  CHECK_THROWS_AS(group.fake_quantize(0, x, y), std::invalid_argument);
  CHECK(calls == 0);
  y.resize(3);
  group.fake_quantize(0, x, y);
  CHECK(calls == 1);
}

TEST_CASE("a failing reduction leaves the group as it was") {
  hf::ScalerGroup<hf::amax::Max, 8> group({"a"});
  group.observe(0, 3.0f);
  const hf::ScalerGroupState before = group.state();
  group.set_reduction([](std::span<std::uint32_t>) { throw std::runtime_error("a rank is gone"); });
  CHECK_THROWS_AS(group.commit(4), std::runtime_error);
  CHECK_THROWS_AS((void)group.quantize(0, std::vector<float>{1.0f}), std::runtime_error);
  CHECK(group.state() == before);
  group.load(before);
  CHECK_THROWS_AS(group.commit(4), std::runtime_error);  // loading kept the reduction
  group.set_reduction(nullptr);
  CHECK(group.commit(4));
  CHECK(group.scale(0) == 5.0f);
}

TEST_CASE("callers may reduce what is staged themselves") {
  hf::ScalerGroup<hf::amax::Max, 8> group({"a", "b"});
  group.observe(1, -3.0f);
  CHECK(std::ranges::equal(group.staged(), std::vector<std::uint32_t>{0, bits(3.0f)}));
  group.staged()[0] = bits(1.0f);
  CHECK(group.commit());
  CHECK(group.scale(0) == 15.0f);
}

TEST_CASE("the hash tells lists of names apart") {
  const auto hash = [](std::vector<std::string> list) {
    return hf::ScalerGroup<hf::amax::Max, 1>(std::move(list)).names_hash();
  };
  CHECK(hash({"a", "b"}) == hash({"a", "b"}));
  CHECK(hash({"a", "b"}) != hash({"b", "a"}));
  CHECK(hash({"ab", "c"}) != hash({"a", "bc"}));
  CHECK(hash({}) != hash({""}));
  CHECK(hash({}) == 0xA8C7F832281A39C5u);  // the same on every machine
}

}  // namespace test_scaler_group
