// The scale and the clamp that array functions take, and what is allowed for them.
#pragma once

#include <cstdint>

#include <hifloat/bits.hpp>
#include <hifloat/codec.hpp>
#include <hifloat/config.hpp>
#include <hifloat/error.hpp>

namespace HIFLOAT_NAMESPACE {

inline constexpr float min_scale = 0x1p-126f;  ///< from here to max_scale, a scale and its inverse are normal numbers
inline constexpr float max_scale = 0x1p126f;   ///< 1 / min_scale

/// The clamp that limits nothing: infinity.
inline constexpr float no_clamp = detail::bit_cast<float>(detail::binary32::infinity);

/// How numbers are prepared for rounding: y = x * scale, one binary32 multiplication rounded to nearest even; then |y|
/// is limited to `clamp`, infinity included and NaN excluded. Other values are std::invalid_argument where an array
/// function is called with them.
struct ScaleParams {
  float scale = 1.0f;      ///< in [min_scale, max_scale]
  float clamp = no_clamp;  ///< no_clamp, or a finite positive HiF8 value
};

}  // namespace HIFLOAT_NAMESPACE

namespace HIFLOAT_DETAIL_NAMESPACE {

// Comparisons are on bits: they hold under -ffast-math, and a NaN fails them.
[[nodiscard]] constexpr bool is_valid_scale(float scale) noexcept {
  const std::uint32_t bits = bit_cast<std::uint32_t>(scale);
  return bits >= bit_cast<std::uint32_t>(min_scale) && bits <= bit_cast<std::uint32_t>(max_scale);
}

[[nodiscard]] constexpr bool is_valid_clamp(float clamp) noexcept {
  const std::uint32_t bits = bit_cast<std::uint32_t>(clamp);
  if (bits == binary32::infinity) return true;
  return bits != 0 && bits < binary32::infinity && format::binary32_bits(encode(clamp)) == bits;
}

/// Whether a normal number is a power of two.
[[nodiscard]] HIFLOAT_HD constexpr bool is_power_of_two(float x) noexcept {
  return (bit_cast<std::uint32_t>(x) & binary32::mantissa_mask) == 0;
}

/// Changes no number.
[[nodiscard]] constexpr bool is_neutral(const ScaleParams& params) noexcept {
  return bit_cast<std::uint32_t>(params.scale) == bit_cast<std::uint32_t>(1.0f) &&
         bit_cast<std::uint32_t>(params.clamp) == binary32::infinity;
}

HIFLOAT_ALWAYS_INLINE void check_clamp(float clamp) {
  if (!is_valid_clamp(clamp)) {
    HIFLOAT_THROW(std::invalid_argument, "hifloat: the clamp must be a finite positive HiF8 value (or no_clamp)");
  }
}

HIFLOAT_ALWAYS_INLINE void check(const ScaleParams& params) {  // it folds away where both are the default
  if (!is_valid_scale(params.scale)) {
    HIFLOAT_THROW(std::invalid_argument, "hifloat: the scale must lie in [2^-126, 2^126]");
  }
  check_clamp(params.clamp);
}

/// 1 / scale, rounded once to nearest even, whatever the rounding mode. `scale` is valid.
[[nodiscard]] HIFLOAT_HD constexpr float reciprocal(float scale) noexcept {
  const std::uint32_t bits = bit_cast<std::uint32_t>(scale);
  const std::uint64_t significand = (bits & binary32::mantissa_mask) | binary32::hidden_one;
  const std::uint32_t field = bits >> binary32::mantissa_width;
  if (significand == binary32::hidden_one) return bit_cast<float>((254u - field) << binary32::mantissa_width);
  // 2^47 / significand lies in (2^23, 2^24); the quotient is never a tie, as the divisor is not a power of two.
  const std::uint64_t quotient = (std::uint64_t{1} << 47) / significand;
  const std::uint64_t remainder = (std::uint64_t{1} << 47) % significand;
  const std::uint64_t rounded = quotient + (2 * remainder >= significand);
  return bit_cast<float>(((253u - field) << binary32::mantissa_width) +
                         static_cast<std::uint32_t>(rounded - binary32::hidden_one));
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
