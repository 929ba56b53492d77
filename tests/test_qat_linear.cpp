// A W8A8 layer: its products against sums in binary64 of the same rounded operands, its gradients against finite
// differences, and what it refuses.

#include "model/linear_layer.hpp"

#include <hifloat/qat/group_scaler.hpp>
#include <hifloat/qat/quantized_linear.hpp>
#include <hifloat/scaling/scaling.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace test_qat_linear {

using namespace model;
using qat::Precision;

namespace {

struct Mixed : qat::W8A8 {  // each role's own rounding
  using GradientCode = hf::hif8<hf::rounding::Stochastic>;
  using WeightScaler = hf::DelayedScaler<hf::amax::MostRecent, 1>;
};

struct Hardware : qat::W8A8 {  // codes that do not round-trip
  using WeightCode = hf::hif8<hf::rounding::SimplifiedStochastic>;
  using GradientCode = hf::hif8<hf::rounding::Hybrid>;
};

/// The three products of a step, over dense and strided matrices: of the rounded operands, as sums in binary64 are.
template <class Traits>
void check_products(Precision precision) {
  auto layer = warm_layer<Traits>();
  const auto plain = layer;
  Stored w(outputs, inputs, 1, 2, 20), x(batch, inputs, 2, 40, 3), y(batch, outputs, 3, 1, 9);
  Stored g(batch, outputs, 4, 9), dx(batch, inputs, 5, 20), dw(outputs, inputs, 6, 1, 10);
  layer.set_weights(w.view, precision);
  const auto input = layer.forward(x.view, y.view);
  const auto gradient = layer.quantize_gradient(g.view);
  layer.input_gradient(gradient, dx.view);
  layer.weight_gradient(gradient, input, dw.view);
  const Matrix wq = values(layer.weights()), xq = values(input), gq = values(gradient);
  CHECK(layer.weights().precision() == precision);
  check_product(y.view, multiply_transposed(xq, wq), inputs);
  check_product(dx.view, multiply_transposed(gq, transposed(wq)), outputs);
  check_product(dw.view, multiply_transposed(transposed(gq), transposed(xq)), batch);

  // Where matrices lie makes no difference, and a sum of two micro-batches is one batch's.
  auto same = plain;
  Stored dense_w(outputs, inputs, 1), dense_x(batch, inputs, 2), dense_y(batch, outputs, 0), dense_g(batch, outputs, 4);
  Stored dense_dx(batch, inputs, 0), dense_dw(outputs, inputs, 0);
  same.set_weights(dense_w.view, precision);
  const auto dense_input = same.forward(dense_x.view, dense_y.view);
  same.backward(dense_g.view, dense_input, dense_dx.view, dense_dw.view);
  CHECK(bits(y.view) == bits(dense_y.view));
  CHECK(bits(dx.view) == bits(dense_dx.view));
  CHECK(bits(dw.view) == bits(dense_dw.view));
  CHECK(layer.state() == same.state());

  auto parts = plain;
  Stored sum(outputs, inputs, 0);
  parts.set_weights(dense_w.view, precision);
  for (const auto& [first, rows] : {std::pair<std::size_t, std::size_t>{0, 2}, {2, 3}}) {
    const auto of_part =
        parts.forward(dense_x.view.block(first, 0, rows, inputs), y.view.block(first, 0, rows, outputs));
    parts.backward(dense_g.view.block(first, 0, rows, outputs), of_part, dx.view.block(first, 0, rows, inputs),
                   sum.view, {.beta = first == 0 ? 0.0f : 1.0f});
  }
  CHECK(bits(y.view) == bits(dense_y.view));
  CHECK(bits(dx.view) == bits(dense_dx.view));
  check_product(sum.view, multiply_transposed(transposed(gq), transposed(xq)), batch + 2);
  CHECK(layer.state() == parts.state());
}

}  // namespace

TEST_CASE("the products are those of the rounded operands") {
  for (const Precision precision : {Precision::hif8, Precision::bf16}) {
    check_products<qat::W8A8>(precision);
    check_products<Mixed>(precision);
    check_products<Hardware>(precision);
  }
}

