#pragma once
// The CPU's floating-point control and status: what std::fesetround and std::feclearexcept reach, and what they don't.

#include <cstdint>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace float_control {

#if defined(__SSE2__)
#define HIFLOAT_TEST_HAS_FLOAT_CONTROL 1

inline std::uint64_t read() { return _mm_getcsr(); }
inline void write(std::uint64_t state) { _mm_setcsr(static_cast<unsigned>(state)); }

inline constexpr std::uint64_t exception_flags = 0x3F;
/// Flush to zero, denormals are zero, both, and upward as well.
inline constexpr std::uint64_t hostile[] = {0x8000, 0x0040, 0x8040, 0xC040};

#elif defined(__aarch64__)
#define HIFLOAT_TEST_HAS_FLOAT_CONTROL 1

/// FPCR, and above it what tells exceptions in FPSR.
inline std::uint64_t read() {
  std::uint64_t control = 0, status = 0;
  __asm__ volatile("mrs %0, fpcr\n\tmrs %1, fpsr" : "=r"(control), "=r"(status)::"memory");
  return control | (status & 0x9F) << 32;
}
inline void write(std::uint64_t state) {
  __asm__ volatile("msr fpcr, %0\n\tmsr fpsr, %1" ::"r"(state & 0xFFFFFFFF), "r"(state >> 32) : "memory");
}

inline constexpr std::uint64_t exception_flags = std::uint64_t{0x9F} << 32;
/// Flush to zero (FZ, FZ16), default NaN, a binary16 without infinity and NaN (AHP), all, and upward as well.
inline constexpr std::uint64_t hostile[] = {0x0108'0000, 0x0200'0000, 0x0400'0000, 0x0708'0000, 0x0748'0000};

#endif

}  // namespace float_control
