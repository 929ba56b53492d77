// The matrix products of the network's layers: what a run in HiF8 computes in another way than one in float.
#pragma once

#include <array>
#include <cstddef>

#include <Eigen/Core>

namespace compare_amax {

using Matrix = Eigen::MatrixXf;                                                              // one column a sample
using WeightMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;  // outputs x inputs

inline constexpr std::size_t layer_count = 3;
inline constexpr std::array<Eigen::Index, layer_count + 1> widths{32, 64, 64, 1};

class Products {
 public:
  virtual ~Products() = default;

  /// Of a layer, for the products that follow.
  virtual void set_weight(std::size_t layer, const Eigen::Map<const WeightMatrix>& weight) = 0;
  /// weight * input. The input is kept for the next two.
  virtual Matrix forward(std::size_t layer, const Matrix& input) = 0;
  /// output_gradient * input^T. The output gradient is kept for the next one.
  virtual void weight_gradient(std::size_t layer, const Matrix& output_gradient, Eigen::Map<WeightMatrix> gradient) = 0;
  /// weight^T * output_gradient
  virtual Matrix input_gradient(std::size_t layer) = 0;
};

class FloatProducts final : public Products {
 public:
  void set_weight(std::size_t layer, const Eigen::Map<const WeightMatrix>& weight) override {
    layers_[layer].weight = weight;
  }
  Matrix forward(std::size_t layer, const Matrix& input) override {
    layers_[layer].input = input;
    return layers_[layer].weight * input;
  }
  void weight_gradient(std::size_t layer, const Matrix& output_gradient, Eigen::Map<WeightMatrix> gradient) override {
    layers_[layer].output_gradient = output_gradient;
    gradient.noalias() = output_gradient * layers_[layer].input.transpose();
  }
  Matrix input_gradient(std::size_t layer) override {
    return layers_[layer].weight.transpose() * layers_[layer].output_gradient;
  }

 private:
  struct Layer {
    WeightMatrix weight;
    Matrix input, output_gradient;
  };
  std::array<Layer, layer_count> layers_;
};

}  // namespace compare_amax
