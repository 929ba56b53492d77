// Eigen's matrices as views, which matmul takes and writes to.
#pragma once

#include <cstddef>
#include <type_traits>

#include <Eigen/Core>

#include <hifloat/config.hpp>
#include <hifloat/eigen/lines.hpp>
#include <hifloat/error.hpp>
#include <hifloat/matrix_view.hpp>

namespace HIFLOAT_NAMESPACE::eigen {

/// A matrix, map or block whose coefficients lie in memory: not an expression, nor a temporary matrix, which would be
/// gone when the view is used.
template <class X>
concept ViewableMatrix = std::is_base_of_v<Eigen::MatrixBase<std::remove_cvref_t<X>>, std::remove_cvref_t<X>> &&
    detail::has_memory<std::remove_cvref_t<X>> &&
    (std::is_lvalue_reference_v<X> ||
     !std::is_base_of_v<Eigen::PlainObjectBase<std::remove_cvref_t<X>>, std::remove_cvref_t<X>>);

}  // namespace HIFLOAT_NAMESPACE::eigen

namespace HIFLOAT_EIGEN_NAMESPACE {

/// The same elements as a MatrixView, to write to where x can be written to. Negative strides are
/// std::invalid_argument. For numbers in bfloat16, hifloat::bfloat16 is what matmul knows: it is a scalar type for
/// Eigen's matrices too, to store and to cast.
template <ViewableMatrix X>
[[nodiscard]] auto view(X&& x) {
  if (x.innerStride() < 0 || x.outerStride() < 0) {
    HIFLOAT_THROW(std::invalid_argument, "hifloat: a matrix view has no negative strides");
  }
  const auto size = [](Eigen::Index n) { return static_cast<std::size_t>(n); };
  return MatrixView<std::remove_pointer_t<decltype(x.data())>>(x.data(), size(x.rows()), size(x.cols()),
                                                               size(x.rowStride()), size(x.colStride()));
}

}  // namespace HIFLOAT_EIGEN_NAMESPACE
