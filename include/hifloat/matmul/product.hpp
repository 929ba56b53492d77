// A product, block by block.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <type_traits>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/executor.hpp>
#include <hifloat/matmul/panels.hpp>
#include <hifloat/matmul/parts.hpp>
#include <hifloat/matmul/scaled_matrix.hpp>
#include <hifloat/matrix_view.hpp>
#include <hifloat/simd/float_environment.hpp>
#include <hifloat/simd/product_kernels.hpp>
#include <hifloat/storage.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// The memory of all parts, allocated before anything is written.
class ScratchMemory {
 public:
  static constexpr std::size_t alignment = 64;

  explicit ScratchMemory(std::size_t size)
      : memory_(static_cast<std::byte*>(::operator new (size, std::align_val_t{alignment}))) {}

  [[nodiscard]] std::byte* at(std::size_t offset) const noexcept { return memory_.get() + offset; }
  template <class T>
  [[nodiscard]] T* at(std::size_t offset) const noexcept {
    return static_cast<T*>(static_cast<void*>(at(offset)));
  }

 private:
  struct Delete {
    void operator()(std::byte* p) const noexcept { ::operator delete (p, std::align_val_t{alignment}); }
  };
  std::unique_ptr<std::byte, Delete> memory_;
};

/// Where n objects begin that are laid out behind `size` bytes, which grow by them.
template <class T>
[[nodiscard]] std::size_t append(std::size_t& size, std::size_t n) noexcept {
  const std::size_t begin = size, bytes = n * sizeof(T);
  size += bytes + (ScratchMemory::alignment - bytes % ScratchMemory::alignment) % ScratchMemory::alignment;
  return begin;
}

/// C = alpha * A x B + beta * C.
///
/// For each block of A's rows and of the summed dimension: A's codes are decoded into words that stay in the L2 cache;
/// then, panel by panel, B's into words that stay in the L1 cache, and tiles of both are multiplied. Sums of a block of
/// C are kept in binary32 until the whole dimension has been summed up. (To keep B's words for the next rows costs more
/// than to decode them again: they are four times as many bytes.)
template <class T>
class Product {
 public:
  Product(const ProductKernels& kernels, const ScaledMatrix& a, const Panels& b, const InverseScales& b_scales,
          const MatrixView<T>& c, float alpha, float beta) noexcept
      : kernels_(kernels),
        a_(a.elements()),
        a_scales_(a.inverse_scales()),
        b_(b),
        b_scales_(b_scales),
        c_(c),
        alpha_(alpha),
        beta_(beta),
        reads_c_((bit_cast<std::uint32_t>(beta) & binary32::magnitude_mask) != 0),
        streams_(a_.size == 1 && c.rows() <= kernels.stream_rows),
        rows_(std::min(kernels.block_rows, c.rows())),
        words_(std::min(slice_words(kernels, rows_), b.shape().words(a_.columns))),
        panels_(std::min(std::max<std::size_t>(block_columns / kernels.columns, 1), b.count())) {}

  template <Executor E>
  void run(const E& executor) const {
    if (c_.empty()) return;
    const ProductParts parts(c_.rows(), kernels_.rows, c_.columns(), kernels_.columns, a_.columns,
                             executor.concurrency());
    const Layout layout(*this);
    const ScratchMemory memory(parts.count() * layout.size);
    const auto part = [&](std::size_t i) {
      const FloatEnvironment environment;
      run_part(parts.rows(i), parts.panels(i), Scratch(layout, memory, i * layout.size));
    };
    executor(parts.count(), Task(part));
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
          sums(append<float>(size, p.rows_ * p.sums_stride(p.panels_))),
          scales(append<float>(size, p.panels_ * p.kernels_.columns)),
          a_elements(append<std::uint8_t>(size, p.a_element_bytes())),
          b_codes(append<std::uint8_t>(size, p.b_.scratch_bytes(p.depth_of(p.part_words())))) {}

    std::size_t size = 0;
    std::size_t a, b, sums, scales, a_elements, b_codes;
  };
  struct Scratch {
    Scratch(const Layout& layout, const ScratchMemory& memory, std::size_t begin) noexcept
        : a(memory.at<std::uint32_t>(begin + layout.a)),
          b(memory.at<std::uint32_t>(begin + layout.b)),
          sums(memory.at<float>(begin + layout.sums)),
          scales(memory.at<float>(begin + layout.scales)),
          a_elements(memory.at<std::uint8_t>(begin + layout.a_elements)),
          b_codes(memory.at<std::uint8_t>(begin + layout.b_codes)) {}

