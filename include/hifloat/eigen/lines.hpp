// How matrices lie in memory, for array functions, which want contiguous elements.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

#include <Eigen/Core>

#include <hifloat/config.hpp>
#include <hifloat/eigen/numbers.hpp>
#include <hifloat/storage.hpp>

/// Eigen's matrices under scalers and as operands of products.
namespace HIFLOAT_NAMESPACE::eigen {

/// What of a matrix has a scale of its own, or lies together in memory.
enum class Lines {
  Rows,    ///< each row
  Columns  ///< each column
};

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

/// A dense matrix of X's sizes and storage order: what an expression X is evaluated to. (Eigen has row vectors in
/// row-major and column vectors in column-major order only; in memory both are the same.)
template <class X, class T>
using PlainMatrix =
    Eigen::Matrix<T, X::RowsAtCompileTime, X::ColsAtCompileTime,
                  X::ColsAtCompileTime != 1 && (X::RowsAtCompileTime == 1 || X::IsRowMajor) ? Eigen::RowMajor
                                                                                            : Eigen::ColMajor,
                  X::MaxRowsAtCompileTime, X::MaxColsAtCompileTime>;

/// X's coefficients lie in memory, at fixed strides. (Eigen's IndexedView says so too, and does not tell where.)
template <class X>
inline constexpr bool has_memory = (int{X::Flags} & int{Eigen::DirectAccessBit}) != 0 && requires(const X& x) {
  x.data();
  x.rowStride();
};

/// `count` lines of `length` elements: element j of line i is data[i * line_stride + j * element_stride].
template <class T>
struct MemoryLines {
  T* data;
  Eigen::Index line_stride, element_stride;
  std::size_t count, length;

  /// The same, to read.
  [[nodiscard]] MemoryLines<const T> to_read() const noexcept {
    return {data, line_stride, element_stride, count, length};
  }
  /// The elements of a line are neighbours.
  [[nodiscard]] bool are_contiguous() const noexcept { return element_stride == 1 || length <= 1; }
  /// A line, where they are contiguous.
  [[nodiscard]] std::span<T> operator[](std::size_t i) const noexcept {
    return {length == 0 ? data : data + static_cast<Eigen::Index>(i) * line_stride, length};
  }
  /// The lines from `first` on.
  [[nodiscard]] MemoryLines from(std::size_t first) const noexcept {
    return {(*this)[first].data(), line_stride, element_stride, count - first, length};
  }
  /// The lines lie one after the other, with nothing in between.
  [[nodiscard]] bool are_adjacent() const noexcept {
    return count == 0 || length == 0 ||
           (are_contiguous() && (count == 1 || line_stride == static_cast<Eigen::Index>(length)));
  }
  /// All elements, where they are adjacent.
  [[nodiscard]] std::span<T> joined() const noexcept { return {data, count * length}; }
};

template <Lines lines, class X>
[[nodiscard]] std::size_t line_count(const X& x) noexcept {
  return static_cast<std::size_t>(lines == Lines::Rows ? x.rows() : x.cols());
}

/// The lines of an X that has_memory.
template <Lines lines, class X>
[[nodiscard]] auto lines_of(X& x) noexcept {
  using T = std::remove_pointer_t<decltype(x.data())>;
  const Eigen::Index row = x.rowStride(), column = x.colStride();
  const auto rows = static_cast<std::size_t>(x.rows());
  const auto columns = static_cast<std::size_t>(x.cols());
  return lines == Lines::Rows ? MemoryLines<T>{x.data(), row, column, rows, columns}
                              : MemoryLines<T>{x.data(), column, row, columns, rows};
}

/// Copies of a few neighbouring lines, each contiguous. Lines that are not contiguous themselves often run across those
/// that are: there are as many copies as use up a cache line of codes.
template <class T>
class LineCopies {
 public:
  static constexpr std::size_t most = 64;

