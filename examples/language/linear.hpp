// The linear layers of a decoder, whatever their products are computed in.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

#include <hifloat/matrix_view.hpp>

namespace language {

using hifloat::MatrixView;

/// y = x W^T, for one batch a step: set_weights, forward, backward, commit.
class Linear {
 public:
  Linear() = default;
  Linear(const Linear&) = delete;
  Linear& operator=(const Linear&) = delete;
  virtual ~Linear() = default;

  /// Takes this step's weights [outputs x inputs].
  virtual void set_weights(MatrixView<const float> w) = 0;
  /// x [rows x inputs], y [rows x outputs]; what backward needs of x is kept.
  virtual void forward(MatrixView<const float> x, MatrixView<float> y) = 0;
  /// What forward would give; nothing is kept.
  virtual void evaluate(MatrixView<const float> x, MatrixView<float> y) const = 0;
  /// The gradients of the last forward's x and of the weights, from that of its y. Both are overwritten.
  virtual void backward(MatrixView<const float> y_gradient, MatrixView<float> x_gradient,
                        MatrixView<float> w_gradient) = 0;
  /// Ends the step.
  virtual void commit() = 0;
};

/// Where a layer stands: the block, counted from 0, of how many; and the module's name, as a hifloat::qat::LayerPolicy
/// knows it: "attention.qkv", "attention.output", "mlp.gate", "mlp.up", "mlp.down". The head is "head", in the last
/// block.
struct LinearPlace {
  std::size_t block = 0;
  std::size_t blocks = 1;
  std::string_view module;
  std::size_t inputs = 0;
  std::size_t outputs = 0;
};

using MakeLinear = std::function<std::unique_ptr<Linear>(const LinearPlace&)>;

}  // namespace language
