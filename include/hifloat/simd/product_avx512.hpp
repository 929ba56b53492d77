// Matrix products with AVX-512: in binary32, and with the instructions that multiply pairs of bfloat16 numbers.
#pragma once

#include <hifloat/config.hpp>

#if HIFLOAT_SIMD_X86

#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include <hifloat/simd/avx512bw.hpp>
#include <hifloat/simd/avx512vbmi.hpp>
#include <hifloat/simd/byte_tables.hpp>
#include <hifloat/simd/product_kernels.hpp>
#include <hifloat/storage.hpp>

HIFLOAT_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,popcnt")

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
  static constexpr std::size_t stream_rows = 4;
  static constexpr std::size_t slice_words = 1024, part_words = 96, few_rows = 192, few_words = 288;
  static constexpr std::size_t block_panels = 2, block_rows = 288;

  static HIFLOAT_ALWAYS_INLINE void prefetch(std::uintptr_t address) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): it may lie past the codes
    _mm_prefetch(reinterpret_cast<const char*>(address), _MM_HINT_T0);
  }
  static HIFLOAT_ALWAYS_INLINE Words load(const Word* p) { return _mm512_loadu_ps(p); }
  static HIFLOAT_ALWAYS_INLINE void store(Word* p, Words x) { _mm512_storeu_ps(p, x); }
  static HIFLOAT_ALWAYS_INLINE Words from_bits(__m512i bits) { return _mm512_castsi512_ps(bits); }
  static HIFLOAT_ALWAYS_INLINE Words broadcast(const Word* p) { return _mm512_set1_ps(*p); }
  static HIFLOAT_ALWAYS_INLINE Sums zero() { return _mm512_setzero_ps(); }
  static HIFLOAT_ALWAYS_INLINE Sums load_sums(const float* p) { return _mm512_loadu_ps(p); }
  static HIFLOAT_ALWAYS_INLINE void store_sums(float* p, Sums x) { _mm512_storeu_ps(p, x); }
  static HIFLOAT_ALWAYS_INLINE void arrange(Word*, std::size_t) {}
  static HIFLOAT_ALWAYS_INLINE Sums multiply_add(Words a, Words b, Sums sum) { return _mm512_fmadd_ps(a, b, sum); }

  static HIFLOAT_ALWAYS_INLINE Doubles set(double x) { return _mm512_set1_pd(x); }
  static HIFLOAT_ALWAYS_INLINE Doubles load_doubles(const double* p) { return _mm512_loadu_pd(p); }
  static HIFLOAT_ALWAYS_INLINE Doubles widen(const float* p) { return _mm512_maskz_cvtps_pd(0xFF, _mm256_loadu_ps(p)); }
  static HIFLOAT_ALWAYS_INLINE Doubles widen_sums(const float* sums, std::size_t j) { return widen(sums + j); }
  static HIFLOAT_ALWAYS_INLINE void narrow(float* p, Doubles x) {
    constexpr int any_nan = 0x81;
    const __m256 y = _mm512_maskz_cvtpd_ps(0xFF, x);
    const __mmask8 is_nan = _mm256_fpclass_ps_mask(y, any_nan);
    const __m256i nan = _mm256_set1_epi32(binary32::quiet_nan);  // as integers, which -ffast-math leaves alone
    const __m256i narrowed = _mm256_mask_mov_epi32(_mm256_castps_si256(y), is_nan, nan);
    _mm256_storeu_ps(p, _mm256_castsi256_ps(narrowed));
  }
  static HIFLOAT_ALWAYS_INLINE Doubles multiply(Doubles a, Doubles b) {
    __m512d product = _mm512_mul_pd(a, b);
    __asm__("" : "+v"(product));  // keeps -ffast-math from another order
    return product;
  }
  static HIFLOAT_ALWAYS_INLINE Doubles fused(Doubles a, Doubles b, Doubles c) { return _mm512_fmadd_pd(a, b, c); }
};

