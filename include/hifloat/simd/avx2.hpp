// The AVX2 backend: 32 elements at a time.
#pragma once

#include <hifloat/config.hpp>

#if HIFLOAT_SIMD_X86

#include <cpuid.h>
#include <immintrin.h>

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

HIFLOAT_TARGET_BEGIN("avx2,f16c,popcnt")

namespace HIFLOAT_DETAIL_NAMESPACE::avx2_kernels {

/// What vector_steps.inl and the rest are written in; numbers in the names are lane widths. Costs on Intel: shifts and
/// multiplies p01, permutes and packs p5, the rest any of p015.
struct Primitives {
  using Ints = __m256i;
  static constexpr std::size_t lanes = 8;  // of 32 bits
  static HIFLOAT_ALWAYS_INLINE Ints zero() { return _mm256_setzero_si256(); }
  static HIFLOAT_ALWAYS_INLINE Ints set8(int x) { return _mm256_set1_epi8(static_cast<char>(x)); }
  static HIFLOAT_ALWAYS_INLINE Ints set16(int x) { return _mm256_set1_epi16(static_cast<short>(x)); }
  static HIFLOAT_ALWAYS_INLINE Ints set32(std::uint32_t x) { return _mm256_set1_epi32(static_cast<int>(x)); }
  static HIFLOAT_ALWAYS_INLINE Ints set64(std::uint64_t x) { return _mm256_set1_epi64x(static_cast<long long>(x)); }

