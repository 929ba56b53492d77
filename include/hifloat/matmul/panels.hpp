// The right operand of a product as kernels read it.
//
// A panel is some columns of it, over the whole summed dimension. The codes of a panel lie word by word: `depth`
// neighbours in the summed dimension for the first column, then for the next one. They stay codes: they are decoded for
// each block of a product, which costs a few percent of it, and a product with few rows reads one byte for each weight.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include <hifloat/config.hpp>
#include <hifloat/executor.hpp>
#include <hifloat/matmul/scaled_matrix.hpp>
#include <hifloat/matmul/transpose.hpp>
#include <hifloat/simd/product_kernels.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

struct PanelShape {
  std::size_t columns;
  std::size_t depth;
  std::size_t element_size;

  [[nodiscard]] std::size_t panels(std::size_t of_columns) const noexcept {
    return (of_columns + columns - 1) / columns;
  }
  [[nodiscard]] std::size_t words(std::size_t of_rows) const noexcept { return (of_rows + depth - 1) / depth; }
  /// Of so many rows of one panel.
  [[nodiscard]] std::size_t bytes(std::size_t of_rows) const noexcept {
    return words(of_rows) * depth * columns * element_size;
  }
};

/// The shape of the panels that these kernels read.
[[nodiscard]] inline PanelShape panel_shape(const ProductKernels& kernels, std::size_t element_size) noexcept {
  return {kernels.columns, kernels.depth, element_size};
}

/// Transposes units of 1 or 2 bytes.
inline void transpose_units(std::size_t unit, const std::uint8_t* in, std::size_t in_stride, std::uint8_t* out,
                            std::size_t out_stride, std::size_t rows, std::size_t columns) noexcept {
  const auto call = unit == 1 ? &transpose<1> : &transpose<2>;
  call(in, in_stride, out, out_stride, rows, columns);
}

/// `rows` rows from `row` on of one panel, the one that begins at `column`. What the matrix lacks is zero.
inline void pack_panel(const ElementView& b, std::size_t row, std::size_t rows, std::size_t column,
                       const PanelShape& shape, std::uint8_t* out) noexcept {
  if (rows == 0) return;
  const std::size_t size = shape.element_size, unit = shape.depth * size, line = shape.columns * unit;
  const std::size_t columns = (std::min)(shape.columns, b.columns - column), whole = rows / shape.depth;
  if (columns < shape.columns || rows % shape.depth != 0) std::memset(out, 0, shape.bytes(rows));
  const auto element = [&](std::size_t i, std::size_t j) {
    std::memcpy(out + i / shape.depth * line + j * unit + i % shape.depth * size, b.at(row + i, column + j), size);
  };
  if (b.row_stride == 1) {
    transpose_units(unit, b.at(row, column), b.column_stride * size, out, line, columns, whole);
  } else if (b.column_stride == 1 && shape.depth == 1) {
    copy_lines(b.at(row, column), b.row_stride * size, out, line, rows, columns * size);
  } else if (b.column_stride == 1) {
    for (std::size_t word = 0; word < whole; ++word) {
      const std::uint8_t* const from = b.at(row + word * shape.depth, column);
      interleave(from, from + b.row_stride, out + word * line, columns);  // a depth of 2
    }
  } else {
    for (std::size_t i = 0; i < whole * shape.depth; ++i) {
      for (std::size_t j = 0; j < columns; ++j) element(i, j);
    }
  }
  for (std::size_t i = whole * shape.depth; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) element(i, j);
  }
}

/// All panels of a matrix, one after the other.
template <Executor E>
[[nodiscard]] std::vector<std::uint8_t> pack_panels(const E& executor, const ElementView& b, const PanelShape& shape) {
  const std::size_t panels = shape.panels(b.columns), bytes = shape.bytes(b.rows);
  std::vector<std::uint8_t> codes(panels * bytes);
  constexpr std::size_t least = std::size_t{1} << 18;  // bytes that are worth a thread's while
  const std::size_t threads = std::min<std::size_t>(std::max<std::size_t>(executor.concurrency(), 1), panels);
  const std::size_t pieces = std::max<std::size_t>((std::min)(threads, codes.size() / least), 1);
  const auto piece = [&](std::size_t i) {
    for (std::size_t panel = i * panels / pieces; panel < (i + 1) * panels / pieces; ++panel) {
      pack_panel(b, 0, b.rows, panel * shape.columns, shape, codes.data() + panel * bytes);
    }
  };
  run_pieces(executor, pieces, Task(piece));
  return codes;
}

/// All panels of a matrix: packed before, or each block when it is asked for.
class Panels {
 public:
  Panels(const ElementView& matrix, const PanelShape& shape) noexcept : matrix_(matrix), shape_(shape) {}
  Panels(const std::uint8_t* packed, std::size_t rows, std::size_t columns, const PanelShape& shape) noexcept
      : is_packed_(true), packed_(packed), shape_(shape) {
    matrix_.rows = rows;
    matrix_.columns = columns;
  }

  [[nodiscard]] const PanelShape& shape() const noexcept { return shape_; }
  [[nodiscard]] std::size_t rows() const noexcept { return matrix_.rows; }
  [[nodiscard]] std::size_t columns() const noexcept { return matrix_.columns; }
  [[nodiscard]] std::size_t count() const noexcept { return shape_.panels(columns()); }
  [[nodiscard]] bool is_packed() const noexcept { return is_packed_; }
  /// From one panel's codes to the next one's, where they are packed.
  [[nodiscard]] std::size_t stride() const noexcept { return is_packed_ ? shape_.bytes(rows()) : 0; }
  /// What `block` wants for so many rows.
  [[nodiscard]] std::size_t scratch_bytes(std::size_t rows) const noexcept {
    return is_packed_ ? 0 : shape_.bytes(rows);
  }
  /// The codes of `rows` rows from `row`, a multiple of the depth, on.
  [[nodiscard]] const std::uint8_t* block(std::size_t panel, std::size_t row, std::size_t rows,
                                          std::uint8_t* scratch) const noexcept {
    if (is_packed_) return packed_ + panel * shape_.bytes(this->rows()) + shape_.bytes(row);
    pack_panel(matrix_, row, rows, panel * shape_.columns, shape_, scratch);
    return scratch;
  }
  /// For tiles of so many words, to prefetch the codes that `block` will give. Codes that are not packed are not there
  /// yet, and not prefetched: each time, their page would be looked up.
  [[nodiscard]] CodesAhead ahead(std::size_t panel, std::size_t row, std::size_t rows,
                                 std::size_t words) const noexcept {
    if (!is_packed_ || rows == 0) return {reinterpret_cast<std::uintptr_t>(is_packed_ ? packed_ : matrix_.data), 0};
    const std::size_t step = (shape_.bytes(rows) + words - 1) / words;
    return {reinterpret_cast<std::uintptr_t>(block(panel, row, 0, nullptr)), (std::min)(step, CodesAhead::most)};
  }
  /// For tiles that read packed codes in the order of memory: those that lie so many rows ahead, of the next panel at
  /// the end. (Past the last panel, a few are prefetched in vain.)
  [[nodiscard]] CodesAhead ahead(const std::uint8_t* codes, std::size_t rows) const noexcept {
    const std::size_t step = shape_.bytes(shape_.depth);
    return {reinterpret_cast<std::uintptr_t>(codes) + shape_.bytes(rows), (std::min)(step, CodesAhead::most)};
  }

 private:
  bool is_packed_ = false;
  const std::uint8_t* packed_ = nullptr;
  ElementView matrix_{};
  PanelShape shape_;
};

}  // namespace HIFLOAT_DETAIL_NAMESPACE
