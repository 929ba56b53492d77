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

/// The same of two words, each a sign bit above a magnitude with NaN above `infinity`. On bits: as floats, two NaNs are
/// equal under -ffast-math, and subnormals are 0 under denormals-are-zero.
template <class Word>
[[nodiscard]] HIFLOAT_HD constexpr bool is_equal_number(Word a, Word b, unsigned infinity) noexcept {
  constexpr unsigned magnitude_mask = (1u << (8 * sizeof(Word) - 1)) - 1;
  return ((a | b) & magnitude_mask) == 0 || (a == b && (a & magnitude_mask) <= infinity);
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
