// Matrices in somebody else's memory.
#pragma once

#include <cstddef>
#include <ranges>
#include <type_traits>

#include <hifloat/config.hpp>
#include <hifloat/error.hpp>

namespace HIFLOAT_NAMESPACE {

/// Refers to a matrix of T: element (i, j) is data[i * row_stride + j * column_stride], strides counted in elements.
/// Copies refer to the same matrix; a view of const elements comes from one of others by itself.
template <class T>
class MatrixView {
 public:
  using value_type = std::remove_cv_t<T>;  ///< of an element

  HIFLOAT_KEYED constexpr MatrixView() = default;
  /// Row after row, without gaps.
  HIFLOAT_KEYED constexpr MatrixView(T* data, std::size_t rows, std::size_t columns) noexcept
      : MatrixView(data, rows, columns, columns, 1) {}
  /// Any strides, in elements; 0 repeats a row or column. Nothing is checked.
  HIFLOAT_KEYED constexpr MatrixView(T* data, std::size_t rows, std::size_t columns, std::size_t row_stride,
                                     std::size_t column_stride = 1) noexcept
      : data_(data), rows_(rows), columns_(columns), row_stride_(row_stride), column_stride_(column_stride) {}
  /// To read what the other may write. Implicit, as a span's.
  template <class U>
    requires(std::is_same_v<const U, T>)
  HIFLOAT_KEYED constexpr MatrixView(const MatrixView<U>& other) noexcept
      : MatrixView(other.data(), other.rows(), other.columns(), other.row_stride(), other.column_stride()) {}

  HIFLOAT_KEYED [[nodiscard]] constexpr T* data() const noexcept { return data_; }                 ///< element (0, 0)
  HIFLOAT_KEYED [[nodiscard]] constexpr std::size_t rows() const noexcept { return rows_; }        ///< m of m x n
  HIFLOAT_KEYED [[nodiscard]] constexpr std::size_t columns() const noexcept { return columns_; }  ///< n of m x n
  /// Elements from row to row.
  HIFLOAT_KEYED [[nodiscard]] constexpr std::size_t row_stride() const noexcept { return row_stride_; }
  /// Elements from column to column.
  HIFLOAT_KEYED [[nodiscard]] constexpr std::size_t column_stride() const noexcept { return column_stride_; }
  /// No row, or no column.
  HIFLOAT_KEYED [[nodiscard]] constexpr bool empty() const noexcept { return rows_ == 0 || columns_ == 0; }
  /// Elements from the first to the last, both included, and all between them; 0 for an empty matrix.
  HIFLOAT_KEYED [[nodiscard]] constexpr std::size_t extent() const noexcept {
    return empty() ? 0 : (rows_ - 1) * row_stride_ + (columns_ - 1) * column_stride_ + 1;
  }

  /// Element (row, column), which must be there.
  HIFLOAT_KEYED [[nodiscard]] constexpr T& operator()(std::size_t row, std::size_t column) const noexcept {
    return data_[row * row_stride_ + column * column_stride_];
  }
  /// The same elements, with rows and columns exchanged.
  HIFLOAT_KEYED [[nodiscard]] constexpr MatrixView transposed() const noexcept {
    return {data_, columns_, rows_, column_stride_, row_stride_};
  }
  /// Part of it, from (row, column) on; what reaches past the end is std::invalid_argument.
  HIFLOAT_KEYED [[nodiscard]] constexpr MatrixView block(std::size_t row, std::size_t column, std::size_t rows,
                                                         std::size_t columns) const {
    if (row > rows_ || column > columns_ || rows > rows_ - row || columns > columns_ - column) {
      detail::refuse_sizes("hifloat: a block of ", rows, " x ", columns, " from (", row, ", ", column,
                           ") on reaches past the end of its matrix of ", rows_, " x ", columns_);
    }
    const std::size_t offset = rows == 0 || columns == 0 ? 0 : row * row_stride_ + column * column_stride_;
    return {data_ + offset, rows, columns, row_stride_, column_stride_};
  }

 private:
  T* data_ = nullptr;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
  std::size_t row_stride_ = 0;
  std::size_t column_stride_ = 0;
};

}  // namespace HIFLOAT_NAMESPACE

namespace HIFLOAT_DETAIL_NAMESPACE {

/// Lines of `length` elements, each `stride` after the one before, lie within `size` elements.
constexpr void check_lines(std::size_t lines, std::size_t length, std::size_t stride, std::size_t size) {
  if (stride < length && lines > 1) {
    refuse_sizes("hifloat: a leading dimension of ", stride, " is shorter than a row (or column) of ", length);
  }
  if (lines == 0 || length == 0) return;
  if (length > size || (lines > 1 && (size - length) / stride < lines - 1)) {
    refuse_sizes("hifloat: a matrix is larger than the range that holds it: ", lines, " rows (or columns) of ", length,
                 ", leading dimension ", stride, ", in ", size, " elements");
  }
}

template <class Range>
using view_of_range = MatrixView<std::remove_reference_t<std::ranges::range_reference_t<Range>>>;

template <class Range>
concept MatrixStorage =
    std::ranges::contiguous_range<Range> && std::ranges::sized_range<Range> && std::ranges::borrowed_range<Range>;

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_FUNCTION_NAMESPACE {

/// The matrix that a contiguous range holds row by row, each `leading_dimension` elements (as many as there are
/// columns) after the one before. A range that is too short, or a leading dimension that is, is std::invalid_argument.
template <detail::MatrixStorage Range>
[[nodiscard]] constexpr detail::view_of_range<Range> row_major(Range&& range, std::size_t rows, std::size_t columns,
                                                               std::size_t leading_dimension) {
  detail::check_lines(rows, columns, leading_dimension, std::ranges::size(range));
  return {std::ranges::data(range), rows, columns, leading_dimension, 1};
}
/// The same without gaps.
template <detail::MatrixStorage Range>
[[nodiscard]] constexpr detail::view_of_range<Range> row_major(Range&& range, std::size_t rows, std::size_t columns) {
  return row_major(range, rows, columns, columns);
}

/// The same, column by column: `leading_dimension` is from column to column.
template <detail::MatrixStorage Range>
[[nodiscard]] constexpr detail::view_of_range<Range> column_major(Range&& range, std::size_t rows, std::size_t columns,
                                                                  std::size_t leading_dimension) {
  return row_major(range, columns, rows, leading_dimension).transposed();
}
/// The same without gaps.
template <detail::MatrixStorage Range>
[[nodiscard]] constexpr detail::view_of_range<Range> column_major(Range&& range, std::size_t rows,
                                                                  std::size_t columns) {
  return column_major(range, rows, columns, rows);
}

}  // namespace HIFLOAT_FUNCTION_NAMESPACE
