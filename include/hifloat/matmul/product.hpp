// A product, block by block.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/executor.hpp>
#include <hifloat/matmul/options.hpp>
#include <hifloat/matmul/panels.hpp>
#include <hifloat/matmul/parts.hpp>
#include <hifloat/matmul/scaled_matrix.hpp>
#include <hifloat/matmul/scratch.hpp>
#include <hifloat/matrix_view.hpp>
#include <hifloat/simd/float_environment.hpp>
#include <hifloat/simd/product_kernels.hpp>
#include <hifloat/storage.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

inline void prefetch_for_writing(const void* p) noexcept {
#if defined(__GNUC__)
  __builtin_prefetch(p, 1);
#else
  static_cast<void>(p);
#endif
}

/// C = alpha * A x B + beta * C.
///
/// For each block of A's rows and of the summed dimension: A's codes are decoded into words that stay in the L2 cache;
/// then, panel by panel, B's into words that stay in the L1 cache, and tiles of both are multiplied. Sums are kept in
/// binary32 until the whole dimension has been summed up; a tile's end while they are in the L1 cache. (To keep B's
/// words for the next rows costs more than to decode them again: they are four times as many bytes.)
template <class T>
class Product {
 public:
  Product(const ProductKernels& kernels, const ScaledMatrix& a, const Panels& b, const InverseScales& b_scales,
          const MatrixView<T>& c, const MatmulOptions& options, std::size_t concurrency) noexcept
      : kernels_(kernels),
        a_(a.elements()),
        a_scales_(a.inverse_scales()),
        b_(b),
        b_scales_(b_scales),
        c_(c),
        alpha_(options.alpha),
        beta_(options.beta),
        reads_c_((bit_cast<std::uint32_t>(options.beta) & binary32::magnitude_mask) != 0),
        parts_(c.rows(), kernels.rows, c.columns(), kernels.columns, a_.columns, concurrency),
        first_rows_(a_.size == 1 ? kernels.stream_rows : 0),
        rows_(longest_piece(parts_.rows(0).size(), kernels.block_rows, kernels.rows)),
        words_(std::min(slice_words(kernels, rows_), b.shape().words(a_.columns))),
        panels_(std::min(std::max<std::size_t>(block_columns / kernels.columns, 1), parts_.panels(0).size())) {}

  /// Some of B is read again, for other rows of A.
  [[nodiscard]] bool repeats_panels() const noexcept { return rows_ < c_.rows(); }

  template <Executor E>
  void run(const E& executor) const {
    if (c_.empty()) return;
    const Layout layout(*this);
    const ScratchMemory memory(parts_.count() * layout.size);
    const auto part = [&](std::size_t i) {
      const FloatEnvironment environment;
      run_part(parts_.rows(i), parts_.panels(i), Scratch(layout, memory, i * layout.size));
    };
    executor(parts_.count(), Task(part));
  }

 private:
  static constexpr std::size_t block_columns = 1024;  ///< of C: decoding A's block again for each costs 1 percent

  /// Few rows leave room for longer slices, up to B's whole panels in the order of memory.
  [[nodiscard]] static std::size_t slice_words(const ProductKernels& kernels, std::size_t rows) noexcept {
    return kernels.block_rows / std::max<std::size_t>(rows, 1) * kernels.block_words;
  }

  /// Offsets in a part's memory.
  struct Layout {
    explicit Layout(const Product& p) noexcept
        : a(append<std::uint32_t>(size, p.rows_ * p.words_)),
          b(append<std::uint32_t>(size, p.part_words() * p.kernels_.columns)),
          sums(append<float>(size, p.sums_of_panel() * (p.is_one_slice() ? 1 : p.panels_))),
          a_elements(append<std::uint8_t>(size, p.a_element_bytes())),
          b_codes(append<std::uint8_t>(size, p.b_.scratch_bytes(p.depth_of(p.part_words())))) {}

    std::size_t size = 0;
    std::size_t a, b, sums, a_elements, b_codes;
  };
  struct Scratch {
    Scratch(const Layout& layout, const ScratchMemory& memory, std::size_t begin) noexcept
        : a(memory.at<std::uint32_t>(begin + layout.a)),
          b(memory.at<std::uint32_t>(begin + layout.b)),
          sums(memory.at<float>(begin + layout.sums)),
          a_elements(memory.at<std::uint8_t>(begin + layout.a_elements)),
          b_codes(memory.at<std::uint8_t>(begin + layout.b_codes)) {}

