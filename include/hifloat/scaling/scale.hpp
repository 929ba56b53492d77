// From an estimate to a scale. Integer arithmetic throughout, so that CPU, GPU and every rank agree to the bit whatever
// the rounding mode, flush-to-zero, compiler flags or floating-point unit: each step is what IEEE binary64 gives in the
// order
//
//   raw = target / estimate        rounded to nearest even
//   raw = raw * 2^-margin          exact
//   raw = raw limited to [2^-126, 2^126]
//   scale = raw rounded to binary32, or floor to a power of two
#pragma once

#include <cstdint>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/exact.hpp>
#include <hifloat/scale_params.hpp>
#include <hifloat/scaling/options.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

inline constexpr std::uint64_t hidden_one = std::uint64_t{1} << 52;  ///< of a binary64

/// A binary32 magnitude as binary64, exact; not by a conversion, which under denormals-are-zero would lose subnormals.
[[nodiscard]] constexpr double widen(std::uint32_t magnitude) noexcept {
  if (magnitude >= 0x00800000u)
    return bit_cast<double>((static_cast<std::uint64_t>(magnitude) << 29) + (std::uint64_t{1023 - 127} << 52));
  if (magnitude == 0) return 0.0;
  const int width = bit_width(magnitude);
  const std::uint64_t mantissa = (static_cast<std::uint64_t>(magnitude) << (53 - width)) - hidden_one;
  return bit_cast<double>((static_cast<std::uint64_t>(1023 - 150 + width) << 52) + mantissa);
}

/// significand * 2^(exponent - 52), a positive binary64 number with any exponent; 2^52 <= significand < 2^53.
struct RawScale {
  std::uint64_t significand;
  int exponent;
};

/// A positive finite double as a RawScale; subnormals too.
[[nodiscard]] constexpr RawScale raw_from(double x) noexcept {
  const Exact exact = exact_from(x);
  if (exact.magnitude >= hidden_one) return {exact.magnitude, exact.exponent + 52};
  const int shift = 53 - bit_width(exact.magnitude);
  return {exact.magnitude << shift, exact.exponent - shift + 52};
}

/// a / b rounded to nearest even. A floating-point division only guesses the quotient, to a unit or two whatever the
/// environment; the remainder, an exact integer, decides.
[[nodiscard]] constexpr RawScale divide(RawScale a, RawScale b) noexcept {
  const bool below_one = a.significand < b.significand;
  const std::uint64_t dividend = below_one ? a.significand << 1 : a.significand;
  const double guess = static_cast<double>(static_cast<std::int64_t>(dividend)) /
                       static_cast<double>(static_cast<std::int64_t>(b.significand));
  auto quotient = static_cast<std::uint64_t>(static_cast<std::int64_t>(guess * 0x1p52));
  // dividend * 2^52 - quotient * b is small: its low 64 bits are all of it.
  auto remainder = static_cast<std::int64_t>((dividend << 52) - quotient * b.significand);
  const auto divisor = static_cast<std::int64_t>(b.significand);
  for (; remainder < 0; remainder += divisor) --quotient;
  for (; remainder >= divisor; remainder -= divisor) ++quotient;
  quotient +=
      2 * remainder >= divisor;  // never a tie: a quotient of two 53-bit numbers is not halfway between two others
  const bool carry = quotient >> 53 != 0;
  return {carry ? hidden_one : quotient, a.exponent - b.exponent - below_one + carry};
}

[[nodiscard]] constexpr RawScale limited(RawScale x) noexcept {
  if (x.exponent >= 126) return {hidden_one, 126};
  if (x.exponent < -126) return {hidden_one, -126};
  return x;
}

/// target / estimate * 2^-margin, limited. The estimate is positive and finite.
[[nodiscard]] constexpr RawScale raw_scale(const ScalingOptions& options, double estimate) noexcept {
  RawScale raw = divide(raw_from(widen(bit_cast<std::uint32_t>(options.target))), raw_from(estimate));
  raw.exponent -= options.margin;
  return limited(raw);
}

/// Rounded to nearest even, or down to a power of two.
[[nodiscard]] constexpr float to_binary32(RawScale raw, bool power_of_two) noexcept {
  constexpr int dropped_bits = 29;
  constexpr std::uint64_t half = std::uint64_t{1} << (dropped_bits - 1);
  const std::uint64_t mantissa = power_of_two ? 0 : raw.significand - hidden_one;
  const std::uint64_t lowest_kept = mantissa >> dropped_bits & 1;
  const auto rounded = static_cast<std::uint32_t>((mantissa + half - 1 + lowest_kept) >> dropped_bits);
  return bit_cast<float>((static_cast<std::uint32_t>(raw.exponent + binary32::bias) << binary32::mantissa_width) +
                         rounded);
}

[[nodiscard]] constexpr bool is_positive_finite(double x) noexcept {
  return bit_cast<std::uint64_t>(x) - 1 < 0x7FF0000000000000u - 1;
}

/// The scale of a tensor with this amax, as if it were the first one.
[[nodiscard]] constexpr float scale_for(const ScalingOptions& options, double amax) noexcept {
  return to_binary32(raw_scale(options, amax), options.power_of_two);
}

/// The scale that follows `current`. With powers of two, a smaller one is taken at once, a larger one only from a
/// quarter above it: an estimate that hovers about a power of two then does not move the scale every step.
[[nodiscard]] constexpr float next_scale(const ScalingOptions& options, double estimate, float current,
                                         bool first) noexcept {
  const RawScale raw = raw_scale(options, estimate);
  const float candidate = to_binary32(raw, options.power_of_two);
  if (!options.power_of_two || first) return candidate;
  const int exponent = static_cast<int>(bit_cast<std::uint32_t>(current) >> binary32::mantissa_width) - binary32::bias;
  const bool a_quarter_above_the_next =
      raw.exponent > exponent + 1 || (raw.exponent == exponent + 1 && raw.significand >= hidden_one + hidden_one / 4);
  return raw.exponent < exponent || a_quarter_above_the_next ? candidate : current;
}

/// a * b, exact, for factors with 24 significant bits.
[[nodiscard]] constexpr RawScale exact_product(RawScale a, RawScale b) noexcept {
  const std::uint64_t product = (a.significand >> 29) * (b.significand >> 29);  // 2^46..2^48
  const bool two_or_more = product >> 47 != 0;
  return {product << (two_or_more ? 5 : 6), a.exponent + b.exponent + two_or_more};
}

/// amax * scale / target > options.repair, exactly; false where repair is off. An amax that is zero or not finite
/// passes no bound.
[[nodiscard]] constexpr bool passes_repair_bound(const ScalingOptions& options, float amax, float scale) noexcept {
  const std::uint32_t bits = bit_cast<std::uint32_t>(amax);
  if (bit_cast<std::uint32_t>(options.repair) == 0 || bits == 0 || bits >= binary32::infinity) return false;
  const auto raw = [](float x) { return raw_from(widen(bit_cast<std::uint32_t>(x))); };
  const RawScale scaled = exact_product(raw(amax), raw(scale));
  const RawScale bound = exact_product(raw(options.target), raw(options.repair));
  return scaled.exponent > bound.exponent ||
         (scaled.exponent == bound.exponent && scaled.significand > bound.significand);
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