    std::uint32_t* a;  ///< a block's rows, each of words_ words
    std::uint32_t* b;  ///< a block of one panel
    float* sums;
    float* scales;             ///< of the columns
    std::uint8_t* a_elements;  ///< a block's rows, where A's own are not contiguous
    std::uint8_t* b_codes;     ///< a block of one panel, packed
  };

  /// Rows that begin a power of two apart would be in each other's place in the L1 cache.
  [[nodiscard]] std::size_t sums_stride(std::size_t panels) const noexcept { return panels * kernels_.columns + 16; }
  [[nodiscard]] std::size_t part_words() const noexcept { return std::min(words_, kernels_.block_words); }
  [[nodiscard]] std::size_t depth_of(std::size_t words) const noexcept { return words * kernels_.depth; }
  [[nodiscard]] std::size_t a_element_bytes() const noexcept {
    return a_.column_stride == 1 ? 0 : rows_ * depth_of(words_) * a_.size;
  }

  void run_part(const IndexRange& rows, const IndexRange& panels, const Scratch& scratch) const noexcept {
    for (std::size_t panel = panels.first; panel < panels.last; panel += panels_) {
      const IndexRange some_panels{panel, std::min(panel + panels_, panels.last)};
      for (std::size_t row = rows.first; row < rows.last; row += rows_) {
        const IndexRange some_rows{row, std::min(row + rows_, rows.last)};
        sum_block(some_rows, some_panels, scratch);
        finish_block(some_rows, some_panels, scratch);
      }
    }
  }

  void sum_block(const IndexRange& rows, const IndexRange& panels, const Scratch& scratch) const noexcept {
    const std::size_t stride = sums_stride(panels.size());
    std::size_t k = 0;
    do {  // once, if there is nothing to be summed up: sums are 0 then
      const IndexRange slice{k, std::min(k + depth_of(words_), a_.columns)};
      decode_rows(rows, slice, scratch);
      for (std::size_t panel = panels.first; panel < panels.last; ++panel) {
        sum_panel(rows.size(), panel, slice, scratch.sums + (panel - panels.first) * kernels_.columns, stride, scratch);
      }
      k = slice.last;
    } while (k < a_.columns);
  }
  void sum_panel(std::size_t rows, std::size_t panel, const IndexRange& slice, float* sums, std::size_t stride,
                 const Scratch& scratch) const noexcept {
    std::size_t k = slice.first;
    do {
      const IndexRange part{k, std::min(k + depth_of(kernels_.block_words), slice.last)};
      const std::uint32_t* const a = scratch.a + (k - slice.first) / kernels_.depth;
      multiply(rows, panel, part, a, sums, stride, scratch);
      k = part.last;
    } while (k < slice.last);
  }

  /// Adds to sums what a part of a panel, not longer than a block, adds.
  void multiply(std::size_t rows, std::size_t panel, const IndexRange& part, const std::uint32_t* a, float* sums,
                std::size_t stride, const Scratch& scratch) const noexcept {
    const std::size_t words = b_.shape().words(part.size());
    const std::uint8_t* const codes = b_.block(panel, part.first, part.size(), scratch.b_codes);
    const std::size_t step = streams_ ? kernels_.stream_rows : kernels_.rows;
    bool decoded = false;
    for (std::size_t row = 0; row < rows; row += step) {
      const std::size_t n = std::min(step, rows - row);
      const bool continues = part.first != 0;
      if (streams_ &&
          kernels_.streams[n - 1](a + row * words_, words_, codes, words, sums + row * stride, stride, continues)) {
        continue;
      }
      if (!decoded) decode(codes, scratch.b, depth_of(words) * kernels_.columns);
      decoded = true;
      kernels_.tiles[n - 1](a + row * words_, words_, scratch.b, words, sums + row * stride, stride, continues);
    }
  }

