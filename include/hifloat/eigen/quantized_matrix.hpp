// What quantizing a matrix returns: its codes, as a matrix of the same shape, with what they can be read with.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <hifloat/array.hpp>
#include <hifloat/config.hpp>
#include <hifloat/eigen/lines.hpp>
#include <hifloat/eigen/view.hpp>
#include <hifloat/error.hpp>
#include <hifloat/executor.hpp>
#include <hifloat/hif8.hpp>
#include <hifloat/matmul/scaled_matrix.hpp>
#include <hifloat/scaling/quantized.hpp>
#include <hifloat/stats.hpp>
#include <hifloat/storage.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

template <class A, class B>
void check_same_shape(const A& a, const B& b) {
  if (a.rows() != b.rows() || a.cols() != b.cols()) {
    refuse_sizes("hifloat: the matrices have different sizes: ", line_count<Lines::Rows>(a), " x ",
                 line_count<Lines::Columns>(a), " and ", line_count<Lines::Rows>(b), " x ",
                 line_count<Lines::Columns>(b));
  }
}

/// The values of a quantized matrix, as a new one.
template <class Values, class Q>
[[nodiscard]] Values dequantized(const Q& quantized) {
  Values x;
  x.resize(quantized.rows(), quantized.cols());
  quantized.dequantize(x);
  return x;
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_NAMESPACE::eigen {

/// The codes of a quantized matrix. `Codes` is a dense Eigen::Matrix of them.
template <class Codes>
class CodeMatrix {
 public:
  /// The matrix of values of type T: the shape and storage order of the codes.
  template <class T>
  using Values = detail::PlainMatrix<Codes, T>;

  HIFLOAT_KEYED CodeMatrix() = default;
  /// Takes the codes over.
  HIFLOAT_KEYED explicit CodeMatrix(Codes codes) : codes_(std::move(codes)) {}

  /// The codes; of a temporary, in a matrix of the caller's.
  /// @{
  HIFLOAT_KEYED [[nodiscard]] const Codes& codes() const& noexcept { return codes_; }
  HIFLOAT_KEYED [[nodiscard]] Codes codes() && noexcept { return std::move(codes_); }
  /// @}
  HIFLOAT_KEYED [[nodiscard]] Eigen::Index rows() const noexcept { return codes_.rows(); }  ///< m of m x n
  HIFLOAT_KEYED [[nodiscard]] Eigen::Index cols() const noexcept { return codes_.cols(); }  ///< n of m x n

 private:
  Codes codes_;
};

/// A matrix quantized with one scale.
template <class Codes>
class QuantizedMatrix : public CodeMatrix<Codes>, public QuantizedInfo {
 public:
  HIFLOAT_KEYED QuantizedMatrix() = default;
  /// The codes, and what they can be read with.
  HIFLOAT_KEYED QuantizedMatrix(Codes codes, const QuantizedInfo& info)
      : CodeMatrix<Codes>(std::move(codes)), QuantizedInfo(info) {}

  /// The values, into a matrix, map or block of the same size, else std::invalid_argument; by the executor where the
  /// elements lie one after the other in the order of the codes.
  template <Executor E, WritableMatrix X>
  HIFLOAT_KEYED void dequantize(const E& executor, X&& x) const {
    detail::check_same_shape(*this, x);
    constexpr Lines stored = detail::stored_lines<Codes>;
    const std::span codes = detail::lines_of<stored>(this->codes()).joined();
    detail::write_in_memory(x, [&](auto& y) {
      const auto lines = detail::lines_of<stored>(y);
      if (lines.are_adjacent()) return decode(on(executor, codes), lines.joined(), inverse_scale());
      detail::write_lines(lines, [&](std::size_t i, const auto& line) {
        decode(codes.subspan(i * line.size(), line.size()), line, inverse_scale());
      });
    });
  }
  /// The same on the calling thread.
  template <WritableMatrix X>
  HIFLOAT_KEYED void dequantize(X&& x) const {
    dequantize(executor::Serial{}, x);
  }
  /// The values, as a new matrix.
  template <FloatingStorage T = float>
  HIFLOAT_KEYED [[nodiscard]] auto dequantize() const {
    return detail::dequantized<typename CodeMatrix<Codes>::template Values<T>>(*this);
  }

  /// What matmul multiplies; valid while this matrix lives.
  HIFLOAT_KEYED operator ScaledMatrix() const&  // it goes wherever an operand goes
      requires detail::is_hif8<typename Codes::Scalar> {
    return {view(this->codes()), inverse_scale()};
  }
  operator ScaledMatrix() && = delete;  // give it a name: the operand refers to it
};

/// A matrix quantized with a scale for each row, or for each column.
template <class Codes, Lines lines>
class QuantizedLines : public CodeMatrix<Codes> {
 public:
  /// Of the default scale.
  HIFLOAT_KEYED QuantizedLines()
      : infos_(detail::line_count<lines>(this->codes())), inverse_scales_(make_inverse_scales()) {}
  /// One info for each line, else std::invalid_argument.
  HIFLOAT_KEYED QuantizedLines(Codes codes, std::vector<QuantizedInfo> infos)
      : CodeMatrix<Codes>(std::move(codes)), infos_(std::move(infos)), inverse_scales_(make_inverse_scales()) {
    const std::size_t count = detail::line_count<lines>(this->codes());
    if (infos_.size() != count) {
      detail::refuse_sizes("hifloat: ", infos_.size(), " infos for a quantized matrix of ", count, " lines");
    }
  }

  /// value = code * inverse_scales()[line]; valid while this matrix lives.
  HIFLOAT_KEYED [[nodiscard]] Eigen::Map<const Eigen::VectorXf> inverse_scales() const noexcept {
    return {inverse_scales_.data(), static_cast<Eigen::Index>(inverse_scales_.size())};
  }
  /// How each line was quantized: its inverse scale, epoch and stats.
  HIFLOAT_KEYED [[nodiscard]] std::span<const QuantizedInfo> infos() const noexcept { return infos_; }
  /// Of all lines.
  HIFLOAT_KEYED [[nodiscard]] QuantizeStats stats() const noexcept {
    QuantizeStats sum{};
    for (const QuantizedInfo& info : infos_) sum += info.stats();
    return sum;
  }

  /// The values, into a matrix, map or block of the same size, else std::invalid_argument.
  template <WritableMatrix X>
  HIFLOAT_KEYED void dequantize(X&& x) const {
    detail::check_same_shape(*this, x);
    detail::LineReader from(detail::lines_of<lines>(this->codes()));
    detail::write_in_memory(x, [&](auto& y) {
      detail::write_lines(detail::lines_of<lines>(y),
                          [&](std::size_t i, const auto& line) { decode(from[i], line, infos_[i].inverse_scale()); });
    });
  }
  /// The values, as a new matrix.
  template <FloatingStorage T = float>
  HIFLOAT_KEYED [[nodiscard]] auto dequantize() const {
    return detail::dequantized<typename CodeMatrix<Codes>::template Values<T>>(*this);
  }

  /// What matmul multiplies; valid while this matrix lives.
  HIFLOAT_KEYED operator ScaledMatrix() const&  // it goes wherever an operand goes
      requires detail::is_hif8<typename Codes::Scalar> {
    return {view(this->codes()), lines == Lines::Rows ? InverseScales::per_row(inverse_scales_)
                                                      : InverseScales::per_column(inverse_scales_)};
  }
  operator ScaledMatrix() && = delete;  // give it a name: the operand refers to it

 private:
  HIFLOAT_KEYED [[nodiscard]] std::vector<float> make_inverse_scales() const {
    std::vector<float> inverse_scales(infos_.size());
    std::ranges::transform(infos_, inverse_scales.begin(), &QuantizedInfo::inverse_scale);
    return inverse_scales;
  }

  std::vector<QuantizedInfo> infos_;
  std::vector<float> inverse_scales_;  ///< of infos_, one after the other
};

/// A scale for each row.
template <class Codes>
using QuantizedRows = QuantizedLines<Codes, Lines::Rows>;
/// A scale for each column.
template <class Codes>
using QuantizedColumns = QuantizedLines<Codes, Lines::Columns>;

}  // namespace HIFLOAT_NAMESPACE::eigen