    std::uint32_t* a;          ///< a block's rows, each of words_ words
    std::uint32_t* b;          ///< a block of one panel
    float* sums;               ///< of a panel: its rows, one behind the other; then those of the next panel
    std::uint8_t* a_elements;  ///< a block's rows, where A's own are not contiguous
    std::uint8_t* b_codes;     ///< a block of one panel, packed
  };

  [[nodiscard]] std::size_t part_words() const noexcept { return std::min(words_, kernels_.block_words); }
  [[nodiscard]] std::size_t depth_of(std::size_t words) const noexcept { return words * kernels_.depth; }
  [[nodiscard]] bool is_one_slice() const noexcept { return depth_of(words_) >= a_.columns; }
  [[nodiscard]] std::size_t sums_of_panel() const noexcept { return rows_ * kernels_.columns; }
  [[nodiscard]] std::size_t a_element_bytes() const noexcept {
    return a_.column_stride == 1 ? 0 : rows_ * depth_of(words_) * a_.size;
  }

  void run_part(const IndexRange& rows, const IndexRange& panels, const Scratch& scratch) const noexcept {
    for (std::size_t panel = panels.first; panel < panels.last; panel += panels_) {
      const IndexRange some_panels{panel, std::min(panel + panels_, panels.last)};
      for (std::size_t row = rows.first; row < rows.last; row += rows_) {
        run_block({row, std::min(row + rows_, rows.last)}, some_panels, scratch);
      }
    }
  }

  void run_block(const IndexRange& rows, const IndexRange& panels, const Scratch& scratch) const noexcept {
    std::size_t k = 0;
    do {  // once, if there is nothing to be summed up: sums are 0 then
      const IndexRange slice{k, std::min(k + depth_of(words_), a_.columns)};
      decode_rows(rows, slice, scratch);
      for (std::size_t panel = panels.first; panel < panels.last; ++panel) {
        const std::size_t before = is_one_slice() ? 0 : panel - panels.first;
        const Position next = panel + 1 < panels.last ? Position{panel + 1, k} : Position{panels.first, slice.last};
        run_panel(rows, panel, slice, next, scratch.sums + before * sums_of_panel(), scratch);
      }
      k = slice.last;
    } while (k < a_.columns);
  }
  /// Where a part of B begins.
  struct Position {
    std::size_t panel, row;
  };
  /// Adds to sums what a slice of a panel adds.
  void run_panel(const IndexRange& rows, std::size_t panel, const IndexRange& slice, const Position& next, float* sums,
                 const Scratch& scratch) const noexcept {
    const Columns columns(*this, panel);
    if (stream_panel(rows, columns, sums, scratch)) return;
    std::size_t k = slice.first;
    do {
      const IndexRange part{k, std::min(k + depth_of(kernels_.block_words), slice.last)};
      const std::uint32_t* const a = scratch.a + (k - slice.first) / kernels_.depth;
      multiply(rows, columns, part, part.last < slice.last ? Position{panel, part.last} : next, a, sums, scratch);
      k = part.last;
    } while (k < slice.last);
  }

  /// C's columns that a panel yields.
  struct Columns {
    Columns(const Product& p, std::size_t of_panel) noexcept
        : panel(of_panel),
          first(panel * p.kernels_.columns),
          count(std::min(p.kernels_.columns, p.c_.columns() - first)) {
      for (std::size_t j = 0; j < count; ++j) scales[j] = static_cast<double>(p.b_scales_[first + j]);
    }
    std::size_t panel, first, count;
    double scales[most_tile_columns] = {};
  };

  /// The whole of a packed panel at once, where rows are so few that no others want its words. False, and nothing done,
  /// elsewhere, and where it has codes that tiles can't decode.
  [[nodiscard]] bool stream_panel(const IndexRange& rows, const Columns& columns, float* sums,
                                  const Scratch& scratch) const noexcept {
    if (!b_.is_packed() || !is_one_slice() || rows.size() > first_rows_) return false;
    prefetch(rows, columns);
    const std::uint8_t* const codes = b_.block(columns.panel, 0, b_.rows(), nullptr);
    const CodesAhead ahead = b_.ahead(codes, depth_of(kernels_.block_words));
    if (!kernels_.streams[rows.size() - 1](scratch.a, words_, codes, words_, sums, false, ahead, nullptr)) return false;
    finish(rows, columns, sums);
    return true;
  }

