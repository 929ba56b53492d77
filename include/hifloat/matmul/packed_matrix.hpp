// An operand laid out once, for repeated products.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <hifloat/config.hpp>
#include <hifloat/executor.hpp>
#include <hifloat/matmul/owned_sizes.hpp>
#include <hifloat/matmul/panels.hpp>
#include <hifloat/matmul/scaled_matrix.hpp>
#include <hifloat/simd/product_dispatch.hpp>
#include <hifloat/simd/product_kernels.hpp>

namespace HIFLOAT_NAMESPACE {

/// The right operand of products, with its codes in the order in which kernels read them. Owns a copy of codes and
/// inverse scales: as many bytes as the matrix has elements (bfloat16: twice), rounded up to whole panels of up to 64
/// columns.
class PackedMatrix {
 public:
  /// Empty: 0 x 0.
  HIFLOAT_KEYED PackedMatrix() = default;
  /// Inverse scales along the rows, which a product sums over, or invalid ones are std::invalid_argument.
  template <Executor E = executor::Serial>  // no plain function: every file that includes this would compile kernels
  HIFLOAT_KEYED explicit PackedMatrix(const ScaledMatrix& b) : PackedMatrix(E{}, b) {}
  /// By the threads of an executor.
  template <Executor E>
  HIFLOAT_KEYED PackedMatrix(const E& executor, const ScaledMatrix& b)
      : PackedMatrix(executor, b, detail::kernel<detail::ProductKernel>()(b.elements().size)) {}
  /// For given kernels, in place of the active instruction set's.
  template <Executor E>
  HIFLOAT_KEYED PackedMatrix(const E& executor, const ScaledMatrix& b, const detail::ProductKernels& kernels)
      : kernels_(&kernels), sizes_(b.rows(), b.columns()), element_size_(b.elements().size) {
    detail::check_operand(b, InverseScales::Per::row);
    inverse_scale_ = b.inverse_scales().per() == InverseScales::Per::tensor ? b.inverse_scales()[0] : 1.0f;
    scales_.assign(b.inverse_scales().scales().begin(), b.inverse_scales().scales().end());
    codes_ = detail::pack_panels(executor, b.elements(), detail::panel_shape(kernels, element_size_));
  }
  /// Copies codes and scales; what is moved from is empty.
  /// @{
  HIFLOAT_KEYED PackedMatrix(const PackedMatrix&) = default;
  HIFLOAT_KEYED PackedMatrix& operator=(const PackedMatrix&) = default;
  HIFLOAT_KEYED PackedMatrix(PackedMatrix&&) noexcept = default;
  HIFLOAT_KEYED PackedMatrix& operator=(PackedMatrix&&) noexcept = default;
  /// @}
  HIFLOAT_KEYED ~PackedMatrix() = default;

  HIFLOAT_KEYED [[nodiscard]] std::size_t rows() const noexcept { return sizes_.rows; }        ///< k of k x n
  HIFLOAT_KEYED [[nodiscard]] std::size_t columns() const noexcept { return sizes_.columns; }  ///< n of k x n
  /// Bytes of an element: 1 of HiF8, 2 of bfloat16.
  HIFLOAT_KEYED [[nodiscard]] std::size_t element_size() const noexcept { return element_size_; }
  /// One for all of it, or one for each column.
  HIFLOAT_KEYED [[nodiscard]] InverseScales inverse_scales() const noexcept {
    return scales_.empty() ? InverseScales(inverse_scale_) : InverseScales::per_column(scales_);
  }

  /// The kernels that matmul multiplies it by; null where nothing was packed.
  HIFLOAT_KEYED [[nodiscard]] const detail::ProductKernels* kernels() const noexcept { return kernels_; }
  /// The panels, one after the other; see panels.hpp.
  HIFLOAT_KEYED [[nodiscard]] const std::uint8_t* codes() const noexcept { return codes_.data(); }

 private:
  const detail::ProductKernels* kernels_ = nullptr;
  detail::OwnedSizes sizes_{};
  std::size_t element_size_ = 1;
  float inverse_scale_ = 1.0f;
  std::vector<float> scales_{};
  std::vector<std::uint8_t> codes_{};
};

}  // namespace HIFLOAT_NAMESPACE
