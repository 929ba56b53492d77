#include "predictor.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>

namespace compare_amax {
namespace {

constexpr float leak = 0.01f;

// The parameters' order: each layer's weights, then its biases.
constexpr Eigen::Index weights_offset(std::size_t layer) {
  Eigen::Index offset = 0;
  for (std::size_t l = 0; l < layer; ++l) offset += widths[l + 1] * (widths[l] + 1);
  return offset;
}

auto weights(auto& parameters, std::size_t layer) {
  return parameters.segment(weights_offset(layer), widths[layer + 1] * widths[layer]);
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
    for (float& w : weights(parameters_, l)) w = normal(random);
  }
}

void Predictor::round_weights(Numerics& numerics) {
  for (std::size_t l = 0; l < layer_count; ++l) {
    layers_[l].weight = weights(parameters_, l).reshaped(widths[l + 1], widths[l]);
    numerics.round(Role::weight, l, layers_[l].weight);
  }
}

const Matrix& Predictor::forward(const Matrix& past, Numerics& numerics) {
  layers_[0].input = past;
  for (std::size_t l = 0; l < layer_count; ++l) {
    Layer& layer = layers_[l];
    numerics.round(Role::input, l, layer.input);
    layer.activation.noalias() = layer.weight * layer.input;
    layer.activation.colwise() += biases(parameters_, l);
    if (l + 1 < layer_count) layers_[l + 1].input = layer.activation.cwiseMax(leak * layer.activation);
  }
  return layers_.back().activation;
}

const Vector& Predictor::backward(const Matrix& prediction_gradient, Numerics& numerics) {
  Matrix delta = prediction_gradient;
  for (std::size_t l = layer_count; l-- > 0;) {
    const Layer& layer = layers_[l];
    numerics.round(Role::gradient, l, delta);
    weights(gradient_, l).reshaped(widths[l + 1], widths[l]).noalias() = delta * layer.input.transpose();
    biases(gradient_, l) = delta.rowwise().sum();
    if (l > 0) {
      const Matrix passed = layer.weight.transpose() * delta;
      delta = (layers_[l - 1].activation.array() > 0).select(passed, leak * passed);
    }
  }
  return gradient_;
}

void Adam::step(Vector& parameters, const Vector& gradient, float rate) {
  constexpr float beta1 = 0.9f, beta2 = 0.999f, epsilon = 1e-8f;
  if (mean_.size() == 0) mean_ = square_ = Vector::Zero(parameters.size());
  mean_ = beta1 * mean_ + (1 - beta1) * gradient;
  square_ = beta2 * square_ + (1 - beta2) * gradient.cwiseAbs2();
  mean_decay_ *= beta1;
  square_decay_ *= beta2;
  const auto mean_correction = static_cast<float>(1 / (1 - mean_decay_));
  const auto square_correction = static_cast<float>(1 / (1 - square_decay_));
  parameters.array() -=
      rate * mean_correction * mean_.array() / ((square_correction * square_.array()).sqrt() + epsilon);
}

}  // namespace compare_amax
