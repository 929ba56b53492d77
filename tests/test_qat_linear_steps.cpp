// What belongs to a step of a layer, and stays with it.

#include "model/dithered_layer.hpp"
#include "model/linear_layer.hpp"

#include <hifloat/qat/qat.hpp>
#include <hifloat/scaling/scaling.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

namespace test_qat_linear_steps {

using namespace model;

TEST_CASE("weights of another step are refused") {
  auto layer = warm_layer<DitheredTraits>();
  Stored w(outputs, inputs, 1), x(batch, inputs, 2), y(batch, outputs, 3), g(batch, outputs, 4);
  Stored dx(batch, inputs, 0), dw(outputs, inputs, 0);
  const auto refused = [&](auto& stale) {
    check_no_change(stale, [&] {
      CHECK_THROWS_WITH_AS((void)stale.forward(x.view, y.view), doctest::Contains("set_weights"), std::logic_error);
      CHECK_THROWS_AS(stale.evaluate(x.view, y.view), std::logic_error);
      CHECK_THROWS_AS((void)stale.quantize_gradient(g.view), std::logic_error);
      CHECK_THROWS_AS((void)stale.weights(), std::logic_error);
    });
  };
  refused(layer);  // after a commit
  layer.set_weights(w.view);
  const auto input = layer.forward(x.view, y.view);
  const auto gradient = layer.quantize_gradient(g.view);
  layer.commit();
  refused(layer);
  CHECK_THROWS_AS(layer.input_gradient(gradient, dx.view), std::logic_error);
  CHECK_THROWS_AS(layer.backward(g.view, input, dx.view, dw.view), std::logic_error);
  layer.set_weights(w.view);
  check_no_change(layer, [&] {  // a gradient and an input of the step before
    CHECK_THROWS_AS(layer.input_gradient(gradient, dx.view), std::logic_error);
    CHECK_THROWS_AS(layer.backward(g.view, input, dx.view, dw.view), std::logic_error);
    const auto next = layer;
  });
  layer.weight_gradient(gradient, input, dw.view);  // of one step, with the scales of that step
  const Matrix xq = values(input), gq = values(gradient);
  check_product(dw.view, multiply_transposed(transposed(gq), transposed(xq)), batch);
  const auto later = layer.forward(x.view, y.view);
  CHECK_THROWS_AS(layer.weight_gradient(gradient, later, dw.view), std::logic_error);
  layer.set_weights(w.view, qat::Precision::bf16);  // another precision within the step
  CHECK_THROWS_AS(layer.backward(g.view, later, dx.view, dw.view), std::logic_error);
  layer.load(layer.state());
  refused(layer);
  layer.set_weights(w.view);
  layer.reset();  // the scale is another one
  refused(layer);
}

TEST_CASE("the weights of the next step lie where those of this one did") {
  auto layer = warm_layer();
  Stored w(outputs, inputs, 1);
  for (const qat::Precision precision : {qat::Precision::hif8, qat::Precision::bf16}) {
    layer.set_weights(w.view, precision);
    const auto place = [&] {
      return std::pair<const void*, const void*>(layer.weights().codes().data(), layer.weights().numbers().data());
    };
    const auto before = place();
    layer.commit();
    std::vector<std::vector<std::byte>> others;  // whoever wants memory in between
    for (int i = 0; i < 20; ++i) others.emplace_back(outputs * inputs * (precision == qat::Precision::hif8 ? 1 : 2));
    layer.set_weights(w.view, precision);
    CHECK(place() == before);
  }
}

TEST_CASE("weights that could not be set are not there") {
  auto layer = warm_layer();
  Stored w(outputs, inputs, 1), x(batch, inputs, 2), y(batch, outputs, 3);
  layer.set_weights(w.view);
  layer.set_mode(hf::ScalingMode::Calibrate);  // has no codes
  CHECK_THROWS_WITH_AS(layer.set_weights(w.view), doctest::Contains("Calibrate"), std::logic_error);
  CHECK_THROWS_WITH_AS((void)layer.forward(x.view, y.view), doctest::Contains("set_weights"), std::logic_error);
  layer.set_mode(hf::ScalingMode::Track);
  layer.set_weights(w.view);
  (void)layer.forward(x.view, y.view);
}

TEST_CASE("a group commits for its layers, and their weights are then stale") {
  using Group = hf::ScalerGroup<hf::amax::Max, 4>;
  using Grouped = qat::W8A8With<qat::GroupScaler<Group>>;
  Group group({"weight", "input", "gradient"});
  qat::QuantizedLinear<Grouped> layer(inputs, outputs, 0, {{group, 0}, {group, 1}, {group, 2}});
  Stored w(outputs, inputs, 1), x(batch, inputs, 2), y(batch, outputs, 3), g(batch, outputs, 4);
  for (int step = 0; step < 2; ++step) {
    layer.set_weights(w.view);
    (void)layer.forward(x.view, y.view);
    (void)layer.quantize_gradient(g.view);
    group.commit();
    if (step == 0) CHECK_THROWS_AS(layer.evaluate(x.view, y.view), std::logic_error);  // its scale has moved
    layer.commit();
    CHECK_THROWS_AS(layer.evaluate(x.view, y.view), std::logic_error);
    for (std::size_t i : {0u, 1u, 2u}) CHECK(group.recorded_steps(i) == static_cast<unsigned>(step) + 1);
  }
  CHECK_FALSE(layer.state().weight.scaler.has_value());
}

TEST_CASE("a state that does not fit is refused, and the layer stays as it was") {
  auto layer = warm_layer<DitheredTraits>();
  const qat::QuantizedLinearState before = layer.state();
  const std::vector<std::byte> bytes = hf::to_bytes(before);
  CHECK(hf::from_bytes<qat::QuantizedLinearState>(bytes) == before);
  const auto says = [&](const char* text, auto change) {
    qat::QuantizedLinearState state = before;
    change(state);
    check_no_change(layer, [&] {
      const std::string reason = refusal([&] { layer.load(state); });
      CAPTURE(reason);
      CHECK(reason.find(text) != std::string::npos);
    });
  };
  says("13 inputs and 8 outputs, this one has 13 and 7", [](auto& s) { s.outputs = 8; });
  says("version 5", [](auto& s) { s.version = 5; });
  says("'mean', the scaler 'max'", [](auto& s) { s.input.scaler->algorithm = "mean"; });
  says("different steps", [](auto& s) { ++s.input.bits.step; });
  says("another role", [](auto& s) { s.gradient.bits.role = 1; });
  says("a scale", [](auto& s) { s.gradient.scaler->tensor.scale = -1.0f; });  // the others were fine
  says("taken", [](auto&) {});

  std::size_t taken = 0;
  const auto read = [](std::span<const std::byte> damaged) {
    return refusal([&] { (void)hf::from_bytes<qat::QuantizedLinearState>(damaged); });
  };
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::vector<std::byte> damaged = bytes;
    damaged[i] ^= std::byte{0x10};
    taken += read(damaged) == "taken";
    taken += read(std::span(bytes).first(i)).find("truncated") == std::string::npos;
  }
  CHECK(taken == 0);
  CHECK(read(hf::to_bytes(before.input)).find("a fake quantizer's, not a quantized layer's") != std::string::npos);
}

}  // namespace test_qat_linear_steps
