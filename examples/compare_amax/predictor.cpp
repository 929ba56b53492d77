#include "predictor.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>

namespace compare_amax {
namespace {

constexpr float leak = 0.01f;

Matrix leaky_relu(const Matrix& x) { return x.cwiseMax(leak * x); }

// The parameters' order: each layer's weights, then its biases.
constexpr Eigen::Index weights_offset(std::size_t layer) {
  Eigen::Index offset = 0;
  for (std::size_t l = 0; l < layer; ++l) offset += widths[l + 1] * (widths[l] + 1);
  return offset;
}

Eigen::Map<const WeightMatrix> weights(const Vector& parameters, std::size_t layer) {
  return {parameters.data() + weights_offset(layer), widths[layer + 1], widths[layer]};
}
Eigen::Map<WeightMatrix> weights(Vector& parameters, std::size_t layer) {
  return {parameters.data() + weights_offset(layer), widths[layer + 1], widths[layer]};
}

auto biases(auto& parameters, std::size_t layer) {
  return parameters.segment(weights_offset(layer) + widths[layer + 1] * widths[layer], widths[layer + 1]);
}

}  // namespace

Predictor::Predictor(std::uint64_t seed)
    : parameters_(Vector::Zero(weights_offset(layer_count))), gradient_(parameters_.size()) {
  std::mt19937_64 random(seed);
  for (std::size_t l = 0; l < layer_count; ++l) {
    // Half of what a ReLU sees is lost in it, which twice the variance makes up for; the last layer has none.
    const float variance = (l + 1 < layer_count ? 2.0f : 1.0f) / static_cast<float>(widths[l]);
    std::normal_distribution<float> normal(0.0f, std::sqrt(variance));
    for (float& w : weights(parameters_, l).reshaped()) w = normal(random);
  }
}

void Predictor::set_weights(Products& products) const {
  for (std::size_t l = 0; l < layer_count; ++l) products.set_weight(l, weights(parameters_, l));
}

const Matrix& Predictor::forward(const Matrix& past, Products& products) {
  for (std::size_t l = 0; l < layer_count; ++l) {
    activations_[l] = products.forward(l, l == 0 ? past : leaky_relu(activations_[l - 1]));
    activations_[l].colwise() += biases(parameters_, l);
  }
  return activations_.back();
}

const Vector& Predictor::backward(const Matrix& prediction_gradient, Products& products) {
  Matrix delta = prediction_gradient;
  for (std::size_t l = layer_count; l-- > 0;) {
    products.weight_gradient(l, delta, weights(gradient_, l));
    biases(gradient_, l) = delta.rowwise().sum();
    if (l > 0) {
      const Matrix passed = products.input_gradient(l);
      delta = (activations_[l - 1].array() > 0).select(passed, leak * passed);
    }
  }
  return gradient_;
}

void Adam::step(Vector& parameters, const Vector& gradient, double rate) {
  constexpr float beta1 = 0.9f, beta2 = 0.999f, epsilon = 1e-8f;
  if (mean_.size() == 0) mean_ = square_ = Vector::Zero(parameters.size());
  mean_ = beta1 * mean_ + (1 - beta1) * gradient;
  square_ = beta2 * square_ + (1 - beta2) * gradient.cwiseAbs2();
  mean_decay_ *= beta1;
  square_decay_ *= beta2;
  const auto mean_correction = static_cast<float>(1 / (1 - mean_decay_));
  const auto square_correction = static_cast<float>(1 / (1 - square_decay_));
  parameters.array() -= static_cast<float>(rate) * mean_correction * mean_.array() /
                        ((square_correction * square_.array()).sqrt() + epsilon);
}

}  // namespace compare_amax
