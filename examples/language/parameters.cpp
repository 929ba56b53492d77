#include "parameters.hpp"

#include <cmath>
#include <numbers>

#include <hifloat/philox.hpp>

namespace language {
namespace {

/// Standard normal numbers (Box and Muller), the same with every standard library.
class Normal {
 public:
  explicit Normal(std::uint64_t seed) : seed_(seed) {}

  [[nodiscard]] float operator()() {
    const auto bits = hifloat::philox4x32_7(seed_, 0, next_++);
    const double u = (bits.word[0] + 0.5) / 4294967296.0, v = bits.word[1] / 4294967296.0;
    return static_cast<float>(std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v));
  }

 private:
  std::uint64_t seed_;
  std::uint64_t next_ = 0;
};

}  // namespace

Layout::Layout(const Shape& shape) : shape_(shape) {
  using Kind = Tensor::Kind;
  const Index d = shape.width;
  embedding_ = add(shape.vocabulary, d, Kind::embedding);
  for (Index b = 0; b < shape.blocks; ++b) {
    Block& block = blocks_.emplace_back();
    block.attention_gain = add(1, d, Kind::gain);
    block.qkv = add(3 * d, d, Kind::weight);
    block.attention_output = add(d, d, Kind::weight);
    block.mlp_gain = add(1, d, Kind::gain);
    block.gate = add(shape.hidden, d, Kind::weight);
    block.up = add(shape.hidden, d, Kind::weight);
    block.down = add(d, shape.hidden, Kind::weight);
  }
  final_gain_ = add(1, d, Kind::gain);
  head_ = add(shape.vocabulary, d, Kind::weight);
}

Tensor Layout::add(Index rows, Index columns, Tensor::Kind kind) {
  const Tensor tensor{size_, rows, columns, kind};
  size_ = (size_ + rows * columns + 15) / 16 * 16;
  return tensors_.emplace_back(tensor);
}

Index Layout::count() const {
  Index count = 0;
  for (const Tensor& tensor : tensors_) count += tensor.rows * tensor.columns;
  return count;
}

Vector Layout::initial(std::uint64_t seed) const {
  Vector parameters = Vector::Zero(size_);
  Normal normal(seed);
  for (const Tensor& tensor : tensors_) {
    if (tensor.kind == Tensor::Kind::gain) {
      tensor.of(parameters).setOnes();
    } else {
      for (float& x : tensor.of(parameters).reshaped<Eigen::RowMajor>()) x = 0.02f * normal();
    }
  }
  for (const Block& block : blocks_) {
    const float residual = 1 / std::sqrt(2 * static_cast<float>(shape_.blocks));
    block.attention_output.of(parameters) *= residual;
    block.down.of(parameters) *= residual;
  }
  return parameters;
}

}  // namespace language
