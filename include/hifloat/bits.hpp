// Reinterpretation of bits, in a form that host and device share.
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

/// Fields of IEEE binary32.
namespace binary32 {
inline constexpr std::uint32_t sign_mask = 0x80000000u;
inline constexpr std::uint32_t magnitude_mask = 0x7FFFFFFFu;
inline constexpr std::uint32_t infinity = 0x7F800000u;
inline constexpr std::uint32_t largest = 0x7F7FFFFFu;
inline constexpr std::uint32_t quiet_nan = 0x7FC00000u;  ///< every NaN that this library produces
inline constexpr int mantissa_width = 23;
inline constexpr int bias = 127;
}  // namespace binary32

}  // namespace HIFLOAT_DETAIL_NAMESPACE