#include <hifloat/simd/product_tile.inl>

using Codes = CodesInRegisters<Products, avx512bw_kernels::Primitives, avx512bw_kernels::Decoding>;

}  // namespace HIFLOAT_DETAIL_NAMESPACE::avx512_products

HIFLOAT_TARGET_END

HIFLOAT_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vbmi2,avx512bf16,popcnt")

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

  static HIFLOAT_ALWAYS_INLINE Words load(const Word* p) { return _mm512_loadu_si512(p); }
  static HIFLOAT_ALWAYS_INLINE void store(Word* p, Words x) { _mm512_storeu_si512(p, x); }
  static HIFLOAT_ALWAYS_INLINE Words broadcast(const Word* p) {
    std::int32_t pair = 0;
    std::memcpy(&pair, p, sizeof pair);
    return _mm512_set1_epi32(pair);
  }
  static HIFLOAT_ALWAYS_INLINE Sums multiply_add(Words a, Words b, Sums sum) {
    return _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(a), reinterpret_cast<__m512bh>(b));
  }

  /// As `Codes` leaves them: of each 32 columns, four of every eight in one vector and four in the next, which is
  /// mended when sums are read at the end, and not for every code.
  static HIFLOAT_ALWAYS_INLINE void arrange(Word* words, std::size_t rows) {
    for (std::size_t pair = 0; pair < 2 * rows; ++pair, words += 2 * lanes) {
      const Words x = load(words), y = load(words + lanes);
      store(words, _mm512_maskz_shuffle_i32x4(0xFFFF, x, y, 0x88));          // quarters 0 and 2 of each
      store(words + lanes, _mm512_maskz_shuffle_i32x4(0xFFFF, x, y, 0xDD));  // 1 and 3
    }
  }
  static HIFLOAT_ALWAYS_INLINE Doubles widen_sums(const float* sums, std::size_t j) {
    const float* const four = sums + j / 32 * 32 + j % 32 / 2;
    const __m256 eight =
        _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(four)), _mm_loadu_ps(four + lanes), 1);
    return _mm512_maskz_cvtps_pd(0xFF, eight);
  }
};

#include <hifloat/simd/product_tile.inl>

/// Two tables of bytes, interleaved.
struct Codes {
  using Ints = __m512i;
  struct Group {
    Ints a, b;
  };
  static constexpr std::size_t word_rows = 1;
  static constexpr std::size_t bytes = sizeof(Group);

  static HIFLOAT_ALWAYS_INLINE Group load(const std::uint8_t* p) { return {V::load(p), V::load(p + sizeof(Ints))}; }
  static HIFLOAT_ALWAYS_INLINE void words(const Group& codes, Ints* words) {
    interleaved(codes.a, words);
    interleaved(codes.b, words + 2);
  }
  static HIFLOAT_ALWAYS_INLINE Ints nothing_special() { return V::zero(); }
  static HIFLOAT_ALWAYS_INLINE Ints note(Ints special, const Group& codes) {
    return V::min8_signed(special, V::min8_signed(codes.a, codes.b));
  }
  static HIFLOAT_ALWAYS_INLINE bool any_special(Ints special) {
    return avx512vbmi_kernels::Decoding::any_special(special);
  }

 private:
  using V = avx512vbmi_kernels::Primitives;
  static HIFLOAT_ALWAYS_INLINE void interleaved(Ints codes, Ints* words) {
    const Ints high = V::or_and(V::lookup128(word_bytes<bfloat16>.high, codes), codes, V::set8(format::sign_bit));
    const Ints low = V::lookup128(word_bytes<bfloat16>.low, codes);
    words[0] = _mm512_unpacklo_epi8(low, high);
    words[1] = _mm512_unpackhi_epi8(low, high);
  }
};

}  // namespace HIFLOAT_DETAIL_NAMESPACE::avx512bf16_products

HIFLOAT_TARGET_END

#endif  // HIFLOAT_SIMD_X86
