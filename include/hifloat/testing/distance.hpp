// How far apart two numbers are, and how far rounding may move one.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/format.hpp>
#include <hifloat/formats/grid.hpp>
#include <hifloat/hif8.hpp>
#include <hifloat/limits.hpp>
#include <hifloat/order.hpp>
#include <hifloat/rounding.hpp>

namespace HIFLOAT_TESTING_NAMESPACE {

/// The largest distance: between NaN and a number.
inline constexpr std::uint64_t no_distance = ~std::uint64_t{0};

/// How many steps of binary32 lead from a to b; 0 for equal numbers, for 0 and -0, and for two NaNs.
[[nodiscard]] constexpr std::uint64_t ulp_distance(float a, float b) noexcept {
  const auto is_nan = [](float x) {
    return (detail::bit_cast<std::uint32_t>(x) & detail::binary32::magnitude_mask) > detail::binary32::infinity;
  };
  if (is_nan(a) || is_nan(b)) return is_nan(a) && is_nan(b) ? 0 : no_distance;
  const std::int64_t steps = detail::ordinal(a) - detail::ordinal(b);
  return static_cast<std::uint64_t>(steps < 0 ? -steps : steps);
}

/// The same in HiF8, whatever the policies.
template <class R1, class O1, class R2, class O2>
[[nodiscard]] constexpr std::uint64_t ulp_distance(hif8<R1, O1> a, hif8<R2, O2> b) noexcept {
  const bool a_is_nan = format::is_nan(a.bits()), b_is_nan = format::is_nan(b.bits());
  if (a_is_nan || b_is_nan) return a_is_nan && b_is_nan ? 0 : no_distance;
  const int steps = detail::place_of(a.bits()) - detail::place_of(b.bits());
  return static_cast<std::uint64_t>(steps < 0 ? -steps : steps);
}

/// The largest |x - value of its code| for 2^exponent <= |x| < 2^(exponent + 1): half a step where the policy rounds to
/// nearest, a whole one elsewhere. Infinite from 2^15 on, where numbers overflow.
template <RoundingPolicy R = rounding::TiesAway>
[[nodiscard]] inline double error_bound(int exponent) noexcept {
  if (exponent >= format::max_exponent) return std::numeric_limits<double>::infinity();
  const int on_grid = exponent < format::min_exponent ? format::min_exponent : exponent;
  const int width = format::mantissa_width(on_grid);
  const bool half = detail::rounds_to_nearest<R> || (std::is_same_v<R, rounding::Hybrid> && width == 3);
  return std::ldexp(1.0, on_grid - width - (half ? 1 : 0));
}

}  // namespace HIFLOAT_TESTING_NAMESPACE
