// HiF8 numbers as Eigen's scalars, and Eigen's 16-bit floats as sources and targets of HiF8.
//
//   Eigen::Matrix<hifloat::hif8_t, 3, 3> m = x.cast<hifloat::hif8_t>();   // rounds each coefficient, scale 1
//   Eigen::MatrixXf y = (m + m.transpose()).cast<float>();                // exact values of rounded sums
//
// Expressions of HiF8 matrices compute as HiF8 numbers do, with one rounding in each operation: a sum, a dot product or
// a matrix product rounds at every step, in an order that is Eigen's. Casts are scalar loops. For products that are
// worth having there is matmul, for tensors quantize. Random() computes in the scalar type too, where it gives almost
// nothing but zeros: draw floats and cast them. There is no exp, log or pow of eight bits: cast to float. Types without
// arithmetic (Hybrid, SimplifiedStochastic, Stochastic) can be stored, compared, negated, and cast to float.
#pragma once

#include <limits>

#include <Eigen/Core>

#include <hifloat/config.hpp>
#include <hifloat/hif8.hpp>
#include <hifloat/limits.hpp>
#include <hifloat/math.hpp>
#include <hifloat/storage.hpp>
#include <hifloat/text.hpp>

namespace HIFLOAT_NAMESPACE {

template <>
struct storage_traits<Eigen::bfloat16> {
  using type = bfloat16;
};
template <>
struct storage_traits<Eigen::half> {
  using type = binary16;
};

}  // namespace HIFLOAT_NAMESPACE

/// Limits are those of std::numeric_limits; isApprox() compares to epsilon, the coarsest step where HiF8 keeps three
/// mantissa bits. New matrices of dynamic size are not initialised, as those of float are not.
template <class R, class O>
struct Eigen::NumTraits<hifloat::hif8<R, O>> : Eigen::GenericNumTraits<hifloat::hif8<R, O>> {
  enum { RequireInitialization = 0, ReadCost = 1, AddCost = 16, MulCost = 16 };

  HIFLOAT_KEYED static constexpr hifloat::hif8<R, O> dummy_precision() noexcept {
    return std::numeric_limits<hifloat::hif8<R, O>>::epsilon();
  }
};
