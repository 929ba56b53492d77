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
#include <hifloat/executor.hpp>
#include <hifloat/matmul/checks.hpp>
#include <hifloat/matmul/options.hpp>
#include <hifloat/matmul/packed_matrix.hpp>
#include <hifloat/matmul/panels.hpp>
#include <hifloat/matmul/product.hpp>
#include <hifloat/matmul/scaled_matrix.hpp>
#include <hifloat/matrix_view.hpp>
#include <hifloat/simd/product_dispatch.hpp>
#include <hifloat/simd/product_kernels.hpp>
#include <hifloat/storage.hpp>

namespace HIFLOAT_NAMESPACE {

/// What a product may be written to.
template <class T>
concept MatmulResult = std::is_same_v<T, float> || std::is_same_v<T, bfloat16>;

}  // namespace HIFLOAT_NAMESPACE

namespace HIFLOAT_DETAIL_NAMESPACE {

/// The product with a packed matrix; with the kernels that it was packed for.
template <Executor E, class T>
void multiply_packed(const E& executor, const ScaledMatrix& a, const PackedMatrix& b, const MatrixView<T>& c,
                     const MatmulOptions& options) {
  check_product(a, b.rows(), b.columns(), b.element_size(), c);
  if (c.empty()) return;
  const ProductKernels& kernels = *b.kernels();
  const Panels panels(b.codes(), b.rows(), b.columns(), panel_shape(kernels, b.element_size()));
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
    const Panels panels(right.elements(), panel_shape(kernels, right.elements().size));
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
