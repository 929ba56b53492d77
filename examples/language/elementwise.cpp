#include "elementwise.hpp"

#include <cmath>
#include <cstddef>

namespace language {
namespace {

/// 1 / root mean square of a row.
template <class Row>
float inverse_root_mean_square(const Row& x) {
  return 1 / std::sqrt(x.squaredNorm() / static_cast<float>(x.size()) + 1e-5f);
}

auto sigmoid(const Matrix& x) { return 1 / (1 + (-x.array()).exp()); }

}  // namespace

void rms_norm(const Matrix& x, const ConstMatrixMap& gain, Matrix& y) {
  y.resize(x.rows(), x.cols());
  for (Index i = 0; i < x.rows(); ++i) {
    y.row(i) = inverse_root_mean_square(x.row(i)) * x.row(i).cwiseProduct(gain.row(0));
  }
}

void rms_norm_backward(const Matrix& x, const ConstMatrixMap& gain, const Matrix& y_gradient, Matrix& x_gradient,
                       MatrixMap gain_gradient) {
  gain_gradient.setZero();
  for (Index i = 0; i < x.rows(); ++i) {
    const float r = inverse_root_mean_square(x.row(i));
    gain_gradient.row(0) += r * y_gradient.row(i).cwiseProduct(x.row(i));
    const float along = y_gradient.row(i).cwiseProduct(gain.row(0)).dot(x.row(i)) / static_cast<float>(x.cols());
    x_gradient.row(i) += r * y_gradient.row(i).cwiseProduct(gain.row(0)) - r * r * r * along * x.row(i);
  }
}

void swiglu(const Matrix& gate, const Matrix& up, Matrix& y) {
  y.resize(gate.rows(), gate.cols());
  y.array() = gate.array() * sigmoid(gate) * up.array();
}

void swiglu_backward(const Matrix& y_gradient, Matrix& gate, Matrix& up) {
  const Matrix s = sigmoid(gate);
  const Matrix gate_gradient = y_gradient.array() * up.array() * s.array() * (1 + gate.array() * (1 - s.array()));
  up.array() = y_gradient.array() * gate.array() * s.array();
  gate = gate_gradient;
}

void cross_entropy(const Matrix& logits, std::span<const Token> targets, std::span<float> losses) {
  for (Index i = 0; i < logits.rows(); ++i) {
    const auto row = static_cast<std::size_t>(i);
    const float largest = logits.row(i).maxCoeff();
    losses[row] = std::log((logits.row(i).array() - largest).exp().sum()) + largest - logits(i, targets[row]);
  }
}

void cross_entropy_backward(std::span<const Token> targets, Matrix& logits) {
  const float share = 1 / static_cast<float>(logits.rows());
  for (Index i = 0; i < logits.rows(); ++i) {
    auto row = logits.row(i).array();
    const float largest = row.maxCoeff();
    row = (row - largest).exp();
    row *= share / row.sum();
    row(targets[static_cast<std::size_t>(i)]) -= share;
  }
}

}  // namespace language
