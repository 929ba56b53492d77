// What a product multiplies: codes, and the inverse scales that belong to them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <hifloat/config.hpp>
#include <hifloat/error.hpp>
#include <hifloat/hif8.hpp>
#include <hifloat/matrix_view.hpp>
#include <hifloat/scale_params.hpp>
#include <hifloat/storage.hpp>

namespace HIFLOAT_NAMESPACE {

/// The inverse scales of a matrix: one for all of it, or one for each row or column, which it refers to.
class InverseScales {
 public:
  /// What has one inverse scale.
  enum class Per : std::uint8_t {
    tensor,  ///< the whole matrix
    row,     ///< each row
    column   ///< each column
  };

  /// One for all. Whether it lies in [2^-126, 2^126] is checked by the product, as of those below.
  HIFLOAT_KEYED InverseScales(float of_all = 1.0f) noexcept : of_all_(of_all) {}
  /// One for each row; the scales must outlive it.
  HIFLOAT_KEYED [[nodiscard]] static InverseScales per_row(std::span<const float> scales) noexcept {
    return {Per::row, scales};
  }
  /// One for each column; the scales must outlive it.
  HIFLOAT_KEYED [[nodiscard]] static InverseScales per_column(std::span<const float> scales) noexcept {
    return {Per::column, scales};
  }

  HIFLOAT_KEYED [[nodiscard]] Per per() const noexcept { return per_; }  ///< what has one
  /// As many as there are rows or columns; empty where there is one for all.
  HIFLOAT_KEYED [[nodiscard]] std::span<const float> scales() const noexcept { return scales_; }
  /// Of row or column i; of any, where there is one for all.
  HIFLOAT_KEYED [[nodiscard]] float operator[](std::size_t i) const noexcept {
    return per_ == Per::tensor ? of_all_ : scales_[i];
  }
  /// Those of the transposed matrix.
  HIFLOAT_KEYED [[nodiscard]] InverseScales transposed() const noexcept {
    InverseScales other = *this;
    if (per_ != Per::tensor) other.per_ = per_ == Per::row ? Per::column : Per::row;
    return other;
  }

 private:
  HIFLOAT_KEYED InverseScales(Per per, std::span<const float> scales) noexcept : per_(per), scales_(scales) {}

  Per per_ = Per::tensor;
  float of_all_ = 1.0f;
  std::span<const float> scales_{};
};

namespace detail {

/// Elements of one or two bytes, whatever they mean.
struct ElementView {
  const std::uint8_t* data = nullptr;
  std::size_t rows = 0, columns = 0;
  std::size_t row_stride = 0, column_stride = 0;  ///< in elements
  std::size_t size = 1;                           ///< of an element, in bytes

  HIFLOAT_KEYED [[nodiscard]] const std::uint8_t* at(std::size_t row, std::size_t column) const noexcept {
    return data + (row * row_stride + column * column_stride) * size;
  }
  HIFLOAT_KEYED [[nodiscard]] ElementView transposed() const noexcept {
    return {data, columns, rows, column_stride, row_stride, size};
  }
};

}  // namespace detail

/// A quantized matrix, element (i, j) being codes(i, j) * inverse scale. Refers to codes and scales. The codes are HiF8
/// of any policies, or bfloat16 numbers, for layers that stay in BF16.
class ScaledMatrix {
 public:
  /// Codes of any strides. A product checks them; nothing is checked here.
  /// @{
  template <class R, class O>
  HIFLOAT_KEYED ScaledMatrix(MatrixView<const hif8<R, O>> codes, const InverseScales& inverse_scales = 1.0f) noexcept
      : ScaledMatrix(codes, reinterpret_cast<const std::uint8_t*>(codes.data()), inverse_scales) {}
  template <class R, class O>
  HIFLOAT_KEYED ScaledMatrix(MatrixView<hif8<R, O>> codes, const InverseScales& inverse_scales = 1.0f) noexcept
      : ScaledMatrix(MatrixView<const hif8<R, O>>(codes), inverse_scales) {}
  /// @}
  /// Numbers in bfloat16; their inverse scale is 1 as a rule.
  /// @{
  HIFLOAT_KEYED ScaledMatrix(MatrixView<const bfloat16> numbers, const InverseScales& inverse_scales = 1.0f) noexcept
      : ScaledMatrix(numbers, reinterpret_cast<const std::uint8_t*>(numbers.data()), inverse_scales) {}
  HIFLOAT_KEYED ScaledMatrix(MatrixView<bfloat16> numbers, const InverseScales& inverse_scales = 1.0f) noexcept
      : ScaledMatrix(MatrixView<const bfloat16>(numbers), inverse_scales) {}
  /// @}

