// The numbers that a format has.
#pragma once

#include <cstdint>
#include <vector>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/formats/quantization_format.hpp>
#include <hifloat/hif8.hpp>
#include <hifloat/order.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// Floats in order of value as integers, zeros at 0: -infinity is the lowest, +infinity the highest that matters.
[[nodiscard]] constexpr std::int64_t ordinal(float x) noexcept {
  const std::uint32_t bits = bit_cast<std::uint32_t>(x);
  const auto magnitude = static_cast<std::int64_t>(bits & binary32::magnitude_mask);
  return (bits & binary32::sign_mask) != 0 ? -magnitude : magnitude;
}
[[nodiscard]] constexpr float float_at(std::int64_t ordinal) noexcept {
  const auto bits = static_cast<std::uint32_t>(ordinal < 0 ? -ordinal : ordinal);
  return bit_cast<float>(ordinal < 0 ? bits | binary32::sign_mask : bits);
}

/// The smallest float above x that a format whose rounding is monotonic gives another number for; at most `last`, which
/// has another one.
template <QuantizationFormat F>
[[nodiscard]] constexpr float next_boundary(float x, float last) noexcept {
  const auto number = ordinal(static_cast<float>(static_cast<F>(x)));
  std::int64_t same = ordinal(x), other = ordinal(last);
  while (other - same > 1) {
    const std::int64_t middle = same + (other - same) / 2;
    const bool is_same = ordinal(static_cast<float>(static_cast<F>(float_at(middle)))) == number;
    (is_same ? same : other) = middle;
  }
  return float_at(other);
}

template <class F>
inline constexpr bool round_trips = true;
template <class R, class O>
inline constexpr bool round_trips<hif8<R, O>> = R::round_trips;

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_FUNCTION_NAMESPACE {

/// All finite values of a format, ascending, zero once. Formats other than HiF8 are asked by rounding floats, which
/// must be monotonic; it takes about 30 roundings a value.
template <QuantizationFormat F>
[[nodiscard]] std::vector<float> finite_values() {
  std::vector<float> values;
  if constexpr (detail::is_hif8<F>) {
    for (int place = 1; place < 2 * detail::place_of_zero; ++place) {
      values.push_back(static_cast<float>(F::from_bits(detail::code_at(place))));
    }
  } else {
    const float largest = formats::traits<F>::largest;
    for (float value = -largest; value < largest;) {
      values.push_back(detail::ordinal(value) == 0 ? 0.0f : value);
      value = static_cast<float>(static_cast<F>(detail::next_boundary<F>(value, largest)));
    }
    values.push_back(largest);
  }
  return values;
}

}  // namespace HIFLOAT_FUNCTION_NAMESPACE
