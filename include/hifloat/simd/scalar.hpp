// The scalar backend: the array kernels, one element at a time. It is what every other backend must agree with, bit for
// bit, and what they fall back on.
#pragma once

#include <cstddef>
#include <cstdint>

#include <hifloat/bits.hpp>
#include <hifloat/codec.hpp>
#include <hifloat/config.hpp>
#include <hifloat/simd/element.hpp>
#include <hifloat/simd/tables.hpp>
#include <hifloat/stats.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// A backend is a type with these static functions; each is one kernel over n elements, never inlined, so that the
/// caller's floating-point environment is set when it runs.
struct scalar {
  static constexpr const char* name = "scalar";
  [[nodiscard]] static bool is_usable() noexcept { return true; }

  template <class R, class O, class T>
  HIFLOAT_NOINLINE static void encode(const T* x, std::uint8_t* codes, std::size_t n,
                                      const KernelParams& params) noexcept {
    RandomLanes<R::uses_random> random(params.key);
    if (!params.scaled && params.clamp_bits == binary32::infinity) {
      for (std::size_t i = 0; i < n; ++i) codes[i] = encode_fast<R, O>(unscaled_source(x[i]), random(i));
      return;
    }
    const KernelParams p = params;  // a copy: what is written might change the original, for all the compiler knows
    if (p.clamp_bits == binary32::infinity) {
      for (std::size_t i = 0; i < n; ++i) codes[i] = encode_fast<R, O>(scaled_source(x[i], p), random(i));
    } else {
      for (std::size_t i = 0; i < n; ++i) codes[i] = quantize_one<R, O>(x[i], p, random(i));
    }
  }

  template <class T>
  HIFLOAT_NOINLINE static void decode(const std::uint8_t* codes, T* x, std::size_t n,
                                      const KernelParams& params) noexcept {
    for (std::size_t i = 0; i < n; ++i) x[i] = dequantize_one<T>(codes[i], params.scaled, params.scale);
  }

  template <class R, class O, class T, class U>
  HIFLOAT_NOINLINE static void fake_quantize(const T* x, U* y, std::size_t n, const KernelParams& params) noexcept {
    const KernelParams p = params;
    const float inverse = reciprocal(p.scale);
    RandomLanes<R::uses_random> random(p.key);
    for (std::size_t i = 0; i < n; ++i) {
      y[i] = dequantize_one<U>(quantize_one<R, O>(x[i], p, random(i)), p.scaled, inverse);
    }
  }

  template <class R, class O, class T>
  HIFLOAT_NOINLINE static QuantizeStats quantize(const T* x, std::uint8_t* codes, std::size_t n,
                                                 const KernelParams& params) noexcept {
    constexpr std::uint32_t sixteen = bit_cast<std::uint32_t>(16.0f);
    const KernelParams p = params;
    RandomLanes<R::uses_random> random(p.key);
    QuantizeStats stats;
    stats.count = n;
    word_t<T> amax = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const word_t<T> magnitude = magnitude_word(x[i]);
      const Source scaled = scaled_source(x[i], p);
      const std::uint8_t rounded = encode_fast<R, overflow::Infinity>(clamped<T>(scaled, p), random(i));
      const std::uint8_t code = apply_overflow<O>(rounded);
      codes[i] = code;

      const std::uint32_t scaled_magnitude = scaled.bits & binary32::magnitude_mask;
      const bool finite = magnitude < Word<storage_t<T>>::infinity;
      amax = magnitude > amax ? magnitude : amax;
      stats.non_finite += !finite;
      stats.demoted += finite && scaled_magnitude >= sixteen;
      stats.overflowed += finite && (scaled_magnitude > p.clamp_bits || format::is_infinite(rounded));
      stats.flushed_to_zero += finite && magnitude != 0 && code == format::zero;
    }
    stats.amax = amax_from_word<T>(amax);
    return stats;
  }

  /// Largest magnitude; with FiniteOnly over the finite elements, else NaN if there is one.
  template <bool FiniteOnly, class T>
  [[nodiscard]] HIFLOAT_NOINLINE static float abs_max(const T* x, std::size_t n) noexcept {
    word_t<T> amax = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const word_t<T> magnitude = magnitude_word(x[i]);
      const bool counts = !FiniteOnly || magnitude < Word<storage_t<T>>::infinity;
      amax = counts && magnitude > amax ? magnitude : amax;
    }
    return amax_from_word<T>(amax);
  }

 private:
  template <class R, class O, class T>
  [[nodiscard]] static std::uint8_t quantize_one(T x, const KernelParams& params, std::uint16_t random) noexcept {
    return encode_fast<R, O>(clamped<T>(scaled_source(x, params), params), random);
  }

  template <class T>
  [[nodiscard]] static T dequantize_one(std::uint8_t code, bool scaled, float scale) noexcept {
    const float value = bit_cast<float>(decode_table.bits[code]);
    return element_from<T>(scaled ? multiply(value, scale) : value);
  }
};

}  // namespace HIFLOAT_DETAIL_NAMESPACE
