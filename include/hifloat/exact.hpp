// Round to odd: how a number wider than binary32 becomes one without losing what a later rounding needs.
#pragma once

#include <cstdint>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// An exact or truncated real number: (-1)^negative * (magnitude + something in (0, 1) if sticky) * 2^exponent.
struct Exact {
  bool negative = false;
  std::uint64_t magnitude = 0;
  int exponent = 0;
  bool sticky = false;
};

/// The binary32 bits of `x` rounded to odd: truncated, with the last bit set where anything was lost. Rounding the
/// result to a format two or more bits narrower equals rounding `x` itself once (Boldo and Melquiond, "Emulation of FMA
/// and correctly rounded sums", 2008). A finite number stays finite, a nonzero one nonzero: both ends lie far outside
/// HiF8.
[[nodiscard]] HIFLOAT_HD constexpr std::uint32_t round_to_odd(const Exact& x) noexcept {
  const std::uint32_t sign = x.negative ? binary32::sign_mask : 0;
  if (x.magnitude == 0) return sign | (x.sticky ? 1u : 0u);
  const int top = bit_width(x.magnitude) - 1;
  const std::int64_t exponent = static_cast<std::int64_t>(x.exponent) + top;
  if (exponent > binary32::bias) return sign | binary32::largest;
  if (exponent < binary32::min_exponent) return sign | 1u;
  const bool subnormal = exponent < binary32::min_normal_exponent;
  const int width =  // bits kept below the leading one
      subnormal ? static_cast<int>(exponent) - binary32::min_exponent : binary32::mantissa_width;
  const int shift = top - width;
  std::uint64_t kept = 0;
  bool lost = x.sticky;
  if (shift <= 0) {
    kept = x.magnitude << -shift;
  } else if (shift < 64) {
    kept = x.magnitude >> shift;
    lost |= kept << shift != x.magnitude;
  } else {
    lost = true;
  }
  const std::uint32_t significand = static_cast<std::uint32_t>(kept) | (lost ? 1u : 0u);
  if (subnormal) return sign | significand;
  const std::uint32_t field = static_cast<std::uint32_t>(static_cast<int>(exponent) + binary32::bias);
  return sign | field << binary32::mantissa_width | (significand & binary32::mantissa_mask);
}

/// `x * 2^0` taken apart; for finite x.
[[nodiscard]] HIFLOAT_HD constexpr Exact exact_from(double x) noexcept {
  const std::uint64_t bits = bit_cast<std::uint64_t>(x);
  const std::uint64_t magnitude = bits & binary64::magnitude_mask;
  const std::uint64_t mantissa = magnitude & binary64::mantissa_mask;
  const int field = static_cast<int>(magnitude >> binary64::mantissa_width);
  return {bits != magnitude, field == 0 ? mantissa : mantissa | binary64::hidden_one,
          (field == 0 ? 1 : field) - binary64::bias - binary64::mantissa_width, false};
}

/// binary32 bits of a double: rounded to odd when finite, infinity and NaN kept.
[[nodiscard]] HIFLOAT_HD constexpr std::uint32_t round_to_odd(double x) noexcept {
  const std::uint64_t bits = bit_cast<std::uint64_t>(x);
  const std::uint64_t magnitude = bits & binary64::magnitude_mask;
  const std::uint32_t sign = static_cast<std::uint32_t>(bits >> 32) & binary32::sign_mask;
  if (magnitude > binary64::infinity) return binary32::quiet_nan;
  if (magnitude == binary64::infinity) return sign | binary32::infinity;
  return round_to_odd(exact_from(x));
}

/// binary32 bits of x * scale rounded to odd, the product itself being exact. `scale` is finite, positive and normal.
[[nodiscard]] HIFLOAT_HD constexpr std::uint32_t product_to_odd(double x, float scale) noexcept {
  const std::uint64_t magnitude = bit_cast<std::uint64_t>(x) & binary64::magnitude_mask;
  if (magnitude >= binary64::infinity) return round_to_odd(x);
  const std::uint32_t scale_bits = bit_cast<std::uint32_t>(scale);
  const std::uint64_t scale_significand = (scale_bits & binary32::mantissa_mask) | binary32::hidden_one;
  const int scale_exponent =
      static_cast<int>(scale_bits >> binary32::mantissa_width) - binary32::bias - binary32::mantissa_width;
  const Exact factor = exact_from(x);
  const std::uint64_t low = (factor.magnitude & 0xFFFFFF) * scale_significand;
  const std::uint64_t high = (factor.magnitude >> 24) * scale_significand + (low >> 24);
  return round_to_odd({factor.negative, high, factor.exponent + scale_exponent + 24, (low & 0xFFFFFF) != 0});
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
