// DelayedScaler against the naive model, to the bit: every algorithm, windows of every kind, all options, hostile
// amaxes.

#include "model/hostile_amaxes.hpp"
#include "model/naive_scaler.hpp"
#include "model/thoroughness.hpp"

#include <hifloat/scaling/scaling.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace test_scaler_model {

namespace hf = hifloat;

namespace {

/// The user's own, with and without an incremental form.
struct Smallest {
  double operator()(const hf::AmaxWindowView& window) const {
    double best = window[0];
    for (const double amax : window) best = amax < best ? amax : best;
    return best;
  }
};
struct CountingMean {  // a multiple of it, of whole numbers, where a running sum is exact
  double factor = 1;
  double sum = 0;
  double count = 0;
  double operator()(const hf::AmaxWindowView& window) const {
    double total = 0;
    for (const double amax : window) total += amax;
    return factor * (total / static_cast<double>(window.size()));
  }
  double push(double value, double evicted) {
    sum += value - evicted;
    if (evicted == 0) ++count;
    return factor * (sum / count);
  }
};
struct Constant {
  double estimate;
  double operator()(const hf::AmaxWindowView&) const { return estimate; }
};
static_assert(hf::IncrementalAmaxAlgorithm<CountingMean> && !hf::IncrementalAmaxAlgorithm<Smallest>);
static_assert(!hf::AmaxAlgorithm<int>);

naive::Algorithm smallest() {
  return [](const std::vector<double>& amaxes) { return *std::min_element(amaxes.begin(), amaxes.end()); };
}

const std::vector<hf::ScalingOptions> all_options = {
    {},
    {.target = 224.0f, .margin = 1, .power_of_two = false, .interval = 2},
    {.target = 32768.0f, .margin = 0, .power_of_two = true, .interval = 1},
    {.target = 15.0f, .margin = 3, .power_of_two = true, .interval = 5},
    {.target = 1.0f, .margin = -7, .power_of_two = false, .interval = 3},
    {.target = 3.4e38f, .margin = -126, .power_of_two = false, .interval = 1},
    {.target = 1.2e-38f, .margin = 126, .power_of_two = true, .interval = 1},
    {.target = 1.9999999f, .margin = 0, .power_of_two = true, .interval = 1},
};

/// Runs both over one trace. Returns false at the first difference, having reported it.
template <class Scaler>
bool follows(Scaler& scaler, naive::Scaler& model, const std::vector<float>& trace, std::uint32_t seed) {
  std::mt19937 generator(seed);
  for (std::size_t step = 0; step < trace.size(); ++step) {
    const bool silent = generator() % 50 == 0;
    const std::size_t parts = silent ? 0 : 1 + generator() % 8 / 6;
    for (std::size_t part = 0; part < parts; ++part) {
      const float amax = trace[(step + part) % trace.size()];
      scaler.observe(amax);
      model.observe(amax);
    }
    scaler.commit();
    model.commit();
    const bool same =
        std::bit_cast<std::uint32_t>(scaler.scale()) == std::bit_cast<std::uint32_t>(model.scale) &&
        std::bit_cast<std::uint32_t>(scaler.inverse_scale()) == std::bit_cast<std::uint32_t>(model.inverse) &&
        scaler.epoch() == model.epoch && scaler.dropped_steps() == model.dropped;
    if (!same) {
      FAIL_CHECK("step " << step << ": scale " << scaler.scale() << " should be " << model.scale << ", epoch "
                         << scaler.epoch() << " should be " << model.epoch << ", dropped " << scaler.dropped_steps()
                         << " should be " << model.dropped);
      return false;
    }
  }
  return true;
}

naive::Options model_options(const hf::ScalingOptions& options) {
  return {options.target, options.margin, options.power_of_two, options.interval};
}

template <std::size_t Window, class Algorithm>
void compare(const Algorithm& algorithm, const naive::Algorithm& expected) {
  std::uint32_t seed = 1;
  for (const hf::ScalingOptions& options : all_options) {
    for (const model::Amaxes kind : model::all_amaxes) {
      CAPTURE(Window);
      CAPTURE(options.target);
      CAPTURE(static_cast<int>(kind));
      constexpr std::size_t window = Window == hf::dynamic_window ? 37 : Window;
      auto scaler = [&] {
        if constexpr (Window == hf::dynamic_window) {
          return hf::DelayedScaler<Algorithm, Window>(window, options, algorithm);
        } else {
          return hf::DelayedScaler<Algorithm, Window>(options, algorithm);
        }
      }();
      naive::Scaler model(expected, window, model_options(options));
      const std::size_t steps = window == 1024 ? 1300 : 300;
      if (!follows(scaler, model, model::amaxes(kind, steps, seed), seed)) return;
      scaler.reset();
      model.reset();
      if (!follows(scaler, model, model::amaxes(kind, 40, seed + 1), seed)) return;
      if constexpr (Window == hf::dynamic_window) {
        for (const std::size_t size : {5u, 11u, 1u, 64u, 64u, 63u}) {
          scaler.resize(size);
          model.resize(size);
          CHECK(scaler.window() == size);
          if (!follows(scaler, model, model::amaxes(kind, 80, seed + 2), seed)) return;
        }
      }
      ++seed;
    }
  }
}

template <class Algorithm>
void compare_windows(const Algorithm& algorithm, const naive::Algorithm& expected) {
  compare<1>(algorithm, expected);
  compare<2>(algorithm, expected);
  compare<3>(algorithm, expected);
  compare<64>(algorithm, expected);
  compare<codec_test::every_policy ? 1024 : 128>(algorithm, expected);
  compare<hf::dynamic_window>(algorithm, expected);
}

}  // namespace

