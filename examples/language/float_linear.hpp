// Products in float: what the others are compared with.
#pragma once

#include <type_traits>

#include "linear.hpp"
#include "parameters.hpp"

namespace language {

/// The matrix that a row-major view refers to, as Eigen knows it.
template <class T>
[[nodiscard]] auto mapped(const MatrixView<T>& x) {
  using Mapped = std::conditional_t<std::is_const_v<T>, const Matrix, Matrix>;
  return Eigen::Map<Mapped, 0, Eigen::OuterStride<>>(x.data(), static_cast<Index>(x.rows()),
                                                     static_cast<Index>(x.columns()),
                                                     Eigen::OuterStride<>(static_cast<Index>(x.row_stride())));
}

class FloatLinear final : public Linear {
 public:
  void set_weights(MatrixView<const float> w) override { weights_ = mapped(w); }
  void forward(MatrixView<const float> x, MatrixView<float> y) override {
    input_ = mapped(x);
    evaluate(x, y);
  }
  void evaluate(MatrixView<const float> x, MatrixView<float> y) const override {
    mapped(y).noalias() = mapped(x) * weights_.transpose();
  }
  void backward(MatrixView<const float> y_gradient, MatrixView<float> x_gradient,
                MatrixView<float> w_gradient) override {
    mapped(x_gradient).noalias() = mapped(y_gradient) * weights_;
    mapped(w_gradient).noalias() = mapped(y_gradient).transpose() * input_;
  }
  void commit() override {}

 private:
  Matrix weights_, input_;
};

}  // namespace language
