// A product, block by block.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/executor.hpp>
#include <hifloat/matmul/blocks.hpp>
#include <hifloat/matmul/options.hpp>
#include <hifloat/matmul/panels.hpp>
#include <hifloat/matmul/parts.hpp>
#include <hifloat/matmul/result.hpp>
#include <hifloat/matmul/scaled_matrix.hpp>
#include <hifloat/matmul/scratch.hpp>
#include <hifloat/matrix_view.hpp>
#include <hifloat/simd/float_environment.hpp>
#include <hifloat/simd/product_kernels.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// C = alpha * A x B + beta * C.
///
/// For each slice of the summed dimension, A's codes are decoded into words; then, block by block, B's, and tiles of
/// both are multiplied. Sums are kept in binary32 until the whole dimension has been summed up, a tile's end while they
/// are in the L1 cache. (To keep B's words for the next rows costs more than to decode them again: they are four times
/// as many bytes.)
template <class T>
class Product {
 public:
  Product(const ProductKernels& kernels, const ScaledMatrix& a, const Panels& b, const InverseScales& b_scales,
          const MatrixView<T>& c, const MatmulOptions& options, std::size_t concurrency) noexcept
      : kernels_(kernels),
        a_(a.elements()),
        b_(b),
        result_(kernels, c, a.inverse_scales(), b_scales, options),
        parts_(c.rows(), kernels.rows, c.columns(), kernels.columns, a_.columns, concurrency),
        first_rows_(a_.size == 1 ? kernels.stream_rows : 0),
        block_(product_blocks(kernels, parts_.rows(0).size(), parts_.panels(0).size(), b.shape().words(a_.columns))) {}

  /// Some of B is read again, for other rows of A.
  [[nodiscard]] bool repeats_panels() const noexcept { return block_.rows < a_.rows; }

  template <Executor E>
  void run(const E& executor) const {
    if (a_.rows == 0 || b_.columns() == 0) return;
    const Layout layout(*this);
    const ScratchMemory memory(parts_.count() * layout.size);
    const auto part = [&](std::size_t i) {
      const FloatEnvironment environment;
      run_part(parts_.rows(i), parts_.panels(i), Scratch(layout, memory, i * layout.size));
    };
    run_pieces(executor, parts_.count(), Task(part));
  }

 private:
  /// Offsets in a part's memory.
  struct Layout {
    explicit Layout(const Product& p) noexcept
        : a(append<std::uint32_t>(size, p.block_.rows * p.a_stride())),
          b(append<std::uint32_t>(size, p.block_.panels * p.panel_words())),
          sums(append<float>(size, p.kept_sums())),
          scales(append<double>(size, p.block_.panels * p.kernels_.columns)),
          a_elements(append<std::uint8_t>(size, p.a_element_bytes())),
          b_codes(append<std::uint8_t>(size, p.b_.scratch_bytes(p.depth_of(p.block_.part_words)))) {}

    std::size_t size = 0;
    std::size_t a, b, sums, scales, a_elements, b_codes;
  };
  struct Scratch {
    Scratch(const Layout& layout, const ScratchMemory& memory, std::size_t begin) noexcept
        : a(memory.at<std::uint32_t>(begin + layout.a)),
          b(memory.at<std::uint32_t>(begin + layout.b)),
          sums(memory.at<float>(begin + layout.sums)),
          scales(memory.at<double>(begin + layout.scales)),
          a_elements(memory.at<std::uint8_t>(begin + layout.a_elements)),
          b_codes(memory.at<std::uint8_t>(begin + layout.b_codes)) {}

    std::uint32_t* a;          ///< a block's rows, each of block_.words words, a_stride() apart
    std::uint32_t* b;          ///< a block's panels, each of panel_words() words
    float* sums;               ///< of a panel: its rows, one after the other; then those of the next panel
    double* scales;            ///< of the columns of a block of B
    std::uint8_t* a_elements;  ///< a block's rows, where A's own are not contiguous
    std::uint8_t* b_codes;     ///< a part of one panel, packed
  };