TEST_CASE("Max") { compare_windows(hf::amax::Max{}, naive::max()); }
TEST_CASE("MostRecent") { compare_windows(hf::amax::MostRecent{}, naive::most_recent()); }
TEST_CASE("Mean") { compare_windows(hf::amax::Mean{}, naive::mean()); }
TEST_CASE("ExpSmooth") {
  compare_windows(hf::amax::ExpSmooth{.alpha = 0.25}, naive::exp_smooth(0.25));
  compare<30>(hf::amax::ExpSmooth{.alpha = 0.1}, naive::exp_smooth(0.1));
  compare<30>(hf::amax::ExpSmooth{.alpha = 1.0}, naive::exp_smooth(1.0));
  compare<30>(hf::amax::ExpSmooth{.alpha = 5e-324}, naive::exp_smooth(5e-324));
}
TEST_CASE("Percentile") {
  compare_windows(hf::amax::Percentile{.p = 0.9}, naive::percentile(0.9));
  compare<20>(hf::amax::Percentile{.p = 1.0}, naive::percentile(1.0));
  compare<20>(hf::amax::Percentile{.p = 0.5}, naive::percentile(0.5));
  compare<20>(hf::amax::Percentile{.p = 5e-324}, naive::percentile(5e-324));
}
TEST_CASE("a user's algorithm") { compare_windows(Smallest{}, smallest()); }

TEST_CASE("a user's incremental algorithm equals its plain form") {
  // A scaler starts it again, when it is resized too, with the parameter that it was given.
  hf::DelayedScaler<CountingMean, hf::dynamic_window> scaler(13, {}, {.factor = 0.5});
  naive::Scaler model([](const std::vector<double>& amaxes) { return 0.5 * naive::mean()(amaxes); }, 13, {});
  std::vector<float> whole_numbers;
  for (std::uint32_t i = 0; i < 500; ++i) whole_numbers.push_back(static_cast<float>(i * 7919 % 1000));
  CHECK(follows(scaler, model, whole_numbers, 1));
  for (const std::size_t size : {40u, 5u}) {
    scaler.resize(size);
    model.resize(size);
    CHECK(follows(scaler, model, whole_numbers, 2));
  }
  hf::DelayedScaler<CountingMean, hf::dynamic_window> resumed(scaler.state());
  CHECK(follows(resumed, model, whole_numbers, 3));
  resumed.reset();
  model.reset();
  CHECK(follows(resumed, model, whole_numbers, 4));
}

TEST_CASE("estimates, to the last bit of a double") {
  // A scale shows 24 bits of them: a fused multiply-add or a sum in another order would hide behind it.
  std::mt19937 generator(3);
  const auto check = [&](const auto& algorithm, const naive::Algorithm& expected) {
    for (std::size_t size = 1; size < 70; ++size) {
      std::vector<float> stored;
      for (std::size_t i = 0; i < size; ++i) {
        stored.push_back(
            std::ldexp(static_cast<float>(1 + generator() % 0xFFFFFF), static_cast<int>(generator() % 60)));
      }
      std::vector<float> ring = stored;  // the same, stored in two parts
      const std::size_t oldest = generator() % size;
      std::rotate(ring.begin(), ring.end() - static_cast<std::ptrdiff_t>(oldest), ring.end());
      const double wanted = expected({stored.begin(), stored.end()});
      CHECK(std::bit_cast<std::uint64_t>(algorithm(hf::AmaxWindowView(stored))) ==
            std::bit_cast<std::uint64_t>(wanted));
      CHECK(std::bit_cast<std::uint64_t>(algorithm(hf::AmaxWindowView(ring, oldest, size))) ==
            std::bit_cast<std::uint64_t>(wanted));
    }
  };
  check(hf::amax::Max{}, naive::max());
  check(hf::amax::MostRecent{}, naive::most_recent());
  check(hf::amax::Mean{}, naive::mean());
  for (const double share : {0.25, 0.1, 0.7, 1.0, 1e-300}) {
    check(hf::amax::ExpSmooth{.alpha = share}, naive::exp_smooth(share));
    check(hf::amax::Percentile{.p = share}, naive::percentile(share));
  }
}

TEST_CASE("a scale halfway between two floats goes to the even one") {
  for (const std::uint32_t quotient : {(1u << 24) + 1, (1u << 24) + 3, (1u << 24) + 5, (1u << 24) + 7}) {
    const double estimate = 15.0 / quotient;
    hf::DelayedScaler<Constant, 1> scaler({}, {estimate});
    naive::Scaler model([&](const std::vector<double>&) { return estimate; }, 1, {});
    CHECK(15.0 / estimate == quotient);  // and that has 25 bits
    CHECK(follows(scaler, model, {1.0f}, 0));
  }
}

TEST_CASE("the scale of every exponent of target and amax, to the bit") {
  std::mt19937 generator(7);
  const auto float_between = [&](std::uint32_t low, std::uint32_t high) {
    return std::bit_cast<float>(low + static_cast<std::uint32_t>(generator()) % (high - low));
  };
  for (int i = 0; i < 200000; ++i) {
    const float target = float_between(0x00800000u, 0x7F800000u);
    const float amax = float_between(1u, 0x7F800000u);
    const int margin = static_cast<int>(generator() % 253) - 126;
    const hf::ScalingOptions options{.target = target, .margin = margin, .power_of_two = i % 2 != 0};
    hf::DelayedScaler<hf::amax::MostRecent, 1> scaler(options);
    naive::Scaler model(naive::most_recent(), 1, model_options(options));
    if (!follows(scaler, model, {amax}, 0)) return;
  }
}

}  // namespace test_scaler_model
