#include "network.hpp"

#include <cmath>
#include <random>
#include <span>

namespace distributed_qat {
namespace {

constexpr Index hidden = 48;
constexpr std::size_t weight_of = 0, input_of = layers, gradient_of = 2 * layers;

}  // namespace

Weights initial_weights(unsigned seed) {
  std::mt19937 random(seed);
  Weights weights;
  const Index sizes[layers + 1] = {digits::pixels, hidden, digits::classes};
  for (std::size_t layer = 0; layer < layers; ++layer) {
    std::normal_distribution<float> normal(0.0f, std::sqrt(2.0f / static_cast<float>(sizes[layer])));
    weights.master[layer].resize(sizes[layer + 1], sizes[layer]);
    for (float& w : weights.master[layer].reshaped()) w = normal(random);
    weights.momentum[layer] = Matrix::Zero(sizes[layer + 1], sizes[layer]);
  }
  return weights;
}

std::vector<std::string> tensor_names() {
  std::vector<std::string> names;
  for (const char* role : {".weight", ".input", ".gradient"}) {
    for (std::size_t layer = 0; layer < layers; ++layer) names.push_back("layer" + std::to_string(layer) + role);
  }
  return names;
}

Matrix Network::rounded(std::size_t tensor, Matrix x) {
  const std::span<float> values(x.data(), static_cast<std::size_t>(x.size()));
  group_.observe(tensor, group_.fake_quantize(tensor, values, values));
  return x;
}

Matrix Network::forward(const Matrix& images) {
  for (std::size_t layer = 0; layer < layers; ++layer) {
    rounded_weight_[layer] = rounded(weight_of + layer, weights_.master[layer]);
  }
  rounded_input_[0] = rounded(input_of, images);
  activation_ = (rounded_weight_[0] * rounded_input_[0]).cwiseMax(0.0f);
  rounded_input_[1] = rounded(input_of + 1, activation_);
  return rounded_weight_[1] * rounded_input_[1];
}

std::vector<Matrix> Network::backward(const Matrix& logit_gradient) {
  const Matrix second = rounded(gradient_of + 1, logit_gradient);
  const Matrix passed = rounded_weight_[1].transpose() * second;
  const Matrix first = rounded(gradient_of, (activation_.array() > 0).select(passed, 0.0f));
  return {first * rounded_input_[0].transpose(), second * rounded_input_[1].transpose()};
}

void Network::update(const std::vector<Matrix>& gradients, float rate) {
  for (std::size_t layer = 0; layer < layers; ++layer) {
    weights_.momentum[layer] = 0.9f * weights_.momentum[layer] + gradients[layer];
    weights_.master[layer] -= rate * weights_.momentum[layer];
  }
}

}  // namespace distributed_qat
