// The network: 32 past samples -> 64 -> 64 -> the next sample.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <Eigen/Core>

#include "products.hpp"

namespace compare_amax {

using Row = Eigen::RowVectorXf;
using Vector = Eigen::VectorXf;

inline constexpr std::size_t history = 32;
inline constexpr std::size_t batch_size = 256;

class Predictor {
 public:
  explicit Predictor(std::uint64_t seed);

  /// Gives the products the weights. Wanted after every change of them.
  void set_weights(Products& products) const;

  /// The prediction of each column's next sample. The reference holds until the next call.
  const Matrix& forward(const Matrix& past, Products& products);

  /// The gradient of all parameters, from that of the last prediction. The reference holds until the next call.
  const Vector& backward(const Matrix& prediction_gradient, Products& products);

  /// Weights and biases of all layers in one vector, as the optimiser wants them.
  Vector& parameters() { return parameters_; }

 private:
  Vector parameters_;
  Vector gradient_;
  std::array<Matrix, layer_count> activations_;  // before the leaky ReLU
};

class Adam {
 public:
  void step(Vector& parameters, const Vector& gradient, double rate);

 private:
  Vector mean_;
  Vector square_;
  double mean_decay_ = 1;  // beta^t: how much of the moments' zero start is left
  double square_decay_ = 1;
};

}  // namespace compare_amax
