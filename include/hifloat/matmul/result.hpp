// What a product writes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/matmul/options.hpp>
#include <hifloat/matmul/parts.hpp>
#include <hifloat/matmul/scaled_matrix.hpp>
#include <hifloat/matrix_view.hpp>
#include <hifloat/simd/product_kernels.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

inline void prefetch_for_writing(const void* p) noexcept {
#if defined(__GNUC__)
  __builtin_prefetch(p, 1);
#else
  static_cast<void>(p);
#endif
}

/// C = alpha * scales * sums + beta * C, a tile at a time.
template <class T>
class Result {
 public:
  Result(const ProductKernels& kernels, const MatrixView<T>& c, const InverseScales& row_scales,
         const InverseScales& column_scales, const MatmulOptions& options) noexcept
      : kernels_(kernels),
        c_(c),
        row_scales_(row_scales),
        column_scales_(column_scales),
        alpha_(options.alpha),
        beta_(options.beta),
        reads_c_((bit_cast<std::uint32_t>(options.beta) & binary32::magnitude_mask) != 0) {}

  /// The scales of a panel's columns.
  void widen_scales(std::size_t panel, double* scales) const noexcept {
    const IndexRange columns = columns_of(panel);
    for (std::size_t j = 0; j < kernels_.columns; ++j) {
      scales[j] = j < columns.size() ? static_cast<double>(column_scales_[columns.first + j]) : 0;
    }
  }

  /// For C to be there when a tile's sums are: whole rows apart, its lines are no sequence that a cache foresees.
  void prefetch(const IndexRange& rows, std::size_t panel) const noexcept {
    constexpr std::size_t line = 64 / sizeof(T);
    if (c_.column_stride() != 1) return;
    const IndexRange columns = columns_of(panel);
    for (std::size_t row = rows.first; row < rows.last; ++row) {
      for (std::size_t j = columns.first; j < columns.last; j += line) prefetch_for_writing(&c_(row, j));
    }
  }

  /// A tile's sums, with its panel's scales.
  void write(const IndexRange& rows, std::size_t panel, const float* sums, const double* scales) const noexcept {
    const IndexRange columns = columns_of(panel);
    for (std::size_t row = rows.first; row < rows.last; ++row, sums += kernels_.columns) {
      const double factor = static_cast<double>(alpha_) * static_cast<double>(row_scales_[row]);
      write_row(row, columns, sums, scales, factor);
    }
  }

 private:
  [[nodiscard]] IndexRange columns_of(std::size_t panel) const noexcept {
    const std::size_t first = panel * kernels_.columns;
    return {first, (std::min)(first + kernels_.columns, c_.columns())};
  }

  /// In place where a row of C holds whole vectors of floats.
  void write_row(std::size_t row, const IndexRange& columns, const float* sums, const double* scales,
                 double factor) const noexcept {
    constexpr std::size_t multiple = 8;
    const std::size_t n = columns.size();
    if constexpr (std::is_same_v<T, float>) {
      if (c_.column_stride() == 1 && n % multiple == 0) {
        return kernels_.finish(&c_(row, columns.first), sums, scales, n, factor, static_cast<double>(beta_), reads_c_);
      }
    }
    float y[most_tile_columns] = {};
    for (std::size_t j = 0; reads_c_ && j < n; ++j) y[j] = static_cast<float>(c_(row, columns.first + j));
    kernels_.finish(y, sums, scales, (n + multiple - 1) / multiple * multiple, factor, static_cast<double>(beta_),
                    reads_c_);
    for (std::size_t j = 0; j < n; ++j) c_(row, columns.first + j) = T(y[j]);
  }

  const ProductKernels& kernels_;
  MatrixView<T> c_;
  InverseScales row_scales_, column_scales_;
  float alpha_, beta_;  ///< widened in a known environment only: subnormal ones stay what they are
  bool reads_c_;
};

}  // namespace HIFLOAT_DETAIL_NAMESPACE