  static HIFLOAT_ALWAYS_INLINE Ints bit_and(Ints a, Ints b) { return _mm256_and_si256(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints bit_or(Ints a, Ints b) { return _mm256_or_si256(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints bit_xor(Ints a, Ints b) { return _mm256_xor_si256(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints bit_xor3(Ints a, Ints b, Ints c) { return bit_xor(bit_xor(a, b), c); }
  static HIFLOAT_ALWAYS_INLINE Ints majority(Ints a, Ints b, Ints c) { return or_and(bit_and(a, b), c, bit_or(a, b)); }
  static HIFLOAT_ALWAYS_INLINE Ints and_not(Ints mask, Ints b) { return _mm256_andnot_si256(mask, b); }
  static HIFLOAT_ALWAYS_INLINE Ints select(Ints mask, Ints yes, Ints no) {
    return bit_or(bit_and(mask, yes), and_not(mask, no));
  }
  static HIFLOAT_ALWAYS_INLINE Ints or_and(Ints a, Ints b, Ints c) { return bit_or(a, bit_and(b, c)); }
  static HIFLOAT_ALWAYS_INLINE Ints even_words(Ints a, Ints b) { return _mm256_blend_epi16(a, left32<16>(b), 0xAA); }
  static HIFLOAT_ALWAYS_INLINE Ints odd_words(Ints a, Ints b) { return _mm256_blend_epi16(right32<16>(a), b, 0xAA); }

  static HIFLOAT_ALWAYS_INLINE Ints add8_saturating(Ints a, Ints b) { return _mm256_adds_epu8(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints add16(Ints a, Ints b) { return _mm256_add_epi16(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints add32(Ints a, Ints b) { return _mm256_add_epi32(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints sub16(Ints a, Ints b) { return _mm256_sub_epi16(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints sub32(Ints a, Ints b) { return _mm256_sub_epi32(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints abs16(Ints a) { return _mm256_abs_epi16(a); }
  static HIFLOAT_ALWAYS_INLINE Ints abs32(Ints a) { return _mm256_abs_epi32(a); }
  static HIFLOAT_ALWAYS_INLINE Ints min8(Ints a, Ints b) { return _mm256_min_epu8(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints min16(Ints a, Ints b) { return _mm256_min_epi16(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints min32(Ints a, Ints b) { return _mm256_min_epi32(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints max8(Ints a, Ints b) { return _mm256_max_epu8(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints min16_unsigned(Ints a, Ints b) { return _mm256_min_epu16(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints max16(Ints a, Ints b) { return _mm256_max_epi16(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints max32_unsigned(Ints a, Ints b) { return _mm256_max_epu32(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints max32(Ints a, Ints b) { return _mm256_max_epi32(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints multiply_add_pairs(Ints unsigned8, Ints signed8) {
    return _mm256_maddubs_epi16(unsigned8, signed8);
  }
  template <int Count>
  static HIFLOAT_ALWAYS_INLINE Ints left16(Ints a) {
    return _mm256_slli_epi16(a, Count);
  }
  template <int Count>
  static HIFLOAT_ALWAYS_INLINE Ints left32(Ints a) {
    return _mm256_slli_epi32(a, Count);
  }
  template <int Count>
  static HIFLOAT_ALWAYS_INLINE Ints right16(Ints a) {
    return _mm256_srli_epi16(a, Count);
  }
  template <int Count>
  static HIFLOAT_ALWAYS_INLINE Ints right32(Ints a) {
    return _mm256_srli_epi32(a, Count);
  }
  static HIFLOAT_ALWAYS_INLINE Ints right32(Ints a, Ints counts) { return _mm256_srlv_epi32(a, counts); }

  static HIFLOAT_ALWAYS_INLINE Ints add64(Ints a, Ints b) { return _mm256_add_epi64(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints swap_halves64(Ints a) { return _mm256_shuffle_epi32(a, 0xB1); }
  static HIFLOAT_ALWAYS_INLINE Ints multiply32(Ints a, Ints b) { return _mm256_mul_epu32(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints join_lower32(Ints a, Ints b) {
    return _mm256_blend_epi32(a, _mm256_shuffle_epi32(b, 0xA0), 0xAA);
  }
  static HIFLOAT_ALWAYS_INLINE Ints interleave_even64(Ints a, Ints b) { return _mm256_unpacklo_epi64(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints interleave_odd64(Ints a, Ints b) { return _mm256_unpackhi_epi64(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints philox_offsets() { return _mm256_setr_epi64x(0, 2, 1, 3); }

  static HIFLOAT_ALWAYS_INLINE Ints with_sign16(Ints value, Ints sign) { return _mm256_sign_epi16(value, sign); }
  static HIFLOAT_ALWAYS_INLINE Ints with_sign32(Ints value, Ints sign) { return _mm256_sign_epi32(value, sign); }
  static HIFLOAT_ALWAYS_INLINE Ints zero_where_negative16(Ints value, Ints sign) {
    return and_not(_mm256_srai_epi16(sign, 15), value);
  }
  static HIFLOAT_ALWAYS_INLINE Ints zero_where_zero8(Ints value, Ints test) {
    return and_not(_mm256_cmpeq_epi8(test, zero()), value);
  }
  static HIFLOAT_ALWAYS_INLINE Ints select_greater32(Ints a, Ints b, Ints yes, Ints no) {
    return _mm256_blendv_epi8(no, yes, _mm256_cmpgt_epi32(a, b));
  }

  static HIFLOAT_ALWAYS_INLINE Ints equal8(Ints a, Ints b) { return _mm256_cmpeq_epi8(a, b); }
  static HIFLOAT_ALWAYS_INLINE bool any_nonzero(Ints a) { return _mm256_testz_si256(a, a) == 0; }
  static HIFLOAT_ALWAYS_INLINE std::uint64_t count_equal8(Ints a, Ints b) {
    return count_bytes(_mm256_cmpeq_epi8(a, b));
  }
  static HIFLOAT_ALWAYS_INLINE std::uint64_t count_greater16(Ints a, Ints b) {
    return count_bytes(_mm256_cmpgt_epi16(a, b)) / 2;
  }
  static HIFLOAT_ALWAYS_INLINE std::uint64_t count_greater32(Ints a, Ints b) {
    return count_bytes(_mm256_cmpgt_epi32(a, b)) / 4;
  }
  static HIFLOAT_ALWAYS_INLINE bool any_equal8(Ints a, Ints b) {
    return _mm256_movemask_epi8(_mm256_cmpeq_epi8(a, b)) != 0;
  }
  static HIFLOAT_ALWAYS_INLINE bool any_not_below8(Ints a, Ints b) { return any_equal8(max8(a, b), a); }
  static HIFLOAT_ALWAYS_INLINE int largest8(Ints a) {
    __m128i x = _mm_max_epu8(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
    x = _mm_max_epu8(x, _mm_srli_epi16(x, 8));  // even bytes
    const __m128i even = _mm_set1_epi16(0xFF);
    return 0xFF - (_mm_cvtsi128_si32(_mm_minpos_epu16(_mm_andnot_si128(x, even))) & 0xFF);
  }
  static HIFLOAT_ALWAYS_INLINE bool any_not_below8_or_zero8(Ints a, Ints b) {
    return any_nonzero(bit_or(equal8(max8(a, b), a), equal8(a, zero())));
  }
  static HIFLOAT_ALWAYS_INLINE std::uint64_t count_not_below8(Ints a, Ints b) { return count_equal8(max8(a, b), a); }
  static HIFLOAT_ALWAYS_INLINE bool any_zero16(Ints a) { return any_nonzero(_mm256_cmpeq_epi16(a, zero())); }
  static HIFLOAT_ALWAYS_INLINE bool any_greater16(Ints a, Ints b) {
    return _mm256_movemask_epi8(_mm256_cmpgt_epi16(a, b)) != 0;
  }
  static HIFLOAT_ALWAYS_INLINE bool any_greater32(Ints a, Ints b) {
    return _mm256_movemask_epi8(_mm256_cmpgt_epi32(a, b)) != 0;
  }

  static HIFLOAT_ALWAYS_INLINE Ints times(Ints binary32, Ints scale) {
    __m256 product = _mm256_mul_ps(_mm256_castsi256_ps(binary32), _mm256_castsi256_ps(scale));
    __asm__("" : "+x"(product));  // keeps -ffast-math out, as HIFLOAT_OPAQUE does
    return _mm256_castps_si256(product);
  }

  // Memory. The variants with a count touch nothing beyond it; what they load is filled up with zeros.
  static HIFLOAT_ALWAYS_INLINE Ints first32(std::size_t count) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  }
  static HIFLOAT_ALWAYS_INLINE Ints load(const void* p) { return _mm256_loadu_si256(static_cast<const __m256i*>(p)); }
  static HIFLOAT_ALWAYS_INLINE Ints load32(const void* p, std::size_t count) {
    return _mm256_maskload_epi32(static_cast<const int*>(p), first32(count));
  }
  static HIFLOAT_ALWAYS_INLINE __m128i load_half(const void* p) {
    return _mm_loadu_si128(static_cast<const __m128i*>(p));
  }
  static HIFLOAT_ALWAYS_INLINE __m128i load_half(const void* p, std::size_t count) {
    std::uint16_t words[8] = {};
    std::memcpy(words, p, 2 * count);
    return load_half(words);
  }
  template <class... Count>
  static HIFLOAT_ALWAYS_INLINE Ints load_words(const void* p, Count... count) {
    return _mm256_cvtepu16_epi32(load_half(p, count...));
  }
  template <class... Count>
  static HIFLOAT_ALWAYS_INLINE Ints load_binary16(const void* p, Count... count) {
    return _mm256_castps_si256(_mm256_cvtph_ps(load_half(p, count...)));
  }
  static HIFLOAT_ALWAYS_INLINE Ints load8(const void* p, std::size_t count) {
    std::uint8_t bytes[32] = {};
    std::memcpy(bytes, p, count);
    return load(bytes);
  }
  static HIFLOAT_ALWAYS_INLINE void store(void* p, Ints a) { _mm256_storeu_si256(static_cast<__m256i*>(p), a); }
  static HIFLOAT_ALWAYS_INLINE void stream(void* p, Ints a) { _mm256_stream_si256(static_cast<__m256i*>(p), a); }
  static HIFLOAT_ALWAYS_INLINE void finish_streams() { _mm_sfence(); }
  static HIFLOAT_ALWAYS_INLINE void store8(void* p, Ints a, std::size_t count) {
    std::uint8_t bytes[32];
    store(bytes, a);
    std::memcpy(p, bytes, count);
  }
  static HIFLOAT_ALWAYS_INLINE void store32(void* p, Ints a, std::size_t count) {
    _mm256_maskstore_epi32(static_cast<int*>(p), first32(count), a);
  }
  /// The lower halves of the lanes.
  static HIFLOAT_ALWAYS_INLINE void store_words(void* p, Ints a, std::size_t count) {
    const Ints in_lanes = _mm256_packus_epi32(bit_and(a, set32(0xFFFF)), zero());
    std::uint16_t words[16];
    store(words, _mm256_permute4x64_epi64(in_lanes, 0x08));
    std::memcpy(p, words, 2 * count);
  }
  static HIFLOAT_ALWAYS_INLINE Ints to_binary16(Ints binary32) {
    return _mm256_cvtepu16_epi32(_mm256_cvtps_ph(_mm256_castsi256_ps(binary32), _MM_FROUND_TO_NEAREST_INT));
  }

  /// table[index % 16], for indices below 128.
  static HIFLOAT_ALWAYS_INLINE Ints lookup16(const ByteTable64& table, Ints index) {
    return _mm256_shuffle_epi8(load(table.byte), index);
  }

  /// Byte 4j + k of a plane belongs to lane j of vector {a, c, b, d}[k].
  static HIFLOAT_ALWAYS_INLINE Ints in_order(Ints plane) {
    const Ints grouped = _mm256_shuffle_epi8(
        plane, _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 4, 8, 12, 2, 6, 10, 14, 1, 5, 9, 13, 3, 7, 11, 15)));
    return _mm256_permutevar8x32_epi32(grouped, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
  }
  static HIFLOAT_ALWAYS_INLINE Ints in_planes(Ints ordered) {
    const Ints grouped = _mm256_permutevar8x32_epi32(ordered, _mm256_setr_epi32(0, 2, 4, 6, 1, 3, 5, 7));
    return _mm256_shuffle_epi8(
        grouped, _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 8, 4, 12, 1, 9, 5, 13, 2, 10, 6, 14, 3, 11, 7, 15)));
  }

 private:
  static HIFLOAT_ALWAYS_INLINE std::uint64_t count_bytes(Ints mask) {
    return static_cast<std::uint64_t>(__builtin_popcount(static_cast<unsigned>(_mm256_movemask_epi8(mask))));
  }
};

#include <hifloat/simd/vector_memory.inl>

#include <hifloat/simd/vector_steps.inl>

#include <hifloat/simd/avx2_steps.inl>

template <class R>
using Steps =
    std::conditional_t<decided_by_upper_half<R>, PackedSteps,
                       std::conditional_t<std::is_same_v<R, rounding::TiesEven>, EvenSteps<PackedSteps>, GenericSteps>>;
template <class R, class S>
using StepsOfScale = std::enable_if_t<sizeof(S) != 0>;  // void: there are none
using Decoding = GenericDecoding;

#include <hifloat/simd/vector_kernels.inl>

#include <hifloat/simd/random_words.inl>

#include <hifloat/simd/vector_blocks.inl>

#include <hifloat/simd/vector_counts.inl>

#include <hifloat/simd/vector_backend.inl>

}  // namespace HIFLOAT_DETAIL_NAMESPACE::avx2_kernels

HIFLOAT_TARGET_END

namespace HIFLOAT_DETAIL_NAMESPACE {

struct avx2 : avx2_kernels::Kernels {
  static constexpr const char* name = "avx2";
  [[nodiscard]] static bool is_usable() noexcept {
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
    const bool f16c = __get_cpuid(1, &eax, &ebx, &ecx, &edx) != 0 && (ecx & bit_F16C) != 0;
    return f16c && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt");
  }
};

}  // namespace HIFLOAT_DETAIL_NAMESPACE

#endif  // HIFLOAT_SIMD_X86
