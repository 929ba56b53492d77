// Matrix products with AVX-512: in binary32, and with the instructions that multiply pairs of bfloat16 numbers.
#pragma once

#include <hifloat/config.hpp>

#if HIFLOAT_SIMD_X86

#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include <hifloat/simd/product_kernels.hpp>
#include <hifloat/storage.hpp>

HIFLOAT_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq")

namespace HIFLOAT_DETAIL_NAMESPACE::avx512_products {

/// 6 x 64: of 32 registers, 24 hold sums and 4 a panel's row; broadcasts are part of the multiplications.
struct Products {
  using Number = float;
  using Word = float;
  using Words = __m512;
  using Sums = __m512;
  using Doubles = __m512d;
  static constexpr std::size_t lanes = 16, double_lanes = 8;
  static constexpr std::size_t rows = 6, vectors = 4;
  static constexpr std::size_t block_rows = 288, block_words = 128;

  static HIFLOAT_ALWAYS_INLINE Words load(const Word* p) { return _mm512_loadu_ps(p); }
  static HIFLOAT_ALWAYS_INLINE Words broadcast(const Word* p) { return _mm512_set1_ps(*p); }
  static HIFLOAT_ALWAYS_INLINE Sums zero() { return _mm512_setzero_ps(); }
  static HIFLOAT_ALWAYS_INLINE Sums load_sums(const float* p) { return _mm512_loadu_ps(p); }
  static HIFLOAT_ALWAYS_INLINE void store_sums(float* p, Sums x) { _mm512_storeu_ps(p, x); }
  static HIFLOAT_ALWAYS_INLINE Sums multiply_add(Words a, Words b, Sums sum) { return _mm512_fmadd_ps(a, b, sum); }

  static HIFLOAT_ALWAYS_INLINE Doubles set(double x) { return _mm512_set1_pd(x); }
  static HIFLOAT_ALWAYS_INLINE Doubles widen(const float* p) { return _mm512_maskz_cvtps_pd(0xFF, _mm256_loadu_ps(p)); }
  static HIFLOAT_ALWAYS_INLINE void narrow(float* p, Doubles x) {
    const __m256i y = _mm256_castps_si256(_mm512_maskz_cvtpd_ps(0xFF, x));
    const __m256i magnitude = _mm256_and_si256(y, _mm256_set1_epi32(binary32::magnitude_mask));
    const __mmask8 is_nan = _mm256_cmpgt_epi32_mask(magnitude, _mm256_set1_epi32(binary32::infinity));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p),
                        _mm256_mask_mov_epi32(y, is_nan, _mm256_set1_epi32(binary32::quiet_nan)));
  }
  static HIFLOAT_ALWAYS_INLINE Doubles multiply(Doubles a, Doubles b) { return _mm512_mul_pd(a, b); }
  static HIFLOAT_ALWAYS_INLINE Doubles fused(Doubles a, Doubles b, Doubles c) { return _mm512_fmadd_pd(a, b, c); }
};

#include <hifloat/simd/product_tile.inl>

}  // namespace HIFLOAT_DETAIL_NAMESPACE::avx512_products

HIFLOAT_TARGET_END

HIFLOAT_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")

namespace HIFLOAT_DETAIL_NAMESPACE::avx512bf16_products {

/// The same with twice the numbers: vdpbf16ps adds the two products of each pair, one after the other. It rounds to
/// nearest whatever the environment says, and takes no subnormal: there are none, as HiF8 values and their sums are
/// multiples of 2^-44.
struct Products : avx512_products::Products {
  using Number = bfloat16;
  struct Word {
    bfloat16 pair[2];
  };
  using Words = __m512i;
  static constexpr std::size_t block_words = 128;

  static HIFLOAT_ALWAYS_INLINE Words load(const Word* p) { return _mm512_loadu_si512(p); }
  static HIFLOAT_ALWAYS_INLINE Words broadcast(const Word* p) {
    std::int32_t pair = 0;
    std::memcpy(&pair, p, sizeof pair);
    return _mm512_set1_epi32(pair);
  }
  static HIFLOAT_ALWAYS_INLINE Sums multiply_add(Words a, Words b, Sums sum) {
    return _mm512_dpbf16_ps(sum, (__m512bh)a, (__m512bh)b);
  }
};

#include <hifloat/simd/product_tile.inl>

}  // namespace HIFLOAT_DETAIL_NAMESPACE::avx512bf16_products

HIFLOAT_TARGET_END

#endif  // HIFLOAT_SIMD_X86
