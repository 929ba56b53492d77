// The perceptron of digits_mlp, trained by many ranks: each has a part of every batch, all have the same weights, and
// the scales of all tensors are one ScalerGroup's.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <Eigen/Core>

#include <hifloat/qat/qat.hpp>
#include <hifloat/scaling/scaler_group.hpp>

#include "../digits/digits.hpp"

namespace distributed_qat {

using digits::Index;
using digits::Matrix;
using Group = hifloat::ScalerGroup<hifloat::amax::Max, 16>;

inline constexpr std::size_t layers = 2;

/// Master weights and the optimiser's momentum, in float32: what training changes besides the scales.
struct Weights {
  Matrix master[layers], momentum[layers];
};
[[nodiscard]] Weights initial_weights(unsigned seed);

/// The tensors of a group: each layer's weight, input and gradient.
[[nodiscard]] std::vector<std::string> tensor_names();

class Network {
 public:
  /// Refers to both.
  Network(Weights& weights, Group& group);

  /// Logits of the images, a column each. Amaxes are observed.
  [[nodiscard]] Matrix forward(const Matrix& images);
  /// The gradients of the weights, summed over this rank's images, given that of the logits. What is left of the step
  /// is the group's commit.
  [[nodiscard]] std::vector<Matrix> backward(const Matrix& logit_gradient);
  /// A step of SGD with momentum.
  void update(const std::vector<Matrix>& gradients, float rate);

 private:
  using Traits = hifloat::qat::W8A8With<hifloat::qat::GroupScaler<Group>>;
  using Linear = hifloat::qat::QuantizedLinear<Traits>;
  using Scalers = hifloat::qat::LinearScalers<Traits>;

  /// A layer's output, a column for each of x. (To the layer a sample is a row: it is given transposed.)
  [[nodiscard]] Matrix product(std::size_t layer, const Matrix& x);

  Weights& weights_;
  std::vector<Linear> layers_;
  Linear::Input inputs_[layers];
  Matrix activation_;
};

}  // namespace distributed_qat
