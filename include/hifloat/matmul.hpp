// Products of quantized matrices: C = alpha * A x B + beta * C, with A and B in HiF8 (or both in bfloat16) under
// inverse scales, and C in float or bfloat16.
//
//   std::vector<hif8_t> x = ..., w = ...;  // codes of a batch [m x k], and of a layer's weights [n x k]
//   const ScaledMatrix weights(row_major(w, n, k), w_inverse_scale);
//   matmul({row_major(x, m, k), x_inverse_scale}, weights.transposed(), row_major(y, m, n));
//
// A transposed operand is a transposed view. Inverse scales are one for a matrix, or one for each row of A and each
// column of B. A matrix that is multiplied more than once is better packed: PackedMatrix.
//
// Products are exact and are summed in binary32, one after the other along the summed dimension k (where instructions
// take two at a time, the second of them first). Then alpha, scales and beta * C are applied in binary64, and the
// result is rounded to binary32 (and from that to bfloat16). With u = 2^-24 and gamma_k = k u / (1 - k u), an element
// differs from the exact one by no more than
//   gamma_(k+1) * |alpha| * scales * sum |a b|   +   u * |result|,
// (k + 1 counts the sums of one element, and of binary64), as long as no bfloat16 operands make a sum subnormal. On one
// CPU it has the same bits for any number of threads, strides and compiler flags, packed or not, and whatever other
// rows and columns there are: a batch is computed as its rows are alone. CPUs that multiply pairs of bfloat16 numbers
// and those that don't may differ within the bound. NaN and infinity go where IEEE 754 sends them, every NaN as the
// quiet 0x7FC00000; C is not read where beta is 0.
#pragma once

#include <concepts>
#include <cstddef>
#include <type_traits>

#include <hifloat/config.hpp>
#include <hifloat/error.hpp>
#include <hifloat/executor.hpp>
#include <hifloat/matmul/options.hpp>
#include <hifloat/matmul/packed_matrix.hpp>
#include <hifloat/matmul/product.hpp>
#include <hifloat/matmul/scaled_matrix.hpp>
#include <hifloat/matrix_view.hpp>
#include <hifloat/memory_range.hpp>
#include <hifloat/simd/product_dispatch.hpp>
#include <hifloat/storage.hpp>

namespace HIFLOAT_NAMESPACE {

/// What a product may be written to.
template <class T>
concept MatmulResult = std::is_same_v<T, float> || std::is_same_v<T, bfloat16>;

}  // namespace HIFLOAT_NAMESPACE

namespace HIFLOAT_DETAIL_NAMESPACE {

[[nodiscard]] inline MemoryRange memory_of(const ElementView& x) noexcept {
  const bool empty = x.rows == 0 || x.columns == 0;
  return {x.data, empty ? 0 : static_cast<std::size_t>(x.at(x.rows - 1, x.columns - 1) - x.data) + x.size};
}

[[nodiscard]] inline MemoryRange memory_of(const InverseScales& x) noexcept {
  return {x.scales().data(), x.scales().size_bytes()};
}

[[nodiscard]] inline PanelShape panel_shape(const ProductKernels& kernels, const ScaledMatrix& matrix) noexcept {
  return {kernels.columns, kernels.depth, matrix.elements().size};
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
  refuse_product(a.columns() != k, "hifloat: the left matrix has another number of columns than the right one of rows");
  refuse_product(c.rows() != a.rows() || c.columns() != n, "hifloat: the result has not the size of the product");
  refuse_product(a.elements().size != element_size, "hifloat: a product of HiF8 with bfloat16: convert one of them");
  check_operand(a, InverseScales::Per::column);
  check_result(c);
  check_apart(c, a);
}

/// The product with a packed matrix; with the kernels that it was packed for.
template <Executor E, class T>
void multiply_packed(const E& executor, const ScaledMatrix& a, const PackedMatrix& b, const MatrixView<T>& c,
                     const MatmulOptions& options) {
  check_product(a, b.rows(), b.columns(), b.element_size(), c);
  if (c.empty()) return;
  const ProductKernels& kernels = *b.kernels();
  const Panels panels(b.codes(), b.rows(), b.columns(), {kernels.columns, kernels.depth, b.element_size()});
  Product<T>(kernels, a, panels, b.inverse_scales(), c, options, executor.concurrency()).run(executor);
}

/// The product by the kernels that `kernels_for` an element size gives.
template <Executor E, class T, class Choose>
void multiply(const E& executor, const ScaledMatrix& a, const ScaledMatrix& b, const MatrixView<T>& c,
              const MatmulOptions& options, const Choose& kernels_for) {
  check_product(a, b.rows(), b.columns(), b.elements().size, c);
  check_operand(b, InverseScales::Per::row);
  check_apart(c, b);
  const ProductKernels& kernels = kernels_for(b.elements().size);
  const auto product = [&](const ScaledMatrix& left, const ScaledMatrix& right, const MatrixView<T>& result) {
    const Panels panels(right.elements(), panel_shape(kernels, right));
    return Product<T>(kernels, left, panels, right.inverse_scales(), result, options, executor.concurrency());
  };
  if (c.columns() < c.rows() && c.columns() < kernels.columns / 2) {  // the panels would be mostly empty
    return product(b.transposed(), a.transposed(), c.transposed()).run(executor);
  }
  const Product<T> plain = product(a, b, c);
  if (plain.repeats_panels()) return multiply_packed(executor, a, PackedMatrix(executor, b, kernels), c, options);
  plain.run(executor);
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_FUNCTION_NAMESPACE {

/// C = alpha * A x B + beta * C on the threads of an executor. A [m x k], B [k x n] and C [m x n] have any strides; any
/// size may be 0 (an empty sum is 0). Sizes that do not fit, elements of different kinds, inverse scales that are not
/// in [2^-126, 2^126] or lie along the summed dimension, negative strides, a C whose elements share memory with each
/// other or with an operand are std::invalid_argument, before anything is written.
template <Executor E, MatmulResult T>
void matmul(const E& executor, const ScaledMatrix& a, const ScaledMatrix& b, const MatrixView<T>& c,
            const MatmulOptions& options = {}) {
  detail::multiply(executor, a, b, c, options, detail::kernel<detail::ProductKernel>());
}
/// The same with a B packed before; its kernels are those of the instruction set that was active then.
template <Executor E, MatmulResult T, std::same_as<PackedMatrix> B>
void matmul(const E& executor, const ScaledMatrix& a, const B& b, const MatrixView<T>& c,
            const MatmulOptions& options = {}) {
  detail::multiply_packed(executor, a, b, c, options);
}

/// Both on the calling thread.
/// @{
template <MatmulResult T>
void matmul(const ScaledMatrix& a, const ScaledMatrix& b, const MatrixView<T>& c, const MatmulOptions& options = {}) {
  matmul(executor::Serial{}, a, b, c, options);
}
template <MatmulResult T, std::same_as<PackedMatrix> B>
void matmul(const ScaledMatrix& a, const B& b, const MatrixView<T>& c, const MatmulOptions& options = {}) {
  matmul(executor::Serial{}, a, b, c, options);
}
/// @}

}  // namespace HIFLOAT_FUNCTION_NAMESPACE