TEST_CASE("operands are rounded as their scalers do") {
  auto layer = warm_layer();
  Stored w(outputs, inputs, 1), x(batch, inputs, 2), y(batch, outputs, 3), g(batch, outputs, 4);
  const auto dense = [](const Stored& m) {
    return std::vector<float>(m.memory.begin(), m.memory.begin() + static_cast<std::ptrdiff_t>(m.view.extent()));
  };
  const auto wq = layer.weight_scaler().quantize(dense(w));
  const auto xq = layer.input_scaler().quantize(dense(x));
  const auto gq = layer.gradient_scaler().quantize(dense(g));
  layer.set_weights(w.view);
  const auto input = layer.forward(x.view, y.view);
  const auto gradient = layer.quantize_gradient(g.view);
  CHECK(std::ranges::equal(layer.weights().codes(), wq.codes()));
  CHECK(std::ranges::equal(input.codes(), xq.codes()));
  CHECK(std::ranges::equal(gradient.codes(), gq.codes()));
  CHECK(layer.weights().inverse_scale() == wq.inverse_scale());
  CHECK(input.stats() == xq.stats());
  CHECK(gradient.epoch() == layer.gradient_scaler().epoch());
  CHECK(layer.input_scaler().options().target == 15.0f);
  CHECK(layer.gradient_scaler().options().target == 224.0f);
  CHECK(qat::QuantizedLinear<qat::PaperW8A8>(1, 1).gradient_scaler().options().target == 15.0f);
  CHECK(gradient.inverse_scale() == layer.gradient_scaler().inverse_scale());
  layer.commit();
  auto narrow = layer;
  narrow.set_weights(w.view, Precision::bf16);
  const hf::QuantizeStats stats = narrow.forward(x.view, y.view).stats();
  CHECK(stats.amax == xq.stats().amax);
  CHECK(stats.count == xq.stats().count);
  CHECK(layer.weight_scaler().amaxes().back() == wq.stats().amax);
  CHECK(layer.input_scaler().amaxes().back() == xq.stats().amax);
  CHECK(layer.gradient_scaler().amaxes().back() == gq.stats().amax);
}

TEST_CASE("gradients are the derivatives of the surrogate") {
  auto layer = warm_layer<Mixed>();
  Stored w(outputs, inputs, 31), x(batch, inputs, 32), y(batch, outputs, 0), g(batch, outputs, 33);
  Stored dx(batch, inputs, 0), dw(outputs, inputs, 0);
  layer.set_weights(w.view);
  const auto input = layer.forward(x.view, y.view);
  const auto gradient = layer.quantize_gradient(g.view);
  layer.input_gradient(gradient, dx.view);
  layer.weight_gradient(gradient, input, dw.view);
  const Surrogate surrogate{values(layer.weights()), values(input), values(gradient)};

  // The loss is linear in each single element: a central difference of any width is its derivative, but for the
  // roundings of binary64. Two losses err by less than n 2^-53 sum |g x w| each, n the number of terms.
  double magnitude = 0;
  for (std::size_t b = 0; b < batch; ++b) {
    for (std::size_t o = 0; o < outputs; ++o) {
      for (std::size_t i = 0; i < inputs; ++i) {
        magnitude +=
            std::fabs(surrogate.gq(b, o)) * (std::fabs(surrogate.xq(b, i)) + 1) * (std::fabs(surrogate.wq(o, i)) + 1);
      }
    }
  }
  constexpr double h = 0.5;
  const double difference_error = static_cast<double>(batch * outputs * inputs) * 0x1p-53 * 2 * magnitude / (2 * h);
  const auto bound = [&](std::size_t k, double sum_of_magnitudes) {
    return (static_cast<double>(k) + 3) * 0x1p-24 * sum_of_magnitudes + difference_error;
  };
  REQUIRE(difference_error < 1e-9);
  const Matrix no_w = zero(outputs, inputs), no_x = zero(batch, inputs);
  std::size_t outside = 0, nonzero = 0;
  for (std::size_t b = 0; b < batch; ++b) {
    for (std::size_t i = 0; i < inputs; ++i) {
      Matrix deviation = no_x;
      deviation(b, i) = h;
      const double up = surrogate.loss(no_w, deviation);
      deviation(b, i) = -h;
      const double derivative = (up - surrogate.loss(no_w, deviation)) / (2 * h);
      double sum = 0;
      for (std::size_t o = 0; o < outputs; ++o) sum += std::fabs(surrogate.gq(b, o) * surrogate.wq(o, i));
      outside += !(std::fabs(static_cast<double>(dx.view(b, i)) - derivative) <= bound(outputs, sum));
      nonzero += std::fabs(derivative) > 1e-3;
    }
  }
  for (std::size_t o = 0; o < outputs; ++o) {
    for (std::size_t i = 0; i < inputs; ++i) {
      Matrix deviation = no_w;
      deviation(o, i) = h;
      const double up = surrogate.loss(deviation, no_x);
      deviation(o, i) = -h;
      const double derivative = (up - surrogate.loss(deviation, no_x)) / (2 * h);
      double sum = 0;
      for (std::size_t b = 0; b < batch; ++b) sum += std::fabs(surrogate.gq(b, o) * surrogate.xq(b, i));
      outside += !(std::fabs(static_cast<double>(dw.view(o, i)) - derivative) <= bound(batch, sum));
      nonzero += std::fabs(derivative) > 1e-3;
    }
  }
  CHECK(outside == 0);
  CHECK(nonzero > inputs * (batch + outputs) * 9 / 10);
}