  /// Has no memory where the lines need no copies.
  explicit LineCopies(const MemoryLines<const T>& lines)
      : stride_(stride_for(lines.length)),
        copies_(lines.are_contiguous() ? 0 : (std::min)(lines.count, most) * stride_) {}

  [[nodiscard]] bool are_used() const noexcept { return !copies_.empty(); }
  /// Lines `first` and up to `most` from there on, as lines of the copies.
  [[nodiscard]] MemoryLines<T> of(const MemoryLines<const T>& lines, std::size_t first) noexcept {
    return {copies_.data(), static_cast<Eigen::Index>(stride_), 1, (std::min)(most, lines.count - first), lines.length};
  }

 private:
  /// An odd number of cache lines: copies that began a power of two apart would be in each other's place in a cache.
  [[nodiscard]] static std::size_t stride_for(std::size_t length) noexcept {
    constexpr std::size_t cache_line = 64;
    return ((length * sizeof(T) / cache_line + 1) | 1) * (cache_line / sizeof(T));
  }

  std::size_t stride_;
  std::vector<T> copies_;
};

/// Copies as many lines as `to` has, across them: in what is not contiguous, neighbours of different lines are
/// neighbours in memory.
template <class T>
void copy_lines(const MemoryLines<const T>& from, const MemoryLines<T>& to) noexcept {
  const auto length = static_cast<Eigen::Index>(to.length), count = static_cast<Eigen::Index>(to.count);
  for (Eigen::Index j = 0; j < length; ++j) {
    const T* source = from.data + j * from.element_stride;
    T* target = to.data + j * to.element_stride;
    for (Eigen::Index i = 0; i < count; ++i) target[i * to.line_stride] = source[i * from.line_stride];
  }
}

/// Reads lines, one after the other, as contiguous memory.
template <class T>
class LineReader {
 public:
  explicit LineReader(const MemoryLines<const T>& lines) : lines_(lines), copies_(lines) {}

  [[nodiscard]] std::span<const T> operator[](std::size_t i) {
    if (!copies_.are_used()) return lines_[i];
    if (i < first_ || i >= first_ + copied_.count) {
      first_ = i;
      copied_ = copies_.of(lines_, first_);
      copy_lines(lines_.from(first_), copied_);
    }
    return copied_[i - first_];
  }

 private:
  MemoryLines<const T> lines_;
  LineCopies<T> copies_;
  MemoryLines<T> copied_{};
  std::size_t first_ = 0;
};

/// Calls write(i, line) for each line in order, with contiguous memory to write to.
template <class T, class Write>
void write_lines(const MemoryLines<T>& lines, const Write& write) {
  LineCopies<T> copies(lines.to_read());
  if (!copies.are_used()) {
    for (std::size_t i = 0; i < lines.count; ++i) write(i, lines[i]);
    return;
  }
  for (std::size_t first = 0; first < lines.count; first += copies.most) {
    const MemoryLines<T> copied = copies.of(lines.to_read(), first);
    for (std::size_t i = 0; i < copied.count; ++i) write(first + i, copied[i]);
    MemoryLines<T> target = lines.from(first);
    target.count = copied.count;
    copy_lines(copied.to_read(), target);
  }
}

/// Calls read(y), y being x where it has_memory, else what x is evaluated to.
template <class X, class Read>
decltype(auto) read_in_memory(const X& x, const Read& read) {
  if constexpr (has_memory<X>) {
    return read(x);
  } else {
    const PlainMatrix<X, typename X::Scalar> values = x;
    return read(values);
  }
}

/// Calls write(y), y being x where it has_memory, else a matrix that is then assigned to x.
template <class X, class Write>
void write_in_memory(X& x, const Write& write) {
  if constexpr (has_memory<X>) {
    write(x);
  } else {
    PlainMatrix<X, typename X::Scalar> values;
    values.resize(x.rows(), x.cols());
    write(values);
    x = values;
  }
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
