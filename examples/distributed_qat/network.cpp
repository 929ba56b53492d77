#include "network.hpp"

#include <cmath>
#include <random>

#include <hifloat/eigen/eigen.hpp>

namespace distributed_qat {
namespace {

using hifloat::eigen::view;

constexpr Index hidden = 48;

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

Network::Network(Weights& weights, Group& group) : weights_(weights) {
  for (std::size_t layer = 0; layer < layers; ++layer) {
    const auto weight = view(weights.master[layer]);
    layers_.emplace_back(weight.columns(), weight.rows(), 0,
                         Scalers{{group, layer}, {group, layers + layer}, {group, 2 * layers + layer}});
  }
}

Matrix Network::product(std::size_t layer, const Matrix& x) {
  Matrix y(weights_.master[layer].rows(), x.cols());
  layers_[layer].set_weights(view(weights_.master[layer]));
  inputs_[layer] = layers_[layer].forward(view(x).transposed(), view(y).transposed());
  return y;
}

Matrix Network::forward(const Matrix& images) {
  activation_ = product(0, images).cwiseMax(0.0f);
  return product(1, activation_);
}

std::vector<Matrix> Network::backward(const Matrix& logit_gradient) {
  std::vector<Matrix> gradients(weights_.master, weights_.master + layers);
  Matrix passed(activation_.rows(), activation_.cols());
  layers_[1].backward(view(logit_gradient).transposed(), inputs_[1], view(passed).transposed(), view(gradients[1]));
  passed = (activation_.array() > 0).select(passed, 0.0f);
  layers_[0].weight_gradient(layers_[0].quantize_gradient(view(passed).transposed()), inputs_[0], view(gradients[0]));
  for (Linear& layer : layers_) layer.commit();
  return gradients;
}

void Network::update(const std::vector<Matrix>& gradients, float rate) {
  for (std::size_t layer = 0; layer < layers; ++layer) {
    weights_.momentum[layer] = 0.9f * weights_.momentum[layer] + gradients[layer];
    weights_.master[layer] -= rate * weights_.momentum[layer];
  }
}

}  // namespace distributed_qat