TEST_CASE("evaluating is forward, and changes nothing") {
  auto layer = warm_layer<Mixed>();
  Stored w(outputs, inputs, 1), x(batch, inputs, 2), y(batch, outputs, 3), z(batch, outputs, 4);
  layer.set_weights(w.view);
  check_no_change(layer, [&] { layer.evaluate(x.view, y.view); });
  (void)layer.forward(x.view, z.view);
  CHECK(bits(y.view) == bits(z.view));
  std::vector<hf::bfloat16> narrow(batch * outputs);
  layer.evaluate(x.view, hf::row_major(narrow, batch, outputs));
  CHECK(narrow[3] == hf::bfloat16(y.view(0, 3)));
}

TEST_CASE("a gradient that is not finite is seen in the results, and its step is dropped") {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    auto layer = warm_layer();
    const hf::ScalerState before = *layer.state().gradient.scaler;
    Stored w(outputs, inputs, 1), x(batch, inputs, 2), y(batch, outputs, 3), g(batch, outputs, 4);
    Stored dx(batch, inputs, 0), dw(outputs, inputs, 0);
    g.view(1, 2) = bad;
    layer.set_weights(w.view);
    const auto input = layer.forward(x.view, y.view);
    layer.backward(g.view, input, dx.view, dw.view);
    const bool is_nan = std::isnan(bad);  // an infinity saturates
    CHECK(std::isnan(dx.view(1, 0)) == is_nan);
    CHECK(std::isnan(dw.view(2, 0)) == is_nan);
    CHECK(std::isfinite(dx.view(0, 0)));
    CHECK(std::isfinite(dw.view(1, 0)));
    layer.commit();
    CHECK(layer.gradient_scaler().dropped_steps() == 1);
    CHECK(layer.gradient_scaler().scale() == before.tensor.scale);
    CHECK(layer.gradient_scaler().recorded_steps() == before.tensor.recorded_steps);
    CHECK(layer.input_scaler().recorded_steps() == before.tensor.recorded_steps + 1);
  }
}

TEST_CASE("an operand that was moved from is empty") {
  auto layer = warm_layer();
  Stored w(outputs, inputs, 1), x(batch, inputs, 2), y(batch, outputs, 3), g(batch, outputs, 4);
  Stored dx(batch, inputs, 0), dw(outputs, inputs, 0);
  layer.set_weights(w.view);
  auto input = layer.forward(x.view, y.view);
  auto kept = std::move(input);
  const auto use = [&] { layer.backward(g.view, input, dx.view, dw.view); };
  CHECK(input.rows() == 0);  // NOLINT(bugprone-use-after-move): that is the question
  CHECK(refusal(use).find("kept input is 0 x 0, but 5 x 13") != std::string::npos);
  input = std::move(kept);
  use();
  CHECK(kept.size() == 0);  // NOLINT(bugprone-use-after-move): that is the question
}

