// An operand laid out once, for repeated products.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <hifloat/config.hpp>
#include <hifloat/executor.hpp>
#include <hifloat/matmul/panels.hpp>
#include <hifloat/matmul/scaled_matrix.hpp>
#include <hifloat/simd/product_dispatch.hpp>

namespace HIFLOAT_NAMESPACE {

/// The right operand of products, with its codes in the order in which kernels read them. Owns a copy of codes and
/// inverse scales: as many bytes as the matrix has elements (bfloat16: twice), rounded up to whole panels of up to 64
/// columns.
class PackedMatrix {
 public:
  PackedMatrix() = default;
  /// Inverse scales along the rows, which a product sums over, or invalid ones are std::invalid_argument.
  explicit PackedMatrix(const ScaledMatrix& b)
      : PackedMatrix(b, detail::kernel<detail::ProductKernel>()(b.elements().size)) {}

  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::size_t columns() const noexcept { return columns_; }
  /// Bytes of an element: 1 of HiF8, 2 of bfloat16.
  [[nodiscard]] std::size_t element_size() const noexcept { return element_size_; }
  /// Of all of it, or per column.
  [[nodiscard]] InverseScales inverse_scales() const noexcept {
    return scales_.empty() ? InverseScales(inverse_scale_) : InverseScales::per_column(scales_);
  }

  /// For given kernels, in place of the active instruction set's.
  explicit PackedMatrix(const ScaledMatrix& b, const detail::ProductKernels& kernels)
      : kernels_(&kernels), rows_(b.rows()), columns_(b.columns()), element_size_(b.elements().size) {
    detail::check_inverse_scales(b, InverseScales::Per::row);
    inverse_scale_ = b.inverse_scales().per() == InverseScales::Per::tensor ? b.inverse_scales()[0] : 1.0f;
    scales_.assign(b.inverse_scales().scales().begin(), b.inverse_scales().scales().end());
    const detail::PanelShape shape{kernels.columns, kernels.depth, element_size_};
    const std::size_t panels = shape.panels(columns_), bytes = shape.bytes(rows_);
    codes_.resize(panels * bytes);
    for (std::size_t panel = 0; panel < panels; ++panel) {
      detail::pack_panel(b.elements(), 0, rows_, panel * shape.columns, shape, codes_.data() + panel * bytes);
    }
  }

  [[nodiscard]] const detail::ProductKernels* kernels() const noexcept { return kernels_; }
  [[nodiscard]] const std::uint8_t* codes() const noexcept { return codes_.data(); }

 private:
  const detail::ProductKernels* kernels_ = nullptr;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
  std::size_t element_size_ = 1;
  float inverse_scale_ = 1.0f;
  std::vector<float> scales_;
  std::vector<std::uint8_t> codes_;
};

}  // namespace HIFLOAT_NAMESPACE