  /// A line apart from a power of two, which would leave rows only a few sets of a cache.
  [[nodiscard]] std::size_t a_stride() const noexcept { return block_.words + 16; }
  [[nodiscard]] std::size_t panel_words() const noexcept { return block_.part_words * kernels_.columns; }
  [[nodiscard]] std::size_t depth_of(std::size_t words) const noexcept { return words * kernels_.depth; }
  [[nodiscard]] bool is_one_slice() const noexcept { return depth_of(block_.words) >= a_.columns; }
  [[nodiscard]] bool is_one_part() const noexcept { return depth_of(block_.part_words) >= a_.columns; }
  [[nodiscard]] std::size_t kept_sums() const noexcept {
    if (is_one_part()) return most_tile_rows * kernels_.columns;
    return sums_of_panel() * (is_one_slice() ? block_.panels : block_.panels_of_sums);
  }
  [[nodiscard]] std::size_t sums_of_panel() const noexcept { return block_.rows * kernels_.columns; }
  [[nodiscard]] std::size_t a_element_bytes() const noexcept {
    return a_.column_stride == 1 ? 0 : block_.rows * depth_of(block_.words) * a_.size;
  }

  void run_part(const IndexRange& rows, const IndexRange& panels, const Scratch& scratch) const noexcept {
    for_each_piece(panels, block_.panels_of_sums, [&](const IndexRange& some_panels) {
      for_each_piece(rows, block_.rows,
                     [&](const IndexRange& some_rows) { run_block(some_rows, some_panels, scratch); });
    });
  }

  void run_block(const IndexRange& rows, const IndexRange& panels, const Scratch& scratch) const noexcept {
    std::size_t k = 0;
    do {  // once, if there is nothing to be summed up: sums are 0 then
      const IndexRange slice{k, (std::min)(k + depth_of(block_.words), a_.columns)};
      decode_rows(rows, slice, scratch);
      for_each_piece(panels, block_.panels, [&](const IndexRange& some) {
        const Position next = some.last < panels.last ? Position{some.last, k} : Position{panels.first, slice.last};
        const std::size_t before = is_one_slice() ? 0 : some.first - panels.first;
        run_panels({rows, some, scratch.sums + before * sums_of_panel()}, slice, next, scratch);
      });
      k = slice.last;
    } while (k < a_.columns);
  }

  /// Where a part of B begins.
  struct Position {
    std::size_t panel, row;
  };
  /// A block of C: A's rows, panels, and where their sums are.
  struct Block {
    IndexRange rows, panels;
    float* sums;
  };
  /// Adds what a slice adds.
  void run_panels(const Block& block, const IndexRange& slice, const Position& next,
                  const Scratch& scratch) const noexcept {
    for (std::size_t panel = block.panels.first; panel < block.panels.last; ++panel) {
      result_.widen_scales(panel, scratch.scales + (panel - block.panels.first) * kernels_.columns);
    }
    if (stream_panel(block, scratch)) return;
    std::size_t k = slice.first;
    do {
      const IndexRange part{k, (std::min)(k + depth_of(block_.part_words), slice.last)};
      const std::uint32_t* const a = scratch.a + (k - slice.first) / kernels_.depth;
      multiply(block, part, part.last < slice.last ? Position{block.panels.first, part.last} : next, a, scratch);
      k = part.last;
    } while (k < slice.last);
  }

  /// The whole of a packed panel at once, where rows are so few that no others want its words. False, and nothing done,
  /// elsewhere, and where it has codes that tiles can't decode.
  [[nodiscard]] bool stream_panel(const Block& block, const Scratch& scratch) const noexcept {
    const std::size_t rows = block.rows.size();
    if (!b_.is_packed() || !is_one_slice() || rows > first_rows_ || block.panels.size() != 1) return false;
    const std::size_t panel = block.panels.first;
    result_.prefetch(block.rows, panel);
    const std::uint8_t* const codes = b_.block(panel, 0, b_.rows(), nullptr);
    const CodesAhead ahead = b_.ahead(codes, depth_of(kernels_.part_words));
    if (!kernels_.streams[rows - 1](scratch.a, a_stride(), codes, block_.words, block.sums, false, ahead, nullptr)) {
      return false;
    }
    result_.write(block.rows, panel, block.sums, scratch.scales);
    return true;
  }

