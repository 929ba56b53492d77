// The NEON backend: 16 elements at a time, on any AArch64.
#pragma once

#include <hifloat/config.hpp>

#if HIFLOAT_SIMD_NEON

#include <arm_neon.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include <hifloat/order.hpp>
#include <hifloat/philox.hpp>
#include <hifloat/simd/element.hpp>
#include <hifloat/simd/exponent_classes.hpp>
#include <hifloat/simd/rank_line.hpp>
#include <hifloat/simd/scalar.hpp>
#include <hifloat/simd/streaming.hpp>
#include <hifloat/stats.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE::neon_kernels {

/// What vector_steps.inl and the rest are written in; numbers in the names are lane widths. On Cortex-A76 and later
/// nearly all are one micro-operation on either vector pipe; shifts, and what adds up a vector, on one of them.
struct Primitives {
  using Ints = uint8x16_t;
  static constexpr std::size_t lanes = 4;  // of 32 bits
  static HIFLOAT_ALWAYS_INLINE Ints zero() { return vdupq_n_u8(0); }
  static HIFLOAT_ALWAYS_INLINE Ints set8(int x) { return vdupq_n_u8(static_cast<std::uint8_t>(x)); }
  static HIFLOAT_ALWAYS_INLINE Ints set16(int x) { return ints(vdupq_n_u16(static_cast<std::uint16_t>(x))); }
  static HIFLOAT_ALWAYS_INLINE Ints set32(std::uint32_t x) { return ints(vdupq_n_u32(x)); }
  static HIFLOAT_ALWAYS_INLINE Ints set64(std::uint64_t x) { return ints(vdupq_n_u64(x)); }

