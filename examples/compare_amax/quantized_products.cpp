#include "quantized_products.hpp"

#include <cmath>
#include <cstddef>

#include <hifloat/eigen/eigen.hpp>

namespace compare_amax {
namespace {

using hifloat::eigen::view;
using hifloat::qat::Precision;

/// Takes down what a matrix has become.
void record(TensorTally& tally, const auto& exact, const hifloat::qat::Operand<hifloat::hif8_t>& rounded,
            const ChosenScaler& scaler) {
  if (rounded.precision() == Precision::bf16) return;
  tally.add({exact.data(), static_cast<std::size_t>(exact.size())}, {rounded.codes(), rounded},
            scaler.options().target);
}

}  // namespace

QuantizedProducts::QuantizedProducts(const Scheme& scheme) : precision_(scheme.precision()) {
  for (std::size_t l = 0; l < layer_count; ++l) {
    const auto inputs = static_cast<std::size_t>(widths[l]), outputs = static_cast<std::size_t>(widths[l + 1]);
    layers_.push_back({Linear(
        inputs, outputs, 0, {scheme.scaler(Role::weight), scheme.scaler(Role::input), scheme.scaler(Role::gradient)})});
  }
}

void QuantizedProducts::set_weight(std::size_t layer, const Eigen::Map<const WeightMatrix>& weight) {
  Layer& l = layers_[layer];
  l.linear.set_weights(view(weight), precision_);
  record(l.weight, weight, l.linear.weights(), l.linear.weight_scaler());
}

// To a layer a sample is a row: what has it in a column is given transposed.

Matrix QuantizedProducts::forward(std::size_t layer, const Matrix& input) {
  Layer& l = layers_[layer];
  Matrix output(widths[layer + 1], input.cols());
  l.rounded_input = l.linear.forward(view(input).transposed(), view(output).transposed());
  record(l.input, input, l.rounded_input, l.linear.input_scaler());
  return output;
}

void QuantizedProducts::weight_gradient(std::size_t layer, const Matrix& output_gradient,
                                        Eigen::Map<WeightMatrix> gradient) {
  Layer& l = layers_[layer];
  l.rounded_gradient = l.linear.quantize_gradient(view(output_gradient).transposed());
  record(l.gradient, output_gradient, l.rounded_gradient, l.linear.gradient_scaler());
  l.linear.weight_gradient(l.rounded_gradient, l.rounded_input, view(gradient));
}

Matrix QuantizedProducts::input_gradient(std::size_t layer) {
  Layer& l = layers_[layer];
  Matrix gradient(widths[layer], static_cast<Eigen::Index>(l.rounded_gradient.rows()));
  l.linear.input_gradient(l.rounded_gradient, view(gradient).transposed());
  return gradient;
}

void QuantizedProducts::commit() {
  for (Layer& layer : layers_) layer.linear.commit();
}

Tally QuantizedProducts::tally() const {
  Tally sum;
  std::size_t measured = 0;
  for (const Layer& layer : layers_) {
    sum.forward += layer.weight.values;
    sum.forward += layer.input.values;
    sum.gradients += layer.gradient.values;
    for (const TensorTally* tensor : {&layer.weight, &layer.input, &layer.gradient}) {
      sum.overshoot += tensor->overshoot;
      if (!(tensor->noise > 0)) continue;  // a tensor that lost nothing has no finite SQNR
      sum.sqnr_db += 10 * std::log10(tensor->signal / tensor->noise);
      ++measured;
    }
  }
  if (measured > 0) sum.sqnr_db /= static_cast<double>(measured);
  return sum;
}

}  // namespace compare_amax
