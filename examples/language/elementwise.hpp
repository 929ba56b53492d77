// What a decoder computes between its products, forward and backward.
#pragma once

#include <span>

#include "parameters.hpp"
#include "token.hpp"

namespace language {

/// y = x / sqrt(mean of x^2 + 1e-5) * gain, row by row. Source: Zhang, Sennrich, "Root mean square layer normalization"
/// (2019).
void rms_norm(const Matrix& x, const ConstMatrixMap& gain, Matrix& y);
/// Adds the gradient of x to x_gradient; gain_gradient is overwritten.
void rms_norm_backward(const Matrix& x, const ConstMatrixMap& gain, const Matrix& y_gradient, Matrix& x_gradient,
                       MatrixMap gain_gradient);

/// y = gate * sigmoid(gate) * up. Source: Shazeer, "GLU variants improve transformer" (2020).
void swiglu(const Matrix& gate, const Matrix& up, Matrix& y);
/// In place of gate and up their gradients.
void swiglu_backward(const Matrix& y_gradient, Matrix& gate, Matrix& up);

/// The loss of each row, -log softmax(logits)[target], in nats.
void cross_entropy(const Matrix& logits, std::span<const Token> targets, std::span<float> losses);
/// In place of the logits the gradient of the mean loss.
void cross_entropy_backward(std::span<const Token> targets, Matrix& logits);

}  // namespace language
