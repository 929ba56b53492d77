// Equality of floating-point numbers where exactly that is meant: what those get who compile with -Wfloat-equal.
#pragma once

#include <hifloat/config.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wfloat-equal"
#endif

/// x == y: 0 equals -0, NaN nothing.
template <class T>
[[nodiscard]] HIFLOAT_HD constexpr bool is_equal(T x, T y) noexcept {
  return x == y;
}
template <class T>
[[nodiscard]] HIFLOAT_HD constexpr bool is_zero(T x) noexcept {
  return x == 0;
}

#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

}  // namespace HIFLOAT_DETAIL_NAMESPACE