  /// Adds what a part adds; the last one writes C. Of each panel the first tile reads the codes, where there are
  /// kernels for that, and leaves the words to the others: it multiplies while it waits.
  void multiply(const Block& block, const IndexRange& part, const Position& next, const std::uint32_t* a,
                const Scratch& scratch) const noexcept {
    const std::size_t words = b_.shape().words(part.size()), rows = block.rows.size();
    const std::size_t first = (std::min)(first_rows_, rows);
    const std::size_t others = (rows - first + kernels_.rows - 1) / kernels_.rows;
    const std::size_t next_rows = (std::min)(depth_of(block_.part_words), a_.columns - next.row);
    const CodesAhead ahead = b_.ahead(next.panel, next.row, next_rows, words * ((first != 0) + others));
    const bool is_first_part = part.first == 0, is_last_part = part.last == a_.columns;
    std::size_t asked = 0;
    const auto tile = [&](std::size_t row, std::size_t n) {
      const IndexRange rows_of_c{block.rows.first + row, block.rows.first + row + n};
      for (std::size_t i = 0; i < block.panels.size(); ++i) {
        const std::size_t panel = block.panels.first + i;
        std::uint32_t* const b = scratch.b + i * panel_words();
        float* const sums = is_one_part() ? block.sums : block.sums + i * sums_of_panel() + row * kernels_.columns;
        const CodesAhead tile_ahead{ahead.address + i * b_.stride() + asked, ahead.step};
        if (is_last_part) result_.prefetch(rows_of_c, panel);
        bool done = false;
        if (row == 0) {
          const std::uint8_t* const codes = b_.block(panel, part.first, part.size(), scratch.b_codes);
          done = first != 0 && kernels_.streams[n - 1](a, a_stride(), codes, words, sums, !is_first_part, tile_ahead,
                                                       others == 0 ? nullptr : b);
          if (!done) decode_panel(codes, b, words);
        }
        if (!done) {
          kernels_.tiles[n - 1](a + row * a_stride(), a_stride(), b, words, sums, !is_first_part, tile_ahead);
        }
        if (is_last_part) result_.write(rows_of_c, panel, sums, scratch.scales + i * kernels_.columns);
      }
      asked += words * ahead.step;
    };
    if (first != 0) tile(0, first);
    for (std::size_t i = 0, row = first; i < others; ++i) {
      const std::size_t n = (rows - row) / (others - i);  // as alike as can be: few rows are slow
      tile(row, n);
      row += n;
    }
  }

  /// Elements [k, k + count) of A's rows, as words.
  void decode_rows(const IndexRange& rows, const IndexRange& slice, const Scratch& scratch) const noexcept {
    const std::size_t count = slice.size();
    if (count == 0) return;
    const std::uint8_t* from = a_.at(rows.first, slice.first);
    std::size_t stride = a_.row_stride * a_.size;
    if (a_.column_stride != 1) {
      stride = count * a_.size;
      gather_rows(rows, slice, scratch.a_elements);
      from = scratch.a_elements;
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::uint32_t* const words = scratch.a + i * a_stride();
      if (count % kernels_.depth != 0) std::memset(words + count / kernels_.depth, 0, sizeof *words);
      decode(from + i * stride, words, count);
    }
  }
  void gather_rows(const IndexRange& rows, const IndexRange& slice, std::uint8_t* out) const noexcept {
    if (a_.row_stride == 1) {
      transpose_units(a_.size, a_.at(rows.first, slice.first), a_.column_stride * a_.size, out, slice.size() * a_.size,
                      slice.size(), rows.size());
      return;
    }
    for (std::size_t i = rows.first; i < rows.last; ++i) {
      for (std::size_t k = slice.first; k < slice.last; ++k, out += a_.size) std::memcpy(out, a_.at(i, k), a_.size);
    }
  }

  void decode_panel(const std::uint8_t* elements, std::uint32_t* words, std::size_t rows) const noexcept {
    if (a_.size == 1) return kernels_.decode_panel(elements, words, rows, unscaled_);
    decode(elements, words, depth_of(rows) * kernels_.columns);
  }
  /// n elements as the numbers that words are made of.
  void decode(const std::uint8_t* elements, std::uint32_t* words, std::size_t n) const noexcept {
    if (a_.size == 1) return kernels_.decode(elements, words, n, unscaled_);
    for (std::size_t i = 0; i < n; ++i) {
      std::uint16_t upper = 0;
      std::memcpy(&upper, elements + 2 * i, 2);
      reinterpret_cast<float*>(words)[i] = bit_cast<float>(std::uint32_t{upper} << 16);
    }
  }

  const ProductKernels& kernels_;
  ElementView a_;
  Panels b_;
  Result<T> result_;
  ProductParts parts_;
  std::size_t first_rows_;  ///< of a tile that reads codes, at most
  ProductBlocks block_;
  KernelParams unscaled_{ScaleParams{}};
};

}  // namespace HIFLOAT_DETAIL_NAMESPACE
