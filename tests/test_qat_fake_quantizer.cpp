// A tensor on the grid: forward is its scaler's fake_quantize, and a quantizer goes on from its state.

#include "model/clipped_tensors.hpp"

#include <hifloat/formats/int_grid.hpp>
#include <hifloat/qat/fake_quantizer.hpp>
#include <hifloat/qat/group_scaler.hpp>
#include <hifloat/scaling/scaling.hpp>
#include <hifloat/testing/hostile.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace test_qat_fake_quantizer {

namespace hf = hifloat;
namespace qat = hf::qat;
using qat::gradient::ClippedStraightThrough;

using namespace clipped_test;

namespace {

template <class Quantizer>
std::string refusal(Quantizer& quantizer, const qat::FakeQuantizerState& state) {
  try {
    quantizer.load(state);
    return "taken";
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}
bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("forward is the scaler's fake_quantize, and what it saw is committed") {
  qat::FakeQuantizer<hf::hif8_t, Scaler> quantizer;
  Scaler scaler;
  for (unsigned step = 0; step < 6; ++step) {
    for (unsigned part = 0; part < 3; ++part) {
      const std::vector<float> x = tensor(100, 10 * step + part);
      std::vector<float> y(100), expected(100);
      const hf::QuantizeStats stats = scaler.fake_quantize(x, expected);
      CHECK(quantizer.forward(x, y) == stats);
      CHECK(std::ranges::equal(y, expected, {}, bits, bits));
      scaler.observe(stats);
    }
    scaler.commit();
    quantizer.commit();
    CHECK(quantizer.scaler().state() == scaler.state());
  }
}

TEST_CASE("other element types, formats and scalers") {
  const std::vector<double> x{0.3, -7.0, 500.0};
  std::vector<double> y(3), gradient(3);
  qat::FakeQuantizer<hf::formats::int_grid<8>, hf::CurrentScaler, ClippedStraightThrough> whole(
      hf::CurrentScaler({.target = 127.0f}));
  (void)whole.forward(x, y);
  CHECK(y[2] == doctest::Approx(500.0).epsilon(1e-6));
  whole.backward(x, gradient);
  CHECK(gradient == x);
  whole.set_mode(hf::ScalingMode::Frozen);  // it has none: nothing happens
  whole.reset();

  hf::ScalerGroup<hf::amax::Max, 4> group({"a", "b"}, {.clamp = 2.0f, .cold_start = hf::cold_start::Fixed{1.0f}});
  qat::FakeQuantizer<hf::hif8_t, qat::GroupScaler<hf::ScalerGroup<hf::amax::Max, 4>>, ClippedStraightThrough> member(
      {group, 1});
  std::vector<float> z{1.0f, 5.0f};
  (void)member.forward(z, z);
  CHECK(z == std::vector{1.0f, 2.0f});
  member.backward(z, z);
  CHECK(z == std::vector{1.0f, 0.0f});
  member.commit();
  CHECK(group.is_cold(1));
  CHECK(group.commit());
  CHECK(group.scale(1) == 3.0f);
  CHECK(group.scale(0) == 1.0f);
  CHECK_FALSE(member.state().scaler.has_value());
  CHECK_THROWS_AS((qat::GroupScaler(group, 2)), std::out_of_range);
}

TEST_CASE("ranges that do not fit are refused, and nothing is observed") {
  qat::FakeQuantizer<hf::hif8_t, Scaler> quantizer;
  const std::vector<float> x{1.0f, 2.0f, 3.0f};
  std::vector<float> y(2);
  CHECK_THROWS_AS((void)quantizer.forward(x, y), std::invalid_argument);
  CHECK_THROWS_AS((void)quantizer.forward(x, y, qat::Precision::bf16), std::invalid_argument);
  CHECK(quantizer.state() == qat::FakeQuantizer<hf::hif8_t, Scaler>().state());
  y.resize(3);
  CHECK_THROWS_WITH_AS(quantizer.backward(x, y), doctest::Contains("a gradient of 3 elements for 0 that were"),
                       std::invalid_argument);
  (void)quantizer.forward(x, y);
  quantizer.backward(x, y);
  std::vector<float> fewer(2);
  CHECK_THROWS_WITH_AS(quantizer.backward(fewer, fewer), doctest::Contains("a gradient of 2 elements for 3 that were"),
                       std::invalid_argument);
  CHECK_THROWS_AS(quantizer.backward(x, fewer), std::invalid_argument);
  (void)quantizer.forward(std::vector<float>{}, std::vector<float>{});
  quantizer.backward(std::vector<float>{}, std::vector<float>{});
}

TEST_CASE("a quantizer goes on from its bytes, in the middle of a step too") {
  using Quantizer = qat::FakeQuantizer<Dithered, Scaler>;
  Quantizer quantizer(Scaler({.target = 224.0f}), 5), resumed(Scaler(), 6);
  for (unsigned step = 0; step < 8; ++step) {
    for (unsigned part = 0; part < 3; ++part) {
      resumed.load(hf::from_bytes<qat::FakeQuantizerState>(hf::to_bytes(quantizer.state())));
      CHECK(resumed.state() == quantizer.state());
      const std::vector<float> x = hf::testing::normal_tensor(40, step);
      std::vector<float> y(40), z(40), again(40);
      (void)quantizer.forward(x, y);
      (void)resumed.forward(x, z);
      CHECK(y == z);
      (void)resumed.forward(x, again);
      CHECK(y != again);  // the bits are used up
    }
    quantizer.commit();
  }
  CHECK(quantizer.state().bits == qat::RoundingBits{.seed = 5, .role = 0, .step = 8, .drawn = 0});
}

TEST_CASE("a batch has the same random bits in one piece as in two") {
  qat::FakeQuantizer<Dithered, hf::CurrentScaler> whole({}, 5), parts({}, 5);
  std::vector<float> x(100, 0.31f), y(100), z(100);
  x[0] = x[33] = 1.0f;  // the amax of both parts
  (void)whole.forward(x, y);
  (void)parts.forward(std::span(x).first(33), std::span(z).first(33));
  (void)parts.forward(std::span(x).subspan(33), std::span(z).subspan(33));
  CHECK(y == z);
  CHECK(std::ranges::count(y, y[1]) < 90);
}

TEST_CASE("a state that does not fit is refused, and the quantizer stays as it was") {
  qat::FakeQuantizer<hf::hif8_t, Scaler> quantizer;
  std::vector<float> x{1.0f, 2.0f};
  (void)quantizer.forward(x, x);
  const qat::FakeQuantizerState before = quantizer.state();
  const auto refused = [&](auto change) {
    qat::FakeQuantizerState state = before;
    change(state);
    const std::string reason = refusal(quantizer, state);
    CHECK(quantizer.state() == before);
    return reason;
  };
  CHECK(contains(refused([](auto& s) { s.version = 9; }), "version 9"));
  CHECK(contains(refused([](auto& s) { s.scaler.reset(); }), "no scaler"));
  CHECK(contains(refused([](auto& s) { s.scaler->algorithm = "mean"; }), "'mean'"));
  CHECK(contains(refused([](auto& s) { s.scaler->window = 5; }), "a window of 5"));
  CHECK(contains(refused([](auto& s) { s.scaler->tensor.scale = 0.0f; }), "a scale"));
  CHECK(contains(refused([](auto& s) { s.bits.role = 2; }), "another role"));
  CHECK(refused([](auto&) {}) == "taken");
  qat::FakeQuantizer<hf::hif8_t, hf::CurrentScaler> current;
  CHECK(contains(refusal(current, before), "none of its own"));
  CHECK(refusal(current, current.state()) == "taken");
  CHECK(hf::from_bytes<qat::FakeQuantizerState>(hf::to_bytes(current.state())) == current.state());
  qat::FakeQuantizerState newer = before;
  newer.scaler->version = 3;
  CHECK_THROWS_WITH_AS((void)hf::from_bytes<qat::FakeQuantizerState>(hf::to_bytes(newer)),
                       doctest::Contains("version 3"), std::invalid_argument);
}

}  // namespace test_qat_fake_quantizer