  /// Adds to sums what a part of a panel, not longer than a block, adds; the last one writes C. The first tile reads
  /// the codes, where there are kernels for that, and leaves the words to the others: it multiplies while it waits.
  void multiply(const IndexRange& rows, const Columns& columns, const IndexRange& part, const Position& next,
                const std::uint32_t* a, float* sums, const Scratch& scratch) const noexcept {
    const std::size_t words = b_.shape().words(part.size());
    const std::uint8_t* const codes = b_.block(columns.panel, part.first, part.size(), scratch.b_codes);
    const std::size_t first = std::min(first_rows_, rows.size());
    const std::size_t others = (rows.size() - first + kernels_.rows - 1) / kernels_.rows;
    const std::size_t next_rows = std::min(depth_of(kernels_.block_words), a_.columns - next.row);
    CodesAhead ahead = b_.ahead(next.panel, next.row, next_rows, words * ((first != 0) + others));
    const bool continues = part.first != 0;
    const auto tile = [&](std::size_t row, std::size_t n) {
      float* const tile_sums = sums + row * kernels_.columns;
      const IndexRange tile_rows{rows.first + row, rows.first + row + n};
      if (part.last == a_.columns) prefetch(tile_rows, columns);
      const bool streamed = row < first && kernels_.streams[n - 1](a, words_, codes, words, tile_sums, continues, ahead,
                                                                   others == 0 ? nullptr : scratch.b);
      if (row == 0 && !streamed) decode_panel(codes, scratch.b, words);
      if (!streamed) kernels_.tiles[n - 1](a + row * words_, words_, scratch.b, words, tile_sums, continues, ahead);
      if (part.last == a_.columns) finish(tile_rows, columns, tile_sums);
      ahead.address += words * ahead.step;
    };
    if (first != 0) tile(0, first);
    for (std::size_t i = 0, row = first; i < others; ++i) {
      const std::size_t n = (rows.size() - row) / (others - i);  // as alike as can be: few rows are slow
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
      std::uint32_t* const words = scratch.a + i * words_;
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

  /// For C to be there when a tile's sums are: whole rows apart, its lines are no sequence that a cache foresees.
  void prefetch(const IndexRange& rows, const Columns& columns) const noexcept {
    constexpr std::size_t line = 64 / sizeof(T);
    if (c_.column_stride() != 1) return;
    for (std::size_t row = rows.first; row < rows.last; ++row) {
      for (std::size_t j = 0; j < columns.count; j += line) prefetch_for_writing(&c_(row, columns.first + j));
    }
  }

  void finish(const IndexRange& rows, const Columns& columns, const float* sums) const noexcept {
    for (std::size_t row = rows.first; row < rows.last; ++row, sums += kernels_.columns) {
      const double factor = static_cast<double>(alpha_) * static_cast<double>(a_scales_[row]);
      finish_row(row, columns, sums, factor);
    }
  }

  /// In place where a row of C holds whole vectors of floats.
  void finish_row(std::size_t row, const Columns& columns, const float* sums, double factor) const noexcept {
    constexpr std::size_t multiple = 8;
    const std::size_t n = columns.count;
    if constexpr (std::is_same_v<T, float>) {
      if (c_.column_stride() == 1 && n % multiple == 0) {
        return kernels_.finish(&c_(row, columns.first), sums, columns.scales, n, factor, static_cast<double>(beta_),
                               reads_c_);
      }
    }
    float y[most_tile_columns] = {};
    for (std::size_t j = 0; reads_c_ && j < n; ++j) y[j] = static_cast<float>(c_(row, columns.first + j));
    kernels_.finish(y, sums, columns.scales, (n + multiple - 1) / multiple * multiple, factor,
                    static_cast<double>(beta_), reads_c_);
    for (std::size_t j = 0; j < n; ++j) c_(row, columns.first + j) = T(y[j]);
  }

  const ProductKernels& kernels_;
  ElementView a_;
  InverseScales a_scales_;
  Panels b_;
  InverseScales b_scales_;
  MatrixView<T> c_;
  float alpha_, beta_;  ///< widened in a known environment only: subnormal ones stay what they are
  bool reads_c_;
  ProductParts parts_;
  std::size_t first_rows_;             ///< of a tile that reads codes, at most
  std::size_t rows_, words_, panels_;  ///< of a block: A's rows, words of the sum, panels
  KernelParams unscaled_{ScaleParams{}};
};

}  // namespace HIFLOAT_DETAIL_NAMESPACE
