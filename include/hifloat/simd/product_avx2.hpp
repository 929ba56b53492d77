// Matrix products with AVX2 and FMA.
#pragma once

#include <hifloat/config.hpp>

#if HIFLOAT_SIMD_X86

#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <utility>

#include <hifloat/simd/avx2.hpp>
#include <hifloat/simd/product_kernels.hpp>

HIFLOAT_TARGET_BEGIN("avx2,fma,f16c,popcnt")

namespace HIFLOAT_DETAIL_NAMESPACE::avx2_products {

/// 6 x 16: of 16 registers, 12 hold sums, 2 a panel's row, 2 broadcast words. A step is 12 multiplications and 8 loads:
/// 6 cycles where there are two of each kind in one.
struct Products {
  using Number = float;
  using Word = float;
  using Words = __m256;
  using Sums = __m256;
  using Doubles = __m256d;
  static constexpr std::size_t lanes = 8, double_lanes = 4;
  static constexpr std::size_t rows = 6, vectors = 2;
  static constexpr std::size_t stream_rows = 4;
  static constexpr std::size_t slice_words = 512, part_words = 256, few_rows = 288, few_words = 256;
  static constexpr std::size_t block_panels = 8, block_rows = 288;

  static HIFLOAT_ALWAYS_INLINE void prefetch(std::uintptr_t address) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): it may lie past the codes
    _mm_prefetch(reinterpret_cast<const char*>(address), _MM_HINT_T0);
  }
  static HIFLOAT_ALWAYS_INLINE Words load(const Word* p) { return _mm256_loadu_ps(p); }
  static HIFLOAT_ALWAYS_INLINE void store(Word* p, Words x) { _mm256_storeu_ps(p, x); }
  static HIFLOAT_ALWAYS_INLINE Words from_bits(__m256i bits) { return _mm256_castsi256_ps(bits); }
  static HIFLOAT_ALWAYS_INLINE Words broadcast(const Word* p) { return _mm256_broadcast_ss(p); }
  static HIFLOAT_ALWAYS_INLINE Sums zero() { return _mm256_setzero_ps(); }
  static HIFLOAT_ALWAYS_INLINE Sums load_sums(const float* p) { return _mm256_loadu_ps(p); }
  static HIFLOAT_ALWAYS_INLINE void store_sums(float* p, Sums x) { _mm256_storeu_ps(p, x); }
  static HIFLOAT_ALWAYS_INLINE void arrange(Word*, std::size_t) {}
  static HIFLOAT_ALWAYS_INLINE Sums multiply_add(Words a, Words b, Sums sum) { return _mm256_fmadd_ps(a, b, sum); }

  static HIFLOAT_ALWAYS_INLINE Doubles set(double x) { return _mm256_set1_pd(x); }
  static HIFLOAT_ALWAYS_INLINE Doubles load_doubles(const double* p) { return _mm256_loadu_pd(p); }
  static HIFLOAT_ALWAYS_INLINE Doubles widen(const float* p) { return _mm256_cvtps_pd(_mm_loadu_ps(p)); }
  static HIFLOAT_ALWAYS_INLINE Doubles widen_sums(const float* sums, std::size_t j) { return widen(sums + j); }
  static HIFLOAT_ALWAYS_INLINE void narrow(float* p, Doubles x) {
    const __m128 y = _mm256_cvtpd_ps(x);
    const __m128i magnitude = _mm_and_si128(_mm_castps_si128(y), _mm_set1_epi32(binary32::magnitude_mask));
    const __m128i is_nan = _mm_cmpgt_epi32(magnitude, _mm_set1_epi32(binary32::infinity));
    const __m128i nan = _mm_set1_epi32(binary32::quiet_nan);
    _mm_storeu_ps(p, _mm_castsi128_ps(_mm_blendv_epi8(_mm_castps_si128(y), nan, is_nan)));
  }
  static HIFLOAT_ALWAYS_INLINE Doubles multiply(Doubles a, Doubles b) {
    __m256d product = _mm256_mul_pd(a, b);
    __asm__("" : "+x"(product));  // keeps -ffast-math from another order
    return product;
  }
  static HIFLOAT_ALWAYS_INLINE Doubles fused(Doubles a, Doubles b, Doubles c) { return _mm256_fmadd_pd(a, b, c); }
};

#include <hifloat/simd/product_tile.inl>

using Codes = CodesInRegisters<Products, avx2_kernels::Primitives, avx2_kernels::Decoding>;

}  // namespace HIFLOAT_DETAIL_NAMESPACE::avx2_products

HIFLOAT_TARGET_END

#endif  // HIFLOAT_SIMD_X86
