// Backward through a rounding is what the gradient policy says.

#include "model/clipped_tensors.hpp"

#include <hifloat/executor.hpp>
#include <hifloat/qat/fake_quantizer.hpp>
#include <hifloat/qat/gradient.hpp>
#include <hifloat/scaling/delayed_scaler.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

namespace test_qat_gradient {

namespace hf = hifloat;
namespace qat = hf::qat;
using qat::gradient::ClippedStraightThrough;

using namespace clipped_test;

namespace {

/// A quantizer with a fixed scale and one of the clamps, over tensors of many sizes: the gradient passes where
/// `passes(x * scale)` says so for finite x, and as many elements are blocked as forward counted.
template <class Code, class Passes>
void check_mask(float clamp, const Passes& passes) {
  constexpr float scale = 0.5f;
  qat::FakeQuantizer<Code, Scaler, ClippedStraightThrough> quantizer(
      Scaler({.clamp = clamp, .cold_start = hf::cold_start::Fixed{scale}}), 3);
  for (const std::size_t n : {0u, 1u, 63u, 64u, 65u, 4096u, 9001u}) {
    CAPTURE(n);
    std::vector<float> x = tensor(n, static_cast<unsigned>(n));
    for (float& element : x) element /= scale;
    const std::vector<float> original = x;
    const hf::QuantizeStats stats = quantizer.forward(x, x);  // in place: the mask is made before
    std::vector<float> gradient = gradient_of(n);
    const std::vector<float> output_gradient = gradient;
    quantizer.backward(gradient, gradient);
    std::size_t blocked = 0, wrong = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const bool expected = std::isfinite(original[i]) && passes(std::fabs(original[i] * scale));
      wrong += bits(gradient[i]) != bits(expected ? output_gradient[i] : 0.0f);
      blocked += gradient[i] == 0.0f;
    }
    CHECK(wrong == 0);
    CHECK(blocked == stats.overflowed + stats.non_finite);
  }
}

}  // namespace

TEST_CASE("straight through: the gradient is as it was") {
  qat::FakeQuantizer<> quantizer;
  const std::vector<float> x{1.0f, quiet_nan, 1e30f};
  std::vector<float> y(3);
  (void)quantizer.forward(x, y);
  const std::vector<float> gradient{quiet_nan, -0.0f, infinity};
  quantizer.backward(gradient, y);
  CHECK(std::ranges::equal(y, gradient, {}, bits, bits));
  quantizer.backward(y, y);
  CHECK(std::ranges::equal(y, gradient, {}, bits, bits));
}

TEST_CASE("clipped: the gradient is zero where the value can't follow") {
  check_mask<hf::hif8_t>(hf::no_clamp, [](float x) { return x < 40960.0f; });
  check_mask<hf::hif8_t>(15.0f, [](float x) { return x <= 15.0f; });
  check_mask<Dithered>(15.0f, [](float x) { return x <= 15.0f; });
  check_mask<hf::bfloat16>(hf::no_clamp, [](float) { return true; });
}

TEST_CASE("clipped: with random bits, those of the forward pass decide") {
  qat::FakeQuantizer<Dithered, hf::DelayedScaler<>, ClippedStraightThrough> quantizer(
      hf::DelayedScaler<>({.cold_start = hf::cold_start::Fixed{1.0f}}), 77);
  const std::vector<float> x(5000, 40000.0f);  // of these, 44 percent round past 2^15
  std::vector<float> y(x.size()), gradient(x.size());
  std::vector<std::vector<float>> seen;
  for (int part = 0; part < 2; ++part) {
    const hf::PhiloxKey key{77, 0, static_cast<std::uint64_t>(part) * x.size()};
    const hf::QuantizeStats stats = quantizer.forward(x, y);
    CHECK(stats.overflowed > 2000);
    CHECK(stats.overflowed < 2400);
    quantizer.backward(gradient_of(x.size()), gradient);
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      wrong +=
          (gradient[i] == 0.0f) != hf::format::is_infinite(hf::encode<hf::rounding::Stochastic, hf::overflow::Infinity>(
                                       x[i], hf::random_bits(key, i)));
    }
    CHECK(wrong == 0);
    seen.push_back(gradient);
  }
  CHECK(seen[0] != seen[1]);
}

