// What a layer multiplies: a matrix that was rounded once, to be used in more than one product.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <hifloat/array.hpp>
#include <hifloat/config.hpp>
#include <hifloat/executor.hpp>
#include <hifloat/matmul/owned_sizes.hpp>
#include <hifloat/matmul/scaled_matrix.hpp>
#include <hifloat/matrix_view.hpp>
#include <hifloat/qat/precision.hpp>
#include <hifloat/qat/tensor_quantizer.hpp>
#include <hifloat/scaling/quantize_tensor.hpp>
#include <hifloat/scaling/quantized.hpp>
#include <hifloat/storage.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// The elements of a matrix, row by row: where they are, if they lie so, or copied into `copy`.
[[nodiscard]] inline std::span<const float> row_by_row(const MatrixView<const float>& matrix,
                                                       std::vector<float>& copy) {
  const std::size_t rows = matrix.rows(), columns = matrix.columns();
  check_countable(rows, columns);
  const bool rows_are_dense = columns <= 1 || matrix.column_stride() == 1;
  const bool rows_follow = rows <= 1 || matrix.row_stride() == columns;
  if (matrix.empty()) return {};
  if (rows_are_dense && rows_follow) return {matrix.data(), rows * columns};
  copy.resize(rows * columns);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) copy[i * columns + j] = matrix(i, j);
  }
  return copy;
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_NAMESPACE::qat {

/// A matrix as codes with their inverse scale, or as bfloat16 numbers; and the layer's step that it belongs to. The
/// stats of bfloat16 numbers are count, amax and non_finite alone.
template <class Code>
class Operand : public QuantizedInfo {
 public:
  /// Empty: 0 x 0. So is what was moved from.
  HIFLOAT_KEYED Operand() = default;
  /// The rounded matrix, under the quantizer's present scale and with its next random bits. Changes neither.
  template <class Scaler, Executor E>
  HIFLOAT_KEYED Operand(const detail::TensorQuantizer<Code, Scaler>& quantizer, const E& executor,
                        const MatrixView<const float>& matrix, Precision precision) {
    round(quantizer, executor, matrix, precision);
  }

  /// Becomes the operand that is made of these, in the memory that it has. After an error it is to be assigned anew.
  template <class Scaler, Executor E>
  HIFLOAT_KEYED void round(const detail::TensorQuantizer<Code, Scaler>& quantizer, const E& executor,
                           const MatrixView<const float>& matrix, Precision precision) {
    std::vector<float> copy;
    const auto elements = on(executor, detail::row_by_row(matrix, copy));
    if (precision == Precision::hif8) {
      numbers_ = {};
      codes_.resize(elements.size());
      static_cast<QuantizedInfo&>(*this) = quantizer.quantize(elements, codes_);
    } else {
      codes_ = {};
      numbers_.resize(elements.size());
      encode(elements, numbers_);
      static_cast<QuantizedInfo&>(*this) = {1.0f, quantizer.epoch(), detail::unscaled_stats(elements), false};
    }
    sizes_ = {matrix.rows(), matrix.columns()};
    precision_ = precision;
    step_ = quantizer.bits().step;
  }

  HIFLOAT_KEYED [[nodiscard]] std::size_t rows() const noexcept { return sizes_.rows; }         ///< m of m x n
  HIFLOAT_KEYED [[nodiscard]] std::size_t columns() const noexcept { return sizes_.columns; }   ///< n of m x n
  HIFLOAT_KEYED [[nodiscard]] std::size_t size() const noexcept { return rows() * columns(); }  ///< in elements
  /// Codes, or numbers in bfloat16.
  HIFLOAT_KEYED [[nodiscard]] Precision precision() const noexcept { return precision_; }
  /// How many commits the layer had seen.
  HIFLOAT_KEYED [[nodiscard]] std::uint64_t step() const noexcept { return step_; }

  /// For products; refers to this operand.
  HIFLOAT_KEYED [[nodiscard]] ScaledMatrix matrix() const noexcept {
    if (precision_ == Precision::bf16) return MatrixView<const bfloat16>(numbers_.data(), rows(), columns());
    return {MatrixView<const Code>(codes_.data(), rows(), columns()), inverse_scale()};
  }
  /// Row by row; empty in BF16.
  HIFLOAT_KEYED [[nodiscard]] std::span<const Code> codes() const noexcept { return codes_; }
  /// Row by row; empty in HiF8.
  HIFLOAT_KEYED [[nodiscard]] std::span<const bfloat16> numbers() const noexcept { return numbers_; }

 private:
  detail::OwnedSizes sizes_{};
  Precision precision_ = Precision::hif8;
  std::uint64_t step_ = 0;
  std::vector<Code> codes_{};
  std::vector<bfloat16> numbers_{};
};

}  // namespace HIFLOAT_NAMESPACE::qat
