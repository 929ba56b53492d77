// How matrices lie in memory, for array functions, which want contiguous elements.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>

#include <Eigen/Core>

#include <hifloat/config.hpp>
#include <hifloat/eigen/numbers.hpp>
#include <hifloat/storage.hpp>

namespace HIFLOAT_NAMESPACE::eigen {

/// What of a matrix has a scale of its own, or lies together in memory.
enum class Lines { Rows, Columns };

/// A matrix, map, block or other dense expression that can be assigned to, of a floating type that array functions
/// take.
template <class X>
concept WritableMatrix =
    std::is_base_of_v<Eigen::MatrixBase<std::remove_cvref_t<X>>, std::remove_cvref_t<X>> &&
    FloatingStorage<typename std::remove_cvref_t<X>::Scalar> && !std::is_const_v<std::remove_reference_t<X>> &&
    (int{std::remove_cvref_t<X>::Flags} & int{Eigen::LvalueBit}) != 0;

}  // namespace HIFLOAT_NAMESPACE::eigen

namespace HIFLOAT_DETAIL_NAMESPACE {

using eigen::Lines;

/// The lines that are contiguous in a dense matrix of X's storage order.
template <class X>
inline constexpr Lines stored_lines = X::IsRowMajor ? Lines::Rows : Lines::Columns;

/// A dense matrix of X's sizes whose lines are contiguous. Eigen has row vectors in row-major and column vectors in
/// column-major order only; in memory both are the same.
template <class X, class T, Lines lines>
using MatrixOfLines =
    Eigen::Matrix<T, X::RowsAtCompileTime, X::ColsAtCompileTime,
                  X::ColsAtCompileTime != 1 && (X::RowsAtCompileTime == 1 || lines == Lines::Rows) ? Eigen::RowMajor
                                                                                                   : Eigen::ColMajor,
                  X::MaxRowsAtCompileTime, X::MaxColsAtCompileTime>;

/// The same of X's storage order: what an expression X is evaluated to.
template <class X, class T>
using PlainMatrix = MatrixOfLines<X, T, stored_lines<X>>;

/// `count` runs of `length` elements; they begin `stride` apart.
template <class T>
struct MemoryLines {
  T* data;
  Eigen::Index stride;
  std::size_t count;
  std::size_t length;

  [[nodiscard]] std::span<T> operator[](std::size_t i) const noexcept {
    return {data + static_cast<Eigen::Index>(i) * stride, length};
  }
  /// One behind the other, with nothing in between.
  [[nodiscard]] bool are_adjacent() const noexcept {
    return count <= 1 || length == 0 || stride == static_cast<Eigen::Index>(length);
  }
  /// All of them, where they are adjacent.
  [[nodiscard]] std::span<T> joined() const noexcept { return {data, count * length}; }
};

/// X's coefficients lie in memory, at fixed strides. (Eigen's IndexedView says so too, and does not tell where.)
template <class X>
inline constexpr bool has_memory = (int{X::Flags} & int{Eigen::DirectAccessBit}) != 0 && requires(const X& x) {
  x.data();
  x.rowStride();
};

/// The elements of a line of x are neighbours.
template <Lines lines, class X>
[[nodiscard]] bool has_contiguous_lines(const X& x) noexcept {
  return lines == Lines::Rows ? x.colStride() == 1 || x.cols() <= 1 : x.rowStride() == 1 || x.rows() <= 1;
}

template <Lines lines, class X>
[[nodiscard]] std::size_t line_count(const X& x) noexcept {
  return static_cast<std::size_t>(lines == Lines::Rows ? x.rows() : x.cols());
}

/// The lines of an x that has_contiguous_lines.
template <Lines lines, class X>
[[nodiscard]] auto lines_of(X& x) noexcept {
  const auto rows = static_cast<std::size_t>(x.rows());
  const auto columns = static_cast<std::size_t>(x.cols());
  using T = std::remove_pointer_t<decltype(x.data())>;
  if constexpr (lines == Lines::Rows) return MemoryLines<T>{x.data(), x.rowStride(), rows, columns};
  if constexpr (lines == Lines::Columns) return MemoryLines<T>{x.data(), x.colStride(), columns, rows};
}

/// Calls read with the lines of x, in x's own memory where they are contiguous there, else in a copy. An expression is
/// evaluated once.
template <Lines lines, class X, class Read>
decltype(auto) read_lines(const X& x, const Read& read) {
  if constexpr (has_memory<X>) {
    if (has_contiguous_lines<lines>(x)) return read(lines_of<lines>(x));
  }
  const MatrixOfLines<X, typename X::Scalar, lines> copy = x;
  return read(lines_of<lines>(copy));
}

/// Calls read with all elements of x in its storage order, in x's own memory where they are contiguous there, else in a
/// copy.
template <class X, class Read>
decltype(auto) read_elements(const X& x, const Read& read) {
  if constexpr (has_memory<X>) {
    if (has_contiguous_lines<stored_lines<X>>(x)) {
      const auto lines = lines_of<stored_lines<X>>(x);
      if (lines.are_adjacent()) return read(lines.joined());
    }
  }
  const PlainMatrix<X, typename X::Scalar> copy = x;
  return read(lines_of<stored_lines<X>>(copy).joined());
}

/// Calls write with the lines of x: in x's own memory where they are contiguous there, else in a matrix that is then
/// assigned to x.
template <Lines lines, class X, class Write>
void write_lines(X& x, const Write& write) {
  if constexpr (has_memory<X>) {
    if (has_contiguous_lines<lines>(x)) return write(lines_of<lines>(x));
  }
  MatrixOfLines<X, typename X::Scalar, lines> values;
  values.resize(x.rows(), x.cols());
  write(lines_of<lines>(values));
  x = values;
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