  HIFLOAT_KEYED [[nodiscard]] std::size_t rows() const noexcept { return elements_.rows; }        ///< m of m x n
  HIFLOAT_KEYED [[nodiscard]] std::size_t columns() const noexcept { return elements_.columns; }  ///< n of m x n
  /// As they were given.
  HIFLOAT_KEYED [[nodiscard]] const InverseScales& inverse_scales() const noexcept { return inverse_scales_; }
  /// The same elements and scales, with rows and columns exchanged.
  HIFLOAT_KEYED [[nodiscard]] ScaledMatrix transposed() const noexcept {
    ScaledMatrix other = *this;
    other.elements_ = elements_.transposed();
    other.inverse_scales_ = inverse_scales_.transposed();
    return other;
  }

  /// As bytes.
  HIFLOAT_KEYED [[nodiscard]] const detail::ElementView& elements() const noexcept { return elements_; }

 private:
  template <class T>
  HIFLOAT_KEYED ScaledMatrix(const MatrixView<const T>& view, const std::uint8_t* data,
                             const InverseScales& inverse_scales) noexcept
      : elements_{data, view.rows(), view.columns(), view.row_stride(), view.column_stride(), sizeof(T)},
        inverse_scales_(inverse_scales) {}

  detail::ElementView elements_;
  InverseScales inverse_scales_;
};

}  // namespace HIFLOAT_NAMESPACE

namespace HIFLOAT_DETAIL_NAMESPACE {

inline constexpr std::size_t max_elements = ~std::size_t{0} >> 12, max_lines = max_elements >> 8;

/// Strides of 0 make sizes that no memory bounds: as many elements as there are, and some more for whole panels, can
/// still be counted in bytes.
inline void check_countable(std::size_t rows, std::size_t columns) {
  if (rows > max_lines || columns > max_lines || (columns != 0 && rows > max_elements / columns)) {
    refuse_sizes("hifloat: a matrix of too many elements: ", rows, " x ", columns);
  }
}

/// Strides lead no further than memory does, so that a matrix has an end to compare with others'. (A negative one would
/// be a huge one here.)
inline void check_strides(std::size_t rows, std::size_t columns, std::size_t row_stride, std::size_t column_stride) {
  const auto leads_out = [](std::size_t lines, std::size_t stride) {
    return lines > 1 && stride > max_elements / (lines - 1);
  };
  if (rows != 0 && columns != 0 && (leads_out(rows, row_stride) || leads_out(columns, column_stride))) {
    HIFLOAT_THROW(std::invalid_argument, "hifloat: a stride that leads out of all memory, or a negative one");
  }
}

/// The size is one that can be worked on. The scales are valid, as many as their rows or columns, and not along
/// `summed`: there they can't be taken out of the sum.
inline void check_operand(const ScaledMatrix& matrix, InverseScales::Per summed) {
  const ElementView& x = matrix.elements();
  check_countable(x.rows, x.columns);
  check_strides(x.rows, x.columns, x.row_stride, x.column_stride);
  const InverseScales& scales = matrix.inverse_scales();
  if (scales.per() == summed) {
    HIFLOAT_THROW(std::invalid_argument, "hifloat: a product can't take inverse scales along the summed dimension");
  }
  const bool one = scales.per() == InverseScales::Per::tensor;
  const std::size_t lines = scales.per() == InverseScales::Per::row ? matrix.rows() : matrix.columns();
  if (!one && scales.scales().size() != lines) {
    refuse_sizes("hifloat: ", scales.scales().size(), " inverse scales for ", lines,
                 scales.per() == InverseScales::Per::row ? " rows" : " columns");
  }
  for (std::size_t i = 0; i < (one ? 1 : lines); ++i) {
    if (!is_valid_scale(scales[i])) {
      HIFLOAT_THROW(std::invalid_argument, "hifloat: an inverse scale outside [2^-126, 2^126]");
    }
  }
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
