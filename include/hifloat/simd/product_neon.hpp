// Matrix products with NEON, on any AArch64.
#pragma once

#include <hifloat/config.hpp>

#if HIFLOAT_SIMD_NEON

#include <arm_neon.h>

#include <cstddef>
#include <cstdint>
#include <utility>

#include <hifloat/simd/neon.hpp>
#include <hifloat/simd/product_kernels.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE::neon_products {

/// 6 x 16: of 32 registers, 24 hold sums, 4 a panel's row, and the rest broadcast words.
struct Products {
  using Number = float;
  using Word = float;
  using Words = float32x4_t;
  using Sums = float32x4_t;
  using Doubles = float64x2_t;
  static constexpr std::size_t lanes = 4, double_lanes = 2;
  static constexpr std::size_t rows = 6, vectors = 4;
  static constexpr std::size_t stream_rows = 4;
  static constexpr std::size_t slice_words = 384, part_words = 256, few_rows = 144, few_words = 256;
  static constexpr std::size_t block_panels = 4, block_rows = 144;

  static HIFLOAT_ALWAYS_INLINE void prefetch(std::uintptr_t address) {
    __builtin_prefetch(reinterpret_cast<const void*>(address));
  }
  static HIFLOAT_ALWAYS_INLINE Words load(const Word* p) { return vld1q_f32(p); }
  static HIFLOAT_ALWAYS_INLINE void store(Word* p, Words x) { vst1q_f32(p, x); }
  static HIFLOAT_ALWAYS_INLINE Words from_bits(uint8x16_t bits) { return vreinterpretq_f32_u8(bits); }
  static HIFLOAT_ALWAYS_INLINE Words broadcast(const Word* p) { return vld1q_dup_f32(p); }
  static HIFLOAT_ALWAYS_INLINE Sums zero() { return vdupq_n_f32(0); }
  static HIFLOAT_ALWAYS_INLINE Sums load_sums(const float* p) { return vld1q_f32(p); }
  static HIFLOAT_ALWAYS_INLINE void store_sums(float* p, Sums x) { vst1q_f32(p, x); }
  static HIFLOAT_ALWAYS_INLINE void arrange(Word*, std::size_t) {}
  static HIFLOAT_ALWAYS_INLINE Sums multiply_add(Words a, Words b, Sums sum) { return vfmaq_f32(sum, a, b); }

  static HIFLOAT_ALWAYS_INLINE Doubles set(double x) { return vdupq_n_f64(x); }
  static HIFLOAT_ALWAYS_INLINE Doubles load_doubles(const double* p) { return vld1q_f64(p); }
  static HIFLOAT_ALWAYS_INLINE Doubles widen(const float* p) { return vcvt_f64_f32(vld1_f32(p)); }
  static HIFLOAT_ALWAYS_INLINE Doubles widen_sums(const float* sums, std::size_t j) { return widen(sums + j); }
  static HIFLOAT_ALWAYS_INLINE void narrow(float* p, Doubles x) {
    const uint32x2_t y = vreinterpret_u32_f32(vcvt_f32_f64(x));
    const uint32x2_t is_nan =
        vcgt_u32(vand_u32(y, vdup_n_u32(binary32::magnitude_mask)), vdup_n_u32(binary32::infinity));
    vst1_f32(p, vreinterpret_f32_u32(vbsl_u32(is_nan, vdup_n_u32(binary32::quiet_nan), y)));
  }
  static HIFLOAT_ALWAYS_INLINE Doubles multiply(Doubles a, Doubles b) {
    float64x2_t product = vmulq_f64(a, b);
    __asm__("" : "+w"(product));  // keeps -ffast-math from another order
    return product;
  }
  static HIFLOAT_ALWAYS_INLINE Doubles fused(Doubles a, Doubles b, Doubles c) { return vfmaq_f64(c, a, b); }
};

#include <hifloat/simd/product_tile.inl>

using Codes = CodesInRegisters<Products, neon_kernels::Primitives, neon_kernels::Decoding>;

}  // namespace HIFLOAT_DETAIL_NAMESPACE::neon_products

#endif  // HIFLOAT_SIMD_NEON
