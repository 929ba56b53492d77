// binary16, as instructions and cublasLt read it.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace gpu_emulator {

inline float from_binary16(std::uint16_t half) {
  const int exponent = half >> 10 & 31;
  const float sign = (half & 0x8000) != 0 ? -1.0f : 1.0f;
  const auto mantissa = static_cast<float>(half & 0x3FF);
  if (exponent == 31 && mantissa != 0) return std::bit_cast<float>(0x7FFFFFFFu);
  if (exponent == 31) return sign * std::numeric_limits<float>::infinity();
  return sign * (exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(mantissa + 1024, exponent - 25));
}

}  // namespace gpu_emulator
