// Floating-point work under the default rounding mode, whatever mode the caller is in.
#pragma once

#include <cstdint>

#include <hifloat/config.hpp>

#if defined(_M_X64) && !defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace HIFLOAT_DETAIL_NAMESPACE {

/// While it lives, rounding is to nearest even, subnormals are kept and no exception traps. Looks at the control
/// register once, writes it (and restores it) only where it differs. The work must sit behind a call that the compiler
/// can't see through.
class FloatEnvironment {
 public:
  FloatEnvironment() noexcept {
#if defined(__SSE2__) || defined(_M_X64)
    saved_ = read();
    changed_ = (saved_ & ~sticky_flags) != power_on;
    if (changed_) write(power_on);
#elif defined(__aarch64__)
    saved_ = read();
    changed_ = saved_ != 0;
    if (changed_) write(0);
#endif
  }
  FloatEnvironment(const FloatEnvironment&) = delete;
  FloatEnvironment& operator=(const FloatEnvironment&) = delete;
  ~FloatEnvironment() {
#if defined(__SSE2__) || defined(_M_X64) || defined(__aarch64__)
    if (changed_) write(saved_);
#endif
  }

 private:
#if defined(__SSE2__)
  using Register = std::uint32_t;
  static Register read() noexcept {
    Register mxcsr = 0;
    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr)::"memory");
    return mxcsr;
  }
  static void write(Register mxcsr) noexcept { __asm__ volatile("ldmxcsr %0" ::"m"(mxcsr) : "memory"); }
#elif defined(_M_X64)
  using Register = std::uint32_t;
  static Register read() noexcept { return _mm_getcsr(); }
  static void write(Register mxcsr) noexcept { _mm_setcsr(mxcsr); }
#elif defined(__aarch64__)
  using Register = std::uint64_t;
  static Register read() noexcept {
    Register fpcr = 0;
    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr)::"memory");
    return fpcr;
  }
  static void write(Register fpcr) noexcept { __asm__ volatile("msr fpcr, %0" ::"r"(fpcr) : "memory"); }
#endif
#if defined(__SSE2__) || defined(_M_X64)
  static constexpr Register power_on = 0x1F80;  // round to nearest, all exceptions masked, no FTZ, no DAZ
  static constexpr Register sticky_flags = 0x3F;
#endif
#if defined(__SSE2__) || defined(_M_X64) || defined(__aarch64__)
  Register saved_ = 0;
  bool changed_ = false;
#endif
};

/// x * scale, rounded once to binary32; nothing of -ffast-math reaches it.
[[nodiscard]] HIFLOAT_HD inline float multiply(float x, float scale) noexcept {
#if HIFLOAT_DEVICE_CODE
  float product;  // under --use_fast_math the operator, and the intrinsic too, would flush subnormals
  asm("mul.rn.f32 %0, %1, %2;" : "=f"(product) : "f"(x), "f"(scale));
  return product;
#else
  HIFLOAT_OPAQUE(x);
  float product = x * scale;
  HIFLOAT_OPAQUE(product);
  return product;
#endif
}

/// The same number as binary64; subnormals too.
[[nodiscard]] HIFLOAT_HD inline double to_binary64(float x) noexcept {
#if HIFLOAT_DEVICE_CODE
  double wide;
  asm("cvt.f64.f32 %0, %1;" : "=d"(wide) : "f"(x));
  return wide;
#else
  return static_cast<double>(x);
#endif
}

/// Rounded once to binary32; subnormals too.
[[nodiscard]] HIFLOAT_HD inline float rounded_to_binary32(double x) noexcept {
#if HIFLOAT_DEVICE_CODE
  float narrow;
  asm("cvt.rn.f32.f64 %0, %1;" : "=f"(narrow) : "d"(x));
  return narrow;
#else
  return static_cast<float>(x);
#endif
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
