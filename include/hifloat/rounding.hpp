// Rounding policies: which of the two neighbouring HiF8 magnitudes a number becomes.
//
// A policy is an empty type that answers one question about a truncated number: does it round up, away from zero?
// Overflow is not its business (overflow.hpp). Users may write their own.
#pragma once

#include <cstdint>

#include <hifloat/config.hpp>

/// Rounding policies, and what they decide by.
namespace HIFLOAT_NAMESPACE::rounding {

/// What truncation to the binade's precision leaves to decide. Fractions have their first bit at bit 63.
struct Truncated {
  std::uint64_t kept;  ///< significand bits kept, leading 1 included: 2^W..2^(W+1)-1; 0 below the smallest value, 2^-22
  std::uint64_t discarded;  ///< the bits cut off, as a fraction of the last one kept
  std::uint64_t threshold;  ///< T of the hybrid policies: the source's own lowest bits
  int mantissa_width;       ///< W, the mantissa bits that HiF8 keeps here: 0..3
  std::uint16_t random;     ///< for policies that use_random
};

inline constexpr std::uint64_t half = std::uint64_t{1} << 63;  ///< of a step, as `discarded` has it

/// The contract of a rounding policy:
///  - `bool rounds_up(Truncated)`: constexpr, decides for the magnitude;
///  - `uses_random`: the caller passes 16 random bits with each number;
///  - `passes_largest`: a finite number above 2^15 may leave the finite range (to infinity's place at 1.5 * 2^15);
///  - `round_trips`: every code survives decode followed by encode. Only such types have arithmetic.
template <class R>
concept RoundingPolicy = requires(const Truncated& t) {
  static_cast<bool>(R::rounds_up(t));
  requires R::uses_random || !R::uses_random;
  requires R::passes_largest || !R::passes_largest;
  requires R::round_trips || !R::round_trips;
};

/// Nearest value, ties away from zero (Ascend CAST_ROUND). |x| >= 40960 overflows; 2^-23 becomes 2^-22.
struct TiesAway {
  static constexpr bool uses_random = false,  ///< takes no random bits
      passes_largest = true,                  ///< from 40960 on
      round_trips = true;                     ///< exact values stay
  /// From half a step on.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD static constexpr bool rounds_up(const Truncated& t) noexcept {
    return t.discarded >= half;
  }
};

/// Nearest value, ties to the even significand of x's own binade: 40960 stays 32768, 2^-23 becomes 0, and where no
/// mantissa bit is kept (2^-22..2^-16) the significand is the odd leading 1, so a tie goes up.
struct TiesEven {
  static constexpr bool uses_random = false,  ///< takes no random bits
      passes_largest = true,                  ///< above 40960
      round_trips = true;                     ///< exact values stay
  /// Past half a step; at half of one where the significand is odd.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD static constexpr bool rounds_up(const Truncated& t) noexcept {
    return t.discarded > half || (t.discarded == half && (t.kept & 1) != 0);
  }
};

/// Truncation. A finite |x| >= 2^15 gives 2^15 whatever the overflow policy.
struct TowardZero {
  static constexpr bool uses_random = false,  ///< takes no random bits
      passes_largest = false,                 ///< 2^15 is the end
      round_trips = true;                     ///< exact values stay
  /// Never.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD static constexpr bool rounds_up(const Truncated&) noexcept { return false; }
};

/// The Ascend 950's deterministic stand-in for stochastic rounding (SSR): the source's lowest bits T serve as the
/// random number, and F, as many discarded bits, rounds up iff F >= T. T is 14 bits of a binary32; for a bfloat16 or
/// binary16 source whose scale is a power of two it is {lowest stored bit, 1}. With T = 0 even an exact value rounds up
/// (16.0f becomes 20): that is the hardware's rule. Codes do not round-trip.
struct SimplifiedStochastic {
  static constexpr bool uses_random = false,  ///< takes no random bits
      passes_largest = true,                  ///< from 2^15 on, where F >= T
      round_trips = false;                    ///< exact values may go up: 16.0f, whose T is 0
  /// Where the discarded bits are T or more, but nothing below half of the smallest value.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD static constexpr bool rounds_up(const Truncated& t) noexcept {
    const bool below_half_of_the_smallest = t.kept == 0 && t.discarded < half;
    return t.discarded >= t.threshold && !below_half_of_the_smallest;
  }
};

/// Ascend CAST_HYBRID: TiesAway where three mantissa bits are kept (|E| <= 3), SimplifiedStochastic elsewhere.
struct Hybrid {
  static constexpr bool uses_random = false,  ///< takes no random bits
      passes_largest = true,                  ///< from 2^15 on, where F >= T
      round_trips = false;                    ///< exact values may go up: 16.0f, whose T is 0
  /// As the policy of this exponent does.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD static constexpr bool rounds_up(const Truncated& t) noexcept {
    return t.mantissa_width == 3 ? TiesAway::rounds_up(t) : SimplifiedStochastic::rounds_up(t);
  }
};

/// True stochastic rounding with 16 random bits r, uniform on 0..65535: up iff (top 16 discarded bits) + r >= 2^16.
/// Below 2^-22 the step is 2^-22; above 2^15 the next value is 1.5 * 2^15. Exact values stay.
struct Stochastic {
  static constexpr bool uses_random = true,  ///< takes 16 random bits
      passes_largest = true,                 ///< above 2^15, by chance
      round_trips = true;                    ///< exact values stay
  /// With the probability that the discarded part has of a step, in 65536ths.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD static constexpr bool rounds_up(const Truncated& t) noexcept {
    return static_cast<std::uint32_t>(t.discarded >> 48) + t.random >= 65536;
  }
};

}  // namespace HIFLOAT_NAMESPACE::rounding

namespace HIFLOAT_NAMESPACE {
using rounding::RoundingPolicy;
}
