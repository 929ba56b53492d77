// What scalers promise about quantizing: which scale a tensor gets, and what comes back.

#include <hifloat/scaling/scaling.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <vector>

namespace test_scaler_quantize {

namespace hf = hifloat;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

using MaxScaler = hf::DelayedScaler<hf::amax::Max, 4>;
using Dithered = hf::hif8<hf::rounding::Stochastic>;

template <class Scaler>
void step(Scaler& scaler, float amax) {
  scaler.observe(amax);
  CHECK(scaler.commit());
}

}  // namespace

TEST_CASE("cold start with the first amax") {
  MaxScaler scaler;
  const std::vector<float> first{0.5f, -3.0f, not_a_number, infinity};
  const auto cold = scaler.quantize(first);
  CHECK(cold.inverse_scale() == 1.0f / 5.0f);  // of the finite elements
  CHECK(cold.has_own_scale());
  CHECK(cold.epoch() == 0);
  CHECK(cold.stats().non_finite == 2);
  CHECK(scaler.quantize(std::vector<float>{0.0f, not_a_number}).inverse_scale() == 1.0f);
  CHECK(scaler.quantize(std::vector<float>{}).inverse_scale() == 1.0f);
  scaler.observe(cold.stats());  // not finite: still cold
  CHECK(scaler.commit());
  CHECK(scaler.is_cold());
  CHECK(scaler.quantize(std::vector<float>{30.0f}).inverse_scale() == 2.0f);
  step(scaler, 15.0f);
  CHECK_FALSE(scaler.is_cold());
  const auto delayed = scaler.quantize(std::vector<float>{30.0f});
  CHECK(delayed.inverse_scale() == 1.0f);
  CHECK_FALSE(delayed.has_own_scale());
}

TEST_CASE("cold start with a fixed scale") {
  MaxScaler scaler({.cold_start = hf::cold_start::Fixed{0.25f}});
  CHECK(scaler.scale() == 0.25f);
  CHECK(scaler.inverse_scale() == 4.0f);
  CHECK(scaler.quantize(std::vector<float>{3.0f}).inverse_scale() == 4.0f);
  step(scaler, 3.0f);
  CHECK(scaler.scale() == 5.0f);
  scaler.reset();
  CHECK(scaler.scale() == 0.25f);
  CHECK(scaler.epoch() == 2);
}

TEST_CASE("repair: a tensor far above the estimate is quantized with its own amax") {
  MaxScaler scaler({.repair = 4.0f});
  step(scaler, 15.0f);
  CHECK(scaler.quantize(std::vector<float>{60.0f}).inverse_scale() == 1.0f);  // the bound itself doesn't pass it
  const auto repaired = scaler.quantize(std::vector<float>{60.5f, 1.0f});
  CHECK(repaired.has_own_scale());
  CHECK(repaired.inverse_scale() == hf::CurrentScaler().quantize(std::vector<float>{60.5f}).inverse_scale());
  CHECK(repaired.stats().demoted == 0);
  CHECK(repaired.stats().amax == 60.5f);
  CHECK(scaler.scale() == 1.0f);
  CHECK_FALSE(scaler.quantize(std::vector<float>{60.5f, not_a_number}).has_own_scale());
  scaler.set_mode(hf::ScalingMode::Frozen);
  CHECK_FALSE(scaler.quantize(std::vector<float>{60.5f}).has_own_scale());
  MaxScaler never;
  step(never, 15.0f);
  CHECK_FALSE(never.quantize(std::vector<float>{1e30f}).has_own_scale());
}

