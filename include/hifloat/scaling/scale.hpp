// From an estimate to a scale. Integer arithmetic throughout, so that CPU, GPU and every rank agree to the bit whatever
// the rounding mode, flush-to-zero, compiler flags or floating-point unit: each step is what IEEE binary64 gives in the
// order
//
//   raw = target / estimate        rounded to nearest even
//   raw = raw * 2^-margin          exact
//   raw = raw limited to [2^-126, 2^126]
//   scale = raw rounded to binary32; with power_of_two, that rounded down to a power of two
#pragma once

#include <cstdint>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/exact.hpp>
#include <hifloat/scaling/options.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// Mantissa bits that binary64 has and binary32 does not.
inline constexpr int more_mantissa_bits = binary64::mantissa_width - binary32::mantissa_width;

/// A binary32 magnitude as binary64, exact; not by a conversion, which under denormals-are-zero would lose subnormals.
[[nodiscard]] HIFLOAT_HD constexpr double widen(std::uint32_t magnitude) noexcept {
  if (magnitude == 0) return 0.0;
  const auto bits = static_cast<std::uint64_t>(magnitude);
  if (magnitude >= binary32::smallest_normal) {
    constexpr std::uint64_t rebias = std::uint64_t{binary64::bias - binary32::bias} << binary64::mantissa_width;
    return bit_cast<double>((bits << more_mantissa_bits) + rebias);
  }
  const int top = bit_width(magnitude) - 1;
  const std::uint64_t mantissa = (bits << (binary64::mantissa_width - top)) - binary64::hidden_one;
  constexpr std::uint64_t field_of_smallest = std::uint64_t{binary64::bias + binary32::min_exponent};
  const std::uint64_t field = field_of_smallest + static_cast<std::uint64_t>(top);
  return bit_cast<double>((field << binary64::mantissa_width) + mantissa);
}

/// significand * 2^(exponent - 52), a positive binary64 number with any exponent; 2^52 <= significand < 2^53.
struct RawScale {
  std::uint64_t significand;
  int exponent;
};

/// A positive finite double as a RawScale; subnormals too.
[[nodiscard]] HIFLOAT_HD constexpr RawScale raw_from(double x) noexcept {
  const Exact exact = exact_from(x);
  if (exact.magnitude >= binary64::hidden_one) return {exact.magnitude, exact.exponent + binary64::mantissa_width};
  const int shift = binary64::mantissa_width + 1 - bit_width(exact.magnitude);
  return {exact.magnitude << shift, exact.exponent - shift + binary64::mantissa_width};
}

/// a / b rounded to nearest even, by long division: 52 bits after the leading one, then the remainder decides.
[[nodiscard]] HIFLOAT_HD constexpr RawScale divide(RawScale a, RawScale b) noexcept {
  const bool below_one = a.significand < b.significand;
  std::uint64_t remainder = (below_one ? a.significand << 1 : a.significand) - b.significand;
  std::uint64_t quotient = 1;
  constexpr int digits[] = {11, 11, 11, 11, 8};
  for (const int digit_bits : digits) {  // the remainder has 53 bits and must stay below 2^64
    remainder <<= digit_bits;
    quotient = quotient << digit_bits | remainder / b.significand;
    remainder %= b.significand;
  }
  quotient += 2 * remainder >= b.significand;  // never a tie: no such quotient is halfway between two 53-bit numbers
  const bool carry = quotient >> 53 != 0;
  return {carry ? binary64::hidden_one : quotient, a.exponent - b.exponent - below_one + carry};
}

[[nodiscard]] HIFLOAT_HD constexpr RawScale limited(RawScale x) noexcept {
  if (x.exponent >= 126) return {binary64::hidden_one, 126};
  if (x.exponent < -126) return {binary64::hidden_one, -126};
  return x;
}

/// target / estimate * 2^-margin, limited. The estimate is positive and finite.
[[nodiscard]] HIFLOAT_HD constexpr RawScale raw_scale(const ScalingOptions& options, double estimate) noexcept {
  RawScale raw = divide(raw_from(widen(bit_cast<std::uint32_t>(options.target))), raw_from(estimate));
  raw.exponent -= options.margin;
  return limited(raw);
}

