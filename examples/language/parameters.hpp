// The numbers that a decoder learns, as one vector: what an optimiser steps over and a checkpoint holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <Eigen/Core>

namespace language {

using Index = Eigen::Index;
/// Row by row: a row is a token, or an output of a layer.
using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Vector = Eigen::VectorXf;
using MatrixMap = Eigen::Map<Matrix, Eigen::AlignedMax>;
using ConstMatrixMap = Eigen::Map<const Matrix, Eigen::AlignedMax>;

/// The sizes of a decoder. The width is a multiple of twice the heads.
struct Shape {
  Index vocabulary = 1024;
  Index width = 96;
  Index heads = 4;
  Index hidden = 256;  ///< of the multi-layer perceptrons
  Index blocks = 3;
};

/// Where a tensor [rows x columns] lies among the parameters.
struct Tensor {
  Index offset = 0;
  Index rows = 0;
  Index columns = 0;
  enum class Kind : std::uint8_t { embedding, gain, weight } kind = Kind::weight;

  [[nodiscard]] MatrixMap of(Vector& parameters) const { return {parameters.data() + offset, rows, columns}; }
  [[nodiscard]] ConstMatrixMap of(const Vector& parameters) const {
    return {parameters.data() + offset, rows, columns};
  }
};

/// The tensors of a decoder. Each begins at a multiple of 16 floats, so that sums over it are taken in one order
/// wherever the vector lies; the floats between them stay zero.
class Layout {
 public:
  struct Block {
    Tensor attention_gain, qkv, attention_output, mlp_gain, gate, up, down;
  };

  explicit Layout(const Shape& shape);

  [[nodiscard]] const Shape& shape() const { return shape_; }
  /// Floats of the vector.
  [[nodiscard]] Index size() const { return size_; }
  /// Of these the ones that are learned.
  [[nodiscard]] Index count() const;
  [[nodiscard]] const std::vector<Tensor>& tensors() const { return tensors_; }
  [[nodiscard]] const Tensor& embedding() const { return embedding_; }
  [[nodiscard]] const std::vector<Block>& blocks() const { return blocks_; }
  [[nodiscard]] const Tensor& final_gain() const { return final_gain_; }
  [[nodiscard]] const Tensor& head() const { return head_; }

  /// Gains of 1; embeddings and weights from a normal distribution of standard deviation 0.02, that of what is added to
  /// the residual stream divided by sqrt(2 blocks), as in GPT-2.
  [[nodiscard]] Vector initial(std::uint64_t seed) const;

 private:
  Tensor add(Index rows, Index columns, Tensor::Kind kind);

  Shape shape_;
  Index size_ = 0;
  std::vector<Tensor> tensors_;
  Tensor embedding_;
  std::vector<Block> blocks_;
  Tensor final_gain_;
  Tensor head_;
};

}  // namespace language