TEST_CASE("calibrate: amaxes are recorded, data passes through") {
  MaxScaler scaler;
  scaler.set_mode(hf::ScalingMode::Calibrate);
  const std::vector<float> x{1.01f, -2.5f, not_a_number, 0.3f};
  std::vector<float> y(4);
  const hf::QuantizeStats stats = scaler.fake_quantize(x, y);
  for (std::size_t i = 0; i < x.size(); ++i)
    CHECK(std::bit_cast<std::uint32_t>(x[i]) == std::bit_cast<std::uint32_t>(y[i]));
  CHECK(stats.count == 4);
  CHECK(stats.non_finite == 1);
  CHECK(stats.demoted + stats.overflowed + stats.flushed_to_zero == 0);
  scaler.observe(stats);
  CHECK(scaler.commit());
  CHECK(scaler.dropped_steps() == 1);
  step(scaler, 3.0f);
  CHECK(scaler.scale() == 5.0f);
  CHECK_THROWS_AS((void)scaler.quantize(x), std::logic_error);
  scaler.set_mode(hf::ScalingMode::Track);
  scaler.fake_quantize(x, y);
  CHECK(y[0] == 1.0f);
}

TEST_CASE("quantize changes nothing and carries what its codes need") {
  MaxScaler scaler;
  step(scaler, 3.0f);
  const hf::ScalerState before = scaler.state();
  const std::vector<float> x{1.0f, -2.0f, 3.0f, 0.01f};
  const auto quantized = scaler.quantize(x);
  std::vector<hf::hif8_t> codes(4);
  const auto view = scaler.quantize(x, codes);
  CHECK(scaler.state() == before);
  CHECK(std::ranges::equal(quantized.codes(), view.codes()));
  CHECK(view.codes().data() == codes.data());
  std::vector<hf::hif8_t> expected(4);
  CHECK(hf::quantize(x, expected, 5.0f) == quantized.stats());
  CHECK(expected == quantized.codes());
  step(scaler, 300.0f);
  CHECK(quantized.epoch() + 1 == scaler.epoch());
  std::vector<float> back(4);
  quantized.dequantize(back);  // still with its own inverse scale
  std::vector<float> wanted(4);
  hf::decode(expected, wanted, 0.2f);
  CHECK(back == wanted);
  CHECK(view.dequantize() == wanted);
  CHECK(quantized.dequantize<double>().size() == 4);
  std::vector<float> in_place = x;
  MaxScaler(before).fake_quantize(in_place, in_place);
  CHECK(in_place == wanted);
}

TEST_CASE("a tensor whose elements do not lie together is quantized as one that lies together") {
  const std::vector<float> x{0.5f, -3.0f, 0.001f, 900.0f, 0.0f, 7.0f};
  const auto check = [&](const auto& scaler, int expected_amaxes, int expected_passes) {
    int amaxes = 0, passes = 0;
    std::vector<hf::hif8_t> codes(x.size());
    const hf::QuantizedInfo info = scaler.quantize_in_passes(
        [&] {
          ++amaxes;
          return 900.0f;
        },
        [&](const hf::ScaleParams& params) {
          ++passes;
          hf::QuantizeStats stats;
          for (std::size_t i = 0; i < x.size(); i += 2) {  // in pieces of two, the last one first
            const std::size_t first = x.size() - 2 - i;
            stats += hf::quantize(std::span(x).subspan(first, 2), std::span(codes).subspan(first, 2), params);
          }
          return stats;
        });
    const auto whole = scaler.quantize(x);
    CHECK(codes == whole.codes());
    CHECK(info.inverse_scale() == whole.inverse_scale());
    CHECK(info.epoch() == whole.epoch());
    CHECK(info.stats() == whole.stats());
    CHECK(info.has_own_scale() == whole.has_own_scale());
    CHECK(amaxes == expected_amaxes);
    CHECK(passes == expected_passes);
  };
  MaxScaler scaler(hf::ScalingOptions{.clamp = 15.0f, .repair = 100.0f});
  check(scaler, 1, 1);
  step(scaler, 30.0f);
  check(scaler, 0, 1);
  scaler = MaxScaler(hf::ScalingOptions{.repair = 10.0f});
  step(scaler, 30.0f);
  check(scaler, 0, 2);
  check(hf::CurrentScaler(hf::ScalingOptions{.power_of_two = true}), 1, 1);
  check(hf::ScalerGroup<>({"a"}).tensor(0), 1, 1);
  scaler.set_mode(hf::ScalingMode::Calibrate);
  CHECK_THROWS_AS(
      (void)scaler.quantize_in_passes([] { return 1.0f; }, [](const hf::ScaleParams&) { return hf::QuantizeStats{}; }),
      std::logic_error);
}