  /// Elements [k, k + count) of A's rows, as words.
  void decode_rows(const IndexRange& rows, const IndexRange& slice, const Scratch& scratch) const noexcept {
    const std::uint8_t* from = a_.at(rows.first, slice.first);
    const std::size_t count = slice.size();
    if (count == 0) return;
    std::size_t stride = a_.row_stride * a_.size;
    if (a_.column_stride != 1) {
      stride = count * a_.size;
      gather_rows(rows, slice, scratch.a_elements);
      from = scratch.a_elements;
    }
    for (std::size_t i = 0; i < rows.size(); ++i, from += stride) {
      std::uint32_t* const words = scratch.a + i * words_;
      if (count % kernels_.depth != 0) words[count / kernels_.depth] = 0;
      decode(from, words, count);
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

  /// n elements as the numbers that words are made of.
  void decode(const std::uint8_t* elements, std::uint32_t* words, std::size_t n) const noexcept {
    if (a_.size == 1) return kernels_.decode(elements, words, n, unscaled_);
    for (std::size_t i = 0; i < n; ++i) {
      std::uint16_t upper = 0;
      std::memcpy(&upper, elements + 2 * i, 2);
      reinterpret_cast<float*>(words)[i] = bit_cast<float>(std::uint32_t{upper} << 16);
    }
  }

  void finish_block(const IndexRange& rows, const IndexRange& panels, const Scratch& scratch) const noexcept {
    const std::size_t stride = sums_stride(panels.size()), first = panels.first * kernels_.columns;
    const std::size_t padded = panels.size() * kernels_.columns, columns = std::min(padded, c_.columns() - first);
    for (std::size_t j = 0; j < padded; ++j) scratch.scales[j] = j < columns ? b_scales_[first + j] : 0.0f;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const double factor = static_cast<double>(alpha_) * static_cast<double>(a_scales_[rows.first + i]);
      for (std::size_t j = 0; j < columns; j += finished_columns) {
        finish(rows.first + i, first + j, std::min(finished_columns, columns - j), scratch.sums + i * stride + j,
               scratch.scales + j, factor);
      }
    }
  }

  static constexpr std::size_t finished_columns = 64;
  static constexpr std::size_t finish_multiple = 8;

  /// So many numbers of a row of C; in place where it holds whole vectors of floats.
  void finish(std::size_t row, std::size_t column, std::size_t n, const float* sums, const float* scales,
              double factor) const noexcept {
    if constexpr (std::is_same_v<T, float>) {
      if (c_.column_stride() == 1 && n % finish_multiple == 0) {
        return kernels_.finish(&c_(row, column), sums, scales, n, factor, static_cast<double>(beta_), reads_c_);
      }
    }
    float y[finished_columns] = {};
    for (std::size_t j = 0; reads_c_ && j < n; ++j) y[j] = static_cast<float>(c_(row, column + j));
    kernels_.finish(y, sums, scales, (n + finish_multiple - 1) / finish_multiple * finish_multiple, factor,
                    static_cast<double>(beta_), reads_c_);
    for (std::size_t j = 0; j < n; ++j) c_(row, column + j) = T(y[j]);
  }

  const ProductKernels& kernels_;
  ElementView a_;
  InverseScales a_scales_;
  Panels b_;
  InverseScales b_scales_;
  MatrixView<T> c_;
  float alpha_, beta_;  ///< widened in a known environment only: subnormal ones stay what they are
  bool reads_c_;
  bool streams_;                       ///< few rows: B's codes are decoded in registers, as far as kernels can
  std::size_t rows_, words_, panels_;  ///< of a block: A's rows, words of the sum, panels
  KernelParams unscaled_{ScaleParams{}};
};

}  // namespace HIFLOAT_DETAIL_NAMESPACE