TEST_CASE("clipped: the mask is of the last forward, whatever is committed since") {
  qat::FakeQuantizer<hf::hif8_t, Scaler, ClippedStraightThrough> quantizer(
      Scaler({.target = 32768.0f, .clamp = 32768.0f, .repair = 2.0f}));
  const std::vector<float> x{1.0f, 3.0f, -2.0f};
  std::vector<float> y(3), gradient(3);
  const std::vector<float> ones(3, 1.0f);
  (void)quantizer.forward(x, y);  // cold: by its own amax nothing is beyond
  quantizer.backward(ones, gradient);
  CHECK(gradient == ones);
  quantizer.commit();
  (void)quantizer.forward(std::vector{1.0f, 3.5f, -3.25f}, y);
  quantizer.commit();
  (void)quantizer.scaler().scale();
  quantizer.backward(ones, gradient);
  CHECK(gradient == std::vector{1.0f, 0.0f, 0.0f});
  (void)quantizer.forward(std::vector{1.0f, 3.5f, -30.0f}, y);  // repaired: by its own amax again
  quantizer.backward(ones, gradient);
  CHECK(gradient == ones);
  CHECK(quantizer.gradient().mask().size() == 3);
}

TEST_CASE("clipped: what is moved from has no mask, and says so") {
  qat::FakeQuantizer<hf::hif8_t, Scaler, ClippedStraightThrough> from;
  std::vector<float> x(100, 1.0f);
  (void)from.forward(x, x);
  const auto to = std::move(from);
  CHECK(to.gradient().mask().size() == 100);
  CHECK(from.gradient().mask().size() == 0);
  CHECK_THROWS_AS(from.backward(x, x), std::invalid_argument);
}

TEST_CASE("clipped: where nothing is quantized all of it passes") {
  qat::FakeQuantizer<hf::hif8_t, Scaler, ClippedStraightThrough> quantizer(
      Scaler({.clamp = 1.0f, .cold_start = hf::cold_start::Fixed{1.0f}}));
  const std::vector<float> x{1.0f + 0x1p-9f, 3e38f, infinity, quiet_nan};
  std::vector<float> y(4), gradient(4);
  const hf::QuantizeStats stats = quantizer.forward(x, y, qat::Precision::bf16);
  CHECK(std::isnan(stats.amax));
  CHECK(stats.count == 4);
  CHECK(stats.non_finite == 2);
  CHECK(std::ranges::equal(std::span(y).first(3), std::vector{1.0f, 0x1.C4p127f, infinity}));
  CHECK(std::isnan(y[3]));
  quantizer.backward(std::vector<float>(4, 2.0f), gradient);
  CHECK(gradient == std::vector<float>(4, 2.0f));
  quantizer.commit();
  CHECK(quantizer.scaler().dropped_steps() == 1);

  quantizer.set_mode(hf::ScalingMode::Calibrate);
  (void)quantizer.forward(x, y);
  CHECK(std::ranges::equal(y, x, {}, bits, bits));
  quantizer.backward(std::vector<float>(4, 2.0f), gradient);
  CHECK(gradient == std::vector<float>(4, 2.0f));
  quantizer.set_mode(hf::ScalingMode::Track);
  (void)quantizer.forward(x, y);
  quantizer.backward(std::vector<float>(4, 2.0f), gradient);
  CHECK(gradient == std::vector{0.0f, 0.0f, 0.0f, 0.0f});
}

TEST_CASE("a forward that throws leaves the last one's gradient") {
  struct Throws {
    static std::size_t concurrency() { return 2; }
    void operator()(std::size_t, const hf::Task&) const { throw std::runtime_error("no threads"); }
  };
  qat::FakeQuantizer<hf::hif8_t, Scaler, ClippedStraightThrough> quantizer(
      Scaler({.cold_start = hf::cold_start::Fixed{1.0f}}));
  std::vector<float> x(100, 1.0f), gradient(100, 1.0f), more(200'000, 1e30f);
  x[7] = 1e30f;
  (void)quantizer.forward(x, x);
  const auto state = quantizer.state();
  CHECK_THROWS_AS((void)quantizer.forward(hf::on(Throws{}, more), more), std::runtime_error);
  CHECK(quantizer.state() == state);
  quantizer.set_mode(hf::ScalingMode::Calibrate);
  std::vector<float> y(more.size());
  CHECK_THROWS_AS((void)quantizer.forward(hf::on(Throws{}, more), y), std::runtime_error);
  CHECK(y[0] == 0.0f);  // nothing is written
  quantizer.set_mode(hf::ScalingMode::Track);
  quantizer.backward(gradient, gradient);
  CHECK(gradient[6] == 1.0f);
  CHECK(gradient[7] == 0.0f);
  CHECK_THROWS_AS(quantizer.gradient().backward(more, more), std::invalid_argument);
}

}  // namespace test_qat_gradient