  static HIFLOAT_ALWAYS_INLINE Ints bit_and(Ints a, Ints b) { return vandq_u8(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints bit_or(Ints a, Ints b) { return vorrq_u8(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints bit_xor(Ints a, Ints b) { return veorq_u8(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints bit_xor3(Ints a, Ints b, Ints c) { return bit_xor(bit_xor(a, b), c); }
  static HIFLOAT_ALWAYS_INLINE Ints majority(Ints a, Ints b, Ints c) { return select(bit_xor(a, b), c, a); }
  static HIFLOAT_ALWAYS_INLINE Ints and_not(Ints mask, Ints b) { return vbicq_u8(b, mask); }
  static HIFLOAT_ALWAYS_INLINE Ints select(Ints mask, Ints yes, Ints no) { return vbslq_u8(mask, yes, no); }
  static HIFLOAT_ALWAYS_INLINE Ints or_and(Ints a, Ints b, Ints c) { return bit_or(a, bit_and(b, c)); }

  static HIFLOAT_ALWAYS_INLINE Ints add8_saturating(Ints a, Ints b) { return vqaddq_u8(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints add16(Ints a, Ints b) { return ints(vaddq_u16(u16(a), u16(b))); }
  static HIFLOAT_ALWAYS_INLINE Ints add32(Ints a, Ints b) { return ints(vaddq_u32(u32(a), u32(b))); }
  static HIFLOAT_ALWAYS_INLINE Ints sub8(Ints a, Ints b) { return vsubq_u8(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints sub16(Ints a, Ints b) { return ints(vsubq_u16(u16(a), u16(b))); }
  static HIFLOAT_ALWAYS_INLINE Ints sub32(Ints a, Ints b) { return ints(vsubq_u32(u32(a), u32(b))); }
  static HIFLOAT_ALWAYS_INLINE Ints abs16(Ints a) { return ints(vabsq_s16(s16(a))); }
  static HIFLOAT_ALWAYS_INLINE Ints abs32(Ints a) { return ints(vabsq_s32(s32(a))); }
  static HIFLOAT_ALWAYS_INLINE Ints min8(Ints a, Ints b) { return vminq_u8(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints min16(Ints a, Ints b) { return ints(vminq_s16(s16(a), s16(b))); }
  static HIFLOAT_ALWAYS_INLINE Ints min32(Ints a, Ints b) { return ints(vminq_s32(s32(a), s32(b))); }
  static HIFLOAT_ALWAYS_INLINE Ints max8(Ints a, Ints b) { return vmaxq_u8(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints min16_unsigned(Ints a, Ints b) { return ints(vminq_u16(u16(a), u16(b))); }
  static HIFLOAT_ALWAYS_INLINE Ints max16(Ints a, Ints b) { return ints(vmaxq_s16(s16(a), s16(b))); }
  static HIFLOAT_ALWAYS_INLINE Ints max32_unsigned(Ints a, Ints b) { return ints(vmaxq_u32(u32(a), u32(b))); }
  static HIFLOAT_ALWAYS_INLINE Ints max32(Ints a, Ints b) { return ints(vmaxq_s32(s32(a), s32(b))); }
  /// For factors below 128 in b; x86 takes them as signed.
  static HIFLOAT_ALWAYS_INLINE Ints multiply_add_pairs(Ints a, Ints b) {
    return ints(vpaddq_u16(vmull_u8(vget_low_u8(a), vget_low_u8(b)), vmull_high_u8(a, b)));
  }
  template <int Count>
  static HIFLOAT_ALWAYS_INLINE Ints left16(Ints a) {
    return ints(vshlq_n_u16(u16(a), Count));
  }
  template <int Count>
  static HIFLOAT_ALWAYS_INLINE Ints left32(Ints a) {
    return ints(vshlq_n_u32(u32(a), Count));
  }
  template <int Count>
  static HIFLOAT_ALWAYS_INLINE Ints right16(Ints a) {
    return ints(vshrq_n_u16(u16(a), Count));
  }
  template <int Count>
  static HIFLOAT_ALWAYS_INLINE Ints right32(Ints a) {
    return ints(vshrq_n_u32(u32(a), Count));
  }
  template <int Count>
  static HIFLOAT_ALWAYS_INLINE Ints right8(Ints a) {
    return vshrq_n_u8(a, Count);
  }
  /// Of signed numbers, to nearest, ties up.
  template <int Count>
  static HIFLOAT_ALWAYS_INLINE Ints right16_rounded(Ints a) {
    return ints(vrshrq_n_s16(s16(a), Count));
  }
  /// For counts 0..128; zero from 32 on.
  static HIFLOAT_ALWAYS_INLINE Ints right32(Ints a, Ints counts) {
    return ints(vshlq_u32(u32(a), vnegq_s32(s32(counts))));
  }

  static HIFLOAT_ALWAYS_INLINE Ints even_bytes(Ints a, Ints b) { return vtrn1q_u8(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints odd_bytes(Ints a, Ints b) { return vtrn2q_u8(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints even_words(Ints a, Ints b) { return ints(vtrn1q_u16(u16(a), u16(b))); }
  static HIFLOAT_ALWAYS_INLINE Ints odd_words(Ints a, Ints b) { return ints(vtrn2q_u16(u16(a), u16(b))); }

  static HIFLOAT_ALWAYS_INLINE Ints add64(Ints a, Ints b) { return ints(vaddq_u64(u64(a), u64(b))); }
  static HIFLOAT_ALWAYS_INLINE Ints swap_halves64(Ints a) { return ints(vrev64q_u32(u32(a))); }
  static HIFLOAT_ALWAYS_INLINE Ints multiply32(Ints a, Ints b) {
    return ints(vmull_u32(vmovn_u64(u64(a)), vmovn_u64(u64(b))));
  }
  static HIFLOAT_ALWAYS_INLINE Ints join_lower32(Ints a, Ints b) { return ints(vtrn1q_u32(u32(a), u32(b))); }
  static HIFLOAT_ALWAYS_INLINE Ints interleave_even64(Ints a, Ints b) { return ints(vtrn1q_u64(u64(a), u64(b))); }
  static HIFLOAT_ALWAYS_INLINE Ints interleave_odd64(Ints a, Ints b) { return ints(vtrn2q_u64(u64(a), u64(b))); }
  static HIFLOAT_ALWAYS_INLINE Ints philox_offsets() { return ints(vcombine_u64(vcreate_u64(0), vcreate_u64(1))); }

  static HIFLOAT_ALWAYS_INLINE Ints with_sign16(Ints value, Ints sign) {
    const Ints minus = ints(vshrq_n_s16(s16(sign), 15));
    return sub16(bit_xor(value, minus), minus);
  }
  static HIFLOAT_ALWAYS_INLINE Ints with_sign32(Ints value, Ints sign) {
    const Ints minus = ints(vshrq_n_s32(s32(sign), 31));
    return sub32(bit_xor(value, minus), minus);
  }
  static HIFLOAT_ALWAYS_INLINE Ints zero_where_negative16(Ints value, Ints sign) {
    return bit_and(value, ints(vcgezq_s16(s16(sign))));
  }
  static HIFLOAT_ALWAYS_INLINE Ints zero_where_zero8(Ints value, Ints test) {
    return bit_and(value, vtstq_u8(test, test));
  }
  static HIFLOAT_ALWAYS_INLINE Ints select_greater32(Ints a, Ints b, Ints yes, Ints no) {
    return select(ints(vcgtq_s32(s32(a), s32(b))), yes, no);
  }

  static HIFLOAT_ALWAYS_INLINE Ints equal8(Ints a, Ints b) { return vceqq_u8(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints greater16(Ints a, Ints b) { return ints(vcgtq_s16(s16(a), s16(b))); }
  static HIFLOAT_ALWAYS_INLINE bool any_nonzero(Ints a) { return vmaxvq_u32(u32(a)) != 0; }
  static HIFLOAT_ALWAYS_INLINE std::uint64_t count_equal8(Ints a, Ints b) { return count_bytes(vceqq_u8(a, b)); }
  static HIFLOAT_ALWAYS_INLINE std::uint64_t count_greater16(Ints a, Ints b) {
    return count_bytes(greater16(a, b)) / 2;
  }
  static HIFLOAT_ALWAYS_INLINE std::uint64_t count_greater32(Ints a, Ints b) {
    return count_bytes(ints(vcgtq_s32(s32(a), s32(b)))) / 4;
  }
  static HIFLOAT_ALWAYS_INLINE bool any_equal8(Ints a, Ints b) { return any_nonzero(vceqq_u8(a, b)); }
  static HIFLOAT_ALWAYS_INLINE bool any_not_below8(Ints a, Ints b) { return any_equal8(max8(a, b), a); }
  static HIFLOAT_ALWAYS_INLINE int largest8(Ints a) { return vmaxvq_u8(a); }
  static HIFLOAT_ALWAYS_INLINE bool any_not_below8_or_zero8(Ints a, Ints b) {
    return any_nonzero(bit_or(equal8(max8(a, b), a), equal8(a, zero())));
  }
  static HIFLOAT_ALWAYS_INLINE std::uint64_t count_not_below8(Ints a, Ints b) { return count_equal8(max8(a, b), a); }
  static HIFLOAT_ALWAYS_INLINE bool any_zero16(Ints a) { return vminvq_u16(u16(a)) == 0; }
  static HIFLOAT_ALWAYS_INLINE bool any_greater16(Ints a, Ints b) { return any_nonzero(greater16(a, b)); }
  static HIFLOAT_ALWAYS_INLINE bool any_greater32(Ints a, Ints b) {
    return any_nonzero(ints(vcgtq_s32(s32(a), s32(b))));
  }

  static HIFLOAT_ALWAYS_INLINE Ints times(Ints binary32, Ints scale) {
    float32x4_t product = vmulq_f32(f32(binary32), f32(scale));
    __asm__("" : "+w"(product));  // keeps -ffast-math out, as HIFLOAT_OPAQUE does
    return ints(product);
  }

  // Memory. The variants with a count touch nothing beyond it; what they load is filled up with zeros.
  static HIFLOAT_ALWAYS_INLINE Ints load(const void* p) { return vld1q_u8(static_cast<const std::uint8_t*>(p)); }
  static HIFLOAT_ALWAYS_INLINE Ints load8(const void* p, std::size_t count) {
    std::uint8_t bytes[16] = {};
    std::memcpy(bytes, p, count);
    return load(bytes);
  }
  static HIFLOAT_ALWAYS_INLINE Ints load32(const void* p, std::size_t count) { return load8(p, 4 * count); }
  static HIFLOAT_ALWAYS_INLINE uint16x4_t load_half(const void* p) {
    return vreinterpret_u16_u8(vld1_u8(static_cast<const std::uint8_t*>(p)));
  }
  static HIFLOAT_ALWAYS_INLINE uint16x4_t load_half(const void* p, std::size_t count) {
    std::uint16_t words[4] = {};
    std::memcpy(words, p, 2 * count);
    return load_half(words);
  }
  template <class... Count>
  static HIFLOAT_ALWAYS_INLINE Ints load_words(const void* p, Count... count) {
    return ints(vmovl_u16(load_half(p, count...)));
  }
  template <class... Count>
  static HIFLOAT_ALWAYS_INLINE Ints load_binary16(const void* p, Count... count) {
    const float32x4_t x = vcvt_f32_f16(vreinterpret_f16_u16(load_half(p, count...)));
    // Where FPCR.AHP is set, infinity and NaN came out as 2^16 and above.
    const Ints special = ints(vcageq_f32(x, vdupq_n_f32(0x1p16f)));
    return or_and(ints(x), special, set32(binary32::infinity));
  }
  static HIFLOAT_ALWAYS_INLINE void store(void* p, Ints a) { vst1q_u8(static_cast<std::uint8_t*>(p), a); }
  static HIFLOAT_ALWAYS_INLINE void store8(void* p, Ints a, std::size_t count) {
    std::uint8_t bytes[16];
    store(bytes, a);
    std::memcpy(p, bytes, count);
  }
  static HIFLOAT_ALWAYS_INLINE void store32(void* p, Ints a, std::size_t count) { store8(p, a, 4 * count); }
  /// The lower halves of the lanes.
  static HIFLOAT_ALWAYS_INLINE void store_words(void* p, Ints a, std::size_t count) {
    const uint8x8_t words = vreinterpret_u8_u16(vmovn_u32(u32(a)));
    if (count == lanes) return vst1_u8(static_cast<std::uint8_t*>(p), words);
    std::uint8_t bytes[8];
    vst1_u8(bytes, words);
    std::memcpy(p, bytes, 2 * count);
  }
  static HIFLOAT_ALWAYS_INLINE Ints to_binary16(Ints binary32) {
    return ints(vmovl_u16(vreinterpret_u16_f16(vcvt_f16_f32(f32(binary32)))));
  }
  /// Plain: these CPUs see by themselves that whole lines are overwritten, and don't read them.
  static HIFLOAT_ALWAYS_INLINE void stream(void* p, Ints a) { store(p, a); }
  static HIFLOAT_ALWAYS_INLINE void finish_streams() {}

  /// table[index], for indices below 16.
  static HIFLOAT_ALWAYS_INLINE Ints lookup16(const ByteTable64& table, Ints index) {
    return vqtbl1q_u8(load(table.byte), index);
  }

  /// Byte 4j + k of a plane belongs to lane j of vector {a, c, b, d}[k].
  static HIFLOAT_ALWAYS_INLINE Ints in_order(Ints plane) {
    static constexpr std::uint8_t from[16] = {0, 4, 8, 12, 2, 6, 10, 14, 1, 5, 9, 13, 3, 7, 11, 15};
    return vqtbl1q_u8(plane, load(from));
  }
  static HIFLOAT_ALWAYS_INLINE Ints in_planes(Ints ordered) {
    static constexpr std::uint8_t from[16] = {0, 8, 4, 12, 1, 9, 5, 13, 2, 10, 6, 14, 3, 11, 7, 15};
    return vqtbl1q_u8(ordered, load(from));
  }

 private:
  static HIFLOAT_ALWAYS_INLINE uint16x8_t u16(Ints a) { return vreinterpretq_u16_u8(a); }
  static HIFLOAT_ALWAYS_INLINE uint32x4_t u32(Ints a) { return vreinterpretq_u32_u8(a); }
  static HIFLOAT_ALWAYS_INLINE uint64x2_t u64(Ints a) { return vreinterpretq_u64_u8(a); }
  static HIFLOAT_ALWAYS_INLINE int16x8_t s16(Ints a) { return vreinterpretq_s16_u8(a); }
  static HIFLOAT_ALWAYS_INLINE int32x4_t s32(Ints a) { return vreinterpretq_s32_u8(a); }
  static HIFLOAT_ALWAYS_INLINE float32x4_t f32(Ints a) { return vreinterpretq_f32_u8(a); }
  static HIFLOAT_ALWAYS_INLINE Ints ints(uint16x8_t a) { return vreinterpretq_u8_u16(a); }
  static HIFLOAT_ALWAYS_INLINE Ints ints(uint32x4_t a) { return vreinterpretq_u8_u32(a); }
  static HIFLOAT_ALWAYS_INLINE Ints ints(uint64x2_t a) { return vreinterpretq_u8_u64(a); }
  static HIFLOAT_ALWAYS_INLINE Ints ints(int16x8_t a) { return vreinterpretq_u8_s16(a); }
  static HIFLOAT_ALWAYS_INLINE Ints ints(int32x4_t a) { return vreinterpretq_u8_s32(a); }
  static HIFLOAT_ALWAYS_INLINE Ints ints(float32x4_t a) { return vreinterpretq_u8_f32(a); }

  /// How many bytes of a mask are 0xFF.
  static HIFLOAT_ALWAYS_INLINE std::uint64_t count_bytes(Ints mask) { return vaddvq_u8(vshrq_n_u8(mask, 7)); }
};

#include <hifloat/simd/vector_memory.inl>

#include <hifloat/simd/vector_steps.inl>

#include <hifloat/simd/neon_steps.inl>

template <class R>
using Steps = NeonSteps;
template <class R, class S>
using StepsOfScale = std::enable_if_t<sizeof(S) != 0>;  // void: there are none
using Decoding = GenericDecoding;

#include <hifloat/simd/vector_kernels.inl>

#include <hifloat/simd/random_words.inl>

#include <hifloat/simd/vector_blocks.inl>

#include <hifloat/simd/vector_counts.inl>

#include <hifloat/simd/vector_backend.inl>

}  // namespace HIFLOAT_DETAIL_NAMESPACE::neon_kernels

namespace HIFLOAT_DETAIL_NAMESPACE {

struct neon : neon_kernels::Kernels {
  static constexpr const char* name = "neon";
  [[nodiscard]] static bool is_usable() noexcept { return true; }
};

}  // namespace HIFLOAT_DETAIL_NAMESPACE

#endif  // HIFLOAT_SIMD_NEON