/// The bits of the raw scale rounded to binary32, to nearest even.
[[nodiscard]] HIFLOAT_HD constexpr std::uint32_t to_binary32(RawScale raw) noexcept {
  const std::uint64_t mantissa = raw.significand - binary64::hidden_one;
  const auto rounded = static_cast<std::uint32_t>(shift_right_ties_even(mantissa, more_mantissa_bits));
  return (static_cast<std::uint32_t>(raw.exponent + binary32::bias) << binary32::mantissa_width) + rounded;
}

[[nodiscard]] HIFLOAT_HD constexpr bool is_positive_finite(float x) noexcept {
  return bit_cast<std::uint32_t>(x) - 1 < binary32::infinity - 1;
}
[[nodiscard]] HIFLOAT_HD constexpr bool is_positive_finite(double x) noexcept {
  return bit_cast<std::uint64_t>(x) - 1 < binary64::infinity - 1;
}

/// 2^floor(log2(x)) of a positive normal binary32.
[[nodiscard]] HIFLOAT_HD constexpr std::uint32_t power_of_two_below(std::uint32_t bits) noexcept {
  return bits & ~binary32::mantissa_mask;
}

/// The scale of a tensor with this amax, as if it were the first one.
[[nodiscard]] HIFLOAT_HD constexpr float scale_for(const ScalingOptions& options, double amax) noexcept {
  const std::uint32_t bits = to_binary32(raw_scale(options, amax));
  return bit_cast<float>(options.power_of_two ? power_of_two_below(bits) : bits);
}

/// The scale that follows `current`. With powers of two, a smaller one is taken at once, a larger one only from a
/// quarter above it: an estimate that hovers about a power of two then does not move the scale every step. (At the
/// upper end 2^125 stays: no scale is a quarter above 2^126.)
[[nodiscard]] HIFLOAT_HD constexpr float next_scale(const ScalingOptions& options, double estimate, float current,
                                                    bool first) noexcept {
  if (!options.power_of_two || first) return scale_for(options, estimate);
  const std::uint32_t bits = to_binary32(raw_scale(options, estimate));
  const std::uint32_t current_bits = bit_cast<std::uint32_t>(current);
  constexpr std::uint32_t one_binade = std::uint32_t{1} << binary32::mantissa_width, a_quarter = one_binade / 4;
  const bool takes_over = bits < current_bits || bits >= current_bits + one_binade + a_quarter;
  return takes_over ? bit_cast<float>(power_of_two_below(bits)) : current;
}

/// a * b, exact, for factors with 24 significant bits.
[[nodiscard]] HIFLOAT_HD constexpr RawScale exact_product(RawScale a, RawScale b) noexcept {
  const std::uint64_t product =
      (a.significand >> more_mantissa_bits) * (b.significand >> more_mantissa_bits);  // 2^46..2^48
  const bool two_or_more = product >> 47 != 0;
  return {product << (two_or_more ? 5 : 6), a.exponent + b.exponent + two_or_more};
}

[[nodiscard]] constexpr bool is_repair_on(const ScalingOptions& options) noexcept {
  return bit_cast<std::uint32_t>(options.repair) != 0;
}

/// amax * scale / target > options.repair, exactly; false where repair is off. An amax that is zero or not finite
/// passes no bound.
[[nodiscard]] constexpr bool passes_repair_bound(const ScalingOptions& options, float amax, float scale) noexcept {
  if (!is_repair_on(options) || !is_positive_finite(amax)) return false;
  const auto raw = [](float x) { return raw_from(widen(bit_cast<std::uint32_t>(x))); };
  const RawScale scaled = exact_product(raw(amax), raw(scale));
  const RawScale bound = exact_product(raw(options.target), raw(options.repair));
  return scaled.exponent > bound.exponent ||
         (scaled.exponent == bound.exponent && scaled.significand > bound.significand);
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