TEST_CASE("stochastic codes take random bits") {
  MaxScaler scaler;
  std::vector<float> x(100, 1.03f);
  x[0] = 1.5f;  // the others then fall between two codes
  const auto quantized = scaler.quantize<Dithered>(x, hf::PhiloxKey{.seed = 1});
  const auto again = scaler.quantize<Dithered>(x, {.seed = 1});
  const auto other = scaler.quantize<Dithered>(x, {.seed = 2});
  CHECK(quantized.codes() == again.codes());
  CHECK_FALSE(quantized.codes() == other.codes());
  std::vector<Dithered> codes(100);
  CHECK(std::ranges::equal(scaler.quantize(x, codes, {.seed = 1}).codes(), quantized.codes()));
  std::vector<float> y(100);
  scaler.fake_quantize<Dithered>(x, y, {.seed = 1});
  CHECK(y == quantized.dequantize());
}

TEST_CASE("current scaling: every tensor its own amax") {
  const hf::CurrentScaler scaler(hf::ScalingOptions{.target = 15.0f, .margin = 1});
  CHECK(scaler.quantize(std::vector<float>{-3.0f, 1.0f}).inverse_scale() == 0.4f);
  CHECK(scaler.quantize(std::vector<float>{not_a_number, 30.0f, -infinity}).inverse_scale() == 4.0f);
  CHECK(scaler.quantize(std::vector<float>{0.0f}).inverse_scale() == 1.0f);
  CHECK(hf::CurrentScaler({.power_of_two = true}).quantize(std::vector<float>{2.0f}).inverse_scale() == 0.25f);
  std::vector<hf::bfloat16> words(3, hf::bfloat16(6.0f));
  CHECK(scaler.quantize(words).inverse_scale() == 0.8f);
  CHECK(scaler.quantize(words).epoch() == scaler.epoch());  // no scale of its own that could grow old
}

TEST_CASE("the clamp limits before rounding") {
  MaxScaler scaler({.clamp = 15.0f, .cold_start = hf::cold_start::Fixed{1.0f}});
  const auto quantized = scaler.quantize(std::vector<float>{100.0f, infinity, 3.0f});
  CHECK(quantized.dequantize() == std::vector<float>{15.0f, 15.0f, 3.0f});
  CHECK(quantized.stats().overflowed == 1);
}

TEST_CASE("fake_quantize is quantize and dequantize, block after block, in place too") {
  std::vector<float> x(10007);
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = std::ldexp(1.0f + static_cast<float>(i % 97) / 97.0f, static_cast<int>(i % 40) - 30);
  for (const float repair : {0.0f, 2.0f}) {
    hf::DelayedScaler<> scaler(hf::ScalingOptions{.repair = repair});
    for (const float amax : {0.0f, 3.0f}) {  // cold, then with a history that x overshoots
      scaler.observe(amax);
      scaler.commit();
      const auto quantized = scaler.quantize(x);
      std::vector<float> y(x.size());
      CHECK(scaler.fake_quantize(x, y) == quantized.stats());
      CHECK(y == quantized.dequantize());
      std::vector<float> z = x;
      CHECK(scaler.fake_quantize(z, z) == quantized.stats());
      CHECK(z == y);
      CHECK(quantized.has_own_scale() == (amax == 0.0f || repair != 0.0f));
    }
    const hf::PhiloxKey key{.seed = 3, .stream = 4, .first_index = 5};
    std::vector<float> y(x.size());
    scaler.fake_quantize<Dithered>(x, y, key);
    CHECK(y == scaler.quantize<Dithered>(x, key).dequantize());
  }
}

}  // namespace test_scaler_quantize
