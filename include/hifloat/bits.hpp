// Bits: reinterpreted, counted, rounded off; and the fields of the IEEE formats. In a form that host and device share.
#pragma once

#include <cstdint>

#include <hifloat/config.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// std::bit_cast, callable from device code, without <bit>.
template <class To, class From>
[[nodiscard]] HIFLOAT_HD constexpr To bit_cast(const From& from) noexcept {
  return __builtin_bit_cast(To, from);
}

/// Number of bits needed to hold `x`; 0 for 0 (std::bit_width).
[[nodiscard]] HIFLOAT_HD constexpr int bit_width(std::uint64_t x) noexcept {
#if defined(__GNUC__) && !HIFLOAT_DEVICE_CODE
  return x == 0 ? 0 : 64 - __builtin_clzll(x);
#else
  int width = 0;
  for (int step = 32; step != 0; step >>= 1) {
    if (x >> step != 0) {
      x >>= step;
      width += step;
    }
  }
  return width + (x != 0);
#endif
}

/// Drops the low `shift` bits of `x`, at least one, rounding to nearest, ties to even.
template <class Unsigned>
[[nodiscard]] HIFLOAT_HD constexpr Unsigned shift_right_ties_even(Unsigned x, int shift) noexcept {
  if (shift >= static_cast<int>(8 * sizeof x)) return 0;
  const Unsigned lowest_kept = x >> shift & 1;
  return (x + (Unsigned{1} << (shift - 1)) - 1 + lowest_kept) >> shift;
}

/// Fields of IEEE binary32.
namespace binary32 {
inline constexpr std::uint32_t sign_mask = 0x80000000u;
inline constexpr std::uint32_t magnitude_mask = 0x7FFFFFFFu;
inline constexpr std::uint32_t mantissa_mask = 0x007FFFFFu;
inline constexpr std::uint32_t hidden_one = 0x00800000u;  ///< what a normal number's significand has besides
inline constexpr std::uint32_t smallest_normal = 0x00800000u;
inline constexpr std::uint32_t largest = 0x7F7FFFFFu;
inline constexpr std::uint32_t infinity = 0x7F800000u;
inline constexpr std::uint32_t quiet_nan = 0x7FC00000u;  ///< every NaN that this library produces
inline constexpr int mantissa_width = 23;
inline constexpr int bias = 127;
inline constexpr int min_normal_exponent = -126;
inline constexpr int min_exponent = -149;  ///< of the smallest subnormal
}  // namespace binary32

/// The same of IEEE binary64.
namespace binary64 {
inline constexpr std::uint64_t magnitude_mask = 0x7FFFFFFFFFFFFFFFu;
inline constexpr std::uint64_t mantissa_mask = 0x000FFFFFFFFFFFFFu;
inline constexpr std::uint64_t hidden_one = 0x0010000000000000u;
inline constexpr std::uint64_t infinity = 0x7FF0000000000000u;
inline constexpr int mantissa_width = 52;
inline constexpr int bias = 1023;
}  // namespace binary64

}  // namespace HIFLOAT_DETAIL_NAMESPACE
