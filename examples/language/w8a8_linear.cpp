#include "w8a8_linear.hpp"

#include <variant>

namespace language {
namespace {

template <class Operand>
void record(W8A8Linear::Watch& watch, const AnyScaler& scaler, const Operand& operand) {
  watch.total += operand.stats();
  std::visit(
      [&]<class Scaler>(const Scaler& delayed) {
        if constexpr (requires { delayed.amaxes(); }) watch.monitor.record(delayed, operand);
      },
      scaler.variant());
}

}  // namespace

void W8A8Linear::backward(MatrixView<const float> y_gradient, MatrixView<float> x_gradient,
                          MatrixView<float> w_gradient) {
  const Quantized::Gradient rounded = layer_.quantize_gradient(y_gradient);
  layer_.input_gradient(rounded, x_gradient);
  layer_.weight_gradient(rounded, input_, w_gradient);
  if (precision_ == hifloat::qat::Precision::bf16) return;
  record(watches_[weight], layer_.weight_scaler(), layer_.weights());
  record(watches_[input], layer_.input_scaler(), input_);
  record(watches_[gradient], layer_.gradient_scaler(), rounded);
}

}  // namespace language
