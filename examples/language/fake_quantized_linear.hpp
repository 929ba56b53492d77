// Products in float of weights and inputs that are rounded to a format; gradients pass the rounding straight through.
#pragma once

#include <span>
#include <utility>

#include <hifloat/eigen/view.hpp>
#include <hifloat/qat/fake_quantizer.hpp>
#include <hifloat/scaling/current_scaler.hpp>

#include "float_linear.hpp"

namespace language {

/// `Format` is any hifloat::QuantizationFormat; each tensor has a scaler of its own, that of the weights and that of
/// the inputs made from these two.
template <class Format, class Scaler = hifloat::CurrentScaler>
class FakeQuantizedLinear final : public Linear {
 public:
  explicit FakeQuantizedLinear(const Scaler& weight_scaler, const Scaler& input_scaler)
      : weight_(weight_scaler), input_(input_scaler) {}

  void set_weights(MatrixView<const float> w) override {
    rounded_ = mapped(w);
    weight_.forward(elements(rounded_), elements(rounded_));
    products_.set_weights(hifloat::eigen::view(std::as_const(rounded_)));
  }
  void forward(MatrixView<const float> x, MatrixView<float> y) override {
    rounded_ = mapped(x);
    input_.forward(elements(rounded_), elements(rounded_));
    products_.forward(hifloat::eigen::view(std::as_const(rounded_)), y);
  }
  void evaluate(MatrixView<const float> x, MatrixView<float> y) const override {
    Matrix rounded = mapped(x);
    input_.scaler().template fake_quantize<Format>(elements(rounded), elements(rounded));
    products_.evaluate(hifloat::eigen::view(std::as_const(rounded)), y);
  }
  void backward(MatrixView<const float> y_gradient, MatrixView<float> x_gradient,
                MatrixView<float> w_gradient) override {
    products_.backward(y_gradient, x_gradient, w_gradient);
  }
  void commit() override {
    weight_.commit();
    input_.commit();
  }

 private:
  [[nodiscard]] static std::span<float> elements(Matrix& x) { return {x.data(), static_cast<std::size_t>(x.size())}; }

  hifloat::qat::FakeQuantizer<Format, Scaler> weight_, input_;
  FloatLinear products_;
  Matrix rounded_;
};

}  // namespace language