TEST_CASE("empty batches, and layers without inputs or outputs") {
  auto layer = warm_layer();
  Stored w(outputs, inputs, 1), x(0, inputs, 2), y(0, outputs, 3), g(0, outputs, 4), dx(0, inputs, 0);
  Stored dw(outputs, inputs, 5);
  layer.set_weights(w.view);
  const auto input = layer.forward(x.view, y.view);
  layer.backward(g.view, input, dx.view, dw.view, {.beta = 1.0f});
  CHECK(bits(dw.view) == bits(Stored(outputs, inputs, 5).view));  // nothing was added
  layer.backward(g.view, input, dx.view, dw.view);
  CHECK(std::ranges::all_of(bits(dw.view), [](std::uint32_t x_bits) { return x_bits == 0; }));
  const std::uint64_t recorded = layer.input_scaler().recorded_steps();
  layer.commit();
  CHECK(layer.input_scaler().recorded_steps() == recorded);

  qat::QuantizedLinear<> no_inputs(0, 2), no_outputs(2, 0);
  Stored nothing(2, 0, 0), flat(0, 2, 0), full(3, 2, 0), none(3, 0, 0);
  no_inputs.set_weights(nothing.view);
  const auto first = no_inputs.forward(none.view, full.view);
  CHECK(std::ranges::all_of(bits(full.view), [](std::uint32_t x_bits) { return x_bits == 0; }));
  no_inputs.backward(full.view, first, none.view, nothing.view);
  no_outputs.set_weights(flat.view);
  const auto second = no_outputs.forward(full.view, none.view);
  no_outputs.backward(none.view, second, full.view, flat.view);
  no_outputs.commit();
}

TEST_CASE("sizes that do not fit are refused by name, and nothing is observed") {
  auto layer = warm_layer();
  Stored w(outputs, inputs, 1), x(batch, inputs, 2), y(batch, outputs, 3), g(batch, outputs, 4);
  Stored dx(batch, inputs, 0), dw(outputs, inputs, 0);
  const auto says = [&](const char* text, const auto& call) {
    check_no_change(layer, [&] {
      const std::string reason = refusal(call);
      CAPTURE(reason);
      CHECK(reason.find(text) != std::string::npos);
    });
  };
  says("weight is 13 x 7, but 7 x 13 is wanted", [&] { layer.set_weights(w.view.transposed()); });
  layer.set_weights(w.view);
  const auto input = layer.forward(x.view, y.view);
  const Stored fewer(batch - 1, inputs, 0);
  says("input is 5 x 7, but 5 x 13", [&] { (void)layer.forward(g.view, y.view); });
  says("output is 5 x 13, but 5 x 7", [&] { (void)layer.forward(x.view, dx.view); });
  says("output is 5 x 7, but 4 x 7", [&] { (void)layer.forward(fewer.view, y.view); });
  says("output gradient is 5 x 13, but 5 x 7", [&] { layer.backward(x.view, input, dx.view, dw.view); });
  says("input gradient is 7 x 13, but 5 x 13", [&] { layer.backward(g.view, input, dw.view, dw.view); });
  says("weight gradient is 5 x 13, but 7 x 13", [&] { layer.backward(g.view, input, dx.view, dx.view); });
  says("kept input is 5 x 13, but 4 x 13",
       [&] { layer.backward(g.view.block(0, 0, 4, outputs), input, dx.view.block(0, 0, 4, inputs), dw.view); });
  says("kept input is 0 x 0, but 5 x 13", [&] { layer.backward(g.view, {}, dx.view, dw.view); });
  const hf::MatrixView<float> one_row(dx.view.data(), batch, inputs, 0, 1),
      one_column(dw.view.data(), outputs, inputs, 1, 0);
  says("share memory", [&] { layer.backward(g.view, input, one_row, dw.view); });
  says("share memory", [&] { layer.backward(g.view, input, dx.view, one_column); });
  std::vector<float> both(outputs * inputs);
  says("two results overlap", [&] {
    layer.backward(g.view, input, hf::MatrixView<float>(both.data(), batch, inputs),
                   hf::row_major(both, outputs, inputs));
  });
}

}  // namespace test_qat_linear
