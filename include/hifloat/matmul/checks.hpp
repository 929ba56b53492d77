// What a product refuses, before anything is written.
#pragma once

#include <cstddef>

#include <hifloat/config.hpp>
#include <hifloat/error.hpp>
#include <hifloat/matmul/scaled_matrix.hpp>
#include <hifloat/matrix_view.hpp>
#include <hifloat/memory_range.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

[[nodiscard]] inline MemoryRange memory_of(const ElementView& x) noexcept {
  const bool empty = x.rows == 0 || x.columns == 0;
  return {x.data, empty ? 0 : static_cast<std::size_t>(x.at(x.rows - 1, x.columns - 1) - x.data) + x.size};
}

[[nodiscard]] inline MemoryRange memory_of(const InverseScales& x) noexcept {
  return {x.scales().data(), x.scales().size_bytes()};
}

inline void refuse_product(bool refused, const char* why) {
  if (refused) HIFLOAT_THROW(std::invalid_argument, why);
}

/// Where a product may be written to: each element has memory of its own.
template <class T>
void check_result(const MatrixView<T>& c) {
  check_strides(c.rows(), c.columns(), c.row_stride(), c.column_stride());
  const std::size_t along_rows = (c.columns() - 1) * c.column_stride(), along_columns = (c.rows() - 1) * c.row_stride();
  const bool rows_are_apart = c.rows() <= 1 || c.row_stride() > along_rows;
  const bool columns_are_apart = c.columns() <= 1 || c.column_stride() > along_columns;
  const bool steps = (c.rows() <= 1 || c.row_stride() != 0) && (c.columns() <= 1 || c.column_stride() != 0);
  refuse_product(!c.empty() && !(steps && (rows_are_apart || columns_are_apart)),
                 "hifloat: the strides of the result make elements share memory");
}

/// An operand lies apart from the result.
template <class T>
void check_apart(const MatrixView<T>& c, const ScaledMatrix& operand) {
  const MemoryRange result(c.data(), c.extent() * sizeof(T));
  refuse_product(result.overlaps(memory_of(operand.elements())), "hifloat: the result overlaps an operand");
  refuse_product(result.overlaps(memory_of(operand.inverse_scales())), "hifloat: the result overlaps inverse scales");
}

/// Two results lie apart.
template <class T, class U>
void check_apart(const MatrixView<T>& c, const MatrixView<U>& d) {
  const MemoryRange one(c.data(), c.extent() * sizeof(T)), other(d.data(), d.extent() * sizeof(U));
  refuse_product(one.overlaps(other), "hifloat: two results overlap");
}

/// Everything that can be wrong with a left operand and a result, for a right operand of k x n.
template <class T>
void check_product(const ScaledMatrix& a, std::size_t k, std::size_t n, std::size_t element_size,
                   const MatrixView<T>& c) {
  if (a.columns() != k) {
    refuse_sizes("hifloat: the left matrix has ", a.columns(), " columns, the right one ", k, " rows");
  }
  if (c.rows() != a.rows() || c.columns() != n) {
    refuse_sizes("hifloat: the result is ", c.rows(), " x ", c.columns(), ", the product ", a.rows(), " x ", n);
  }
  refuse_product(a.elements().size != element_size, "hifloat: a product of HiF8 with bfloat16: convert one of them");
  check_operand(a, InverseScales::Per::column);
  check_result(c);
  check_apart(c, a);
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
