// What the diagnostics share: elements of any type as binary64 numbers, and when one amax counts as above another.
#pragma once

#include <cstdint>
#include <type_traits>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/storage.hpp>

/// What scales and rounding do to tensors, in figures.
namespace HIFLOAT_NAMESPACE::diagnostics {

/// A scale is rounded to binary32: amax * scale may pass the target by one unit in its last place. Up to here that is
/// no overshoot.
inline constexpr double overshoot_tolerance = 1 + 0x1p-20;

}  // namespace HIFLOAT_NAMESPACE::diagnostics

namespace HIFLOAT_DETAIL_NAMESPACE {

/// On bits, so that it holds under -ffast-math.
[[nodiscard]] constexpr bool is_finite(double x) noexcept {
  return (bit_cast<std::uint64_t>(x) & binary64::magnitude_mask) < binary64::infinity;
}

[[nodiscard]] constexpr bool is_infinite(double x) noexcept {
  return (bit_cast<std::uint64_t>(x) & binary64::magnitude_mask) == binary64::infinity;
}
[[nodiscard]] constexpr bool is_nan(double x) noexcept {
  return (bit_cast<std::uint64_t>(x) & binary64::magnitude_mask) > binary64::infinity;
}

/// Exact: binary64 has every number of the other types.
template <class T>
[[nodiscard]] constexpr double to_double(T element) noexcept {
  const auto x = bit_cast<storage_t<T>>(element);
  if constexpr (std::is_same_v<storage_t<T>, double>) {
    return x;
  } else {
    return static_cast<double>(static_cast<float>(x));
  }
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
