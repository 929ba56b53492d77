// The AVX-512 backend for CPUs with VBMI and VBMI2: 64 elements at a time, by byte tables.
#pragma once

#include <hifloat/config.hpp>

#if HIFLOAT_SIMD_X86

#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <hifloat/order.hpp>
#include <hifloat/philox.hpp>
#include <hifloat/simd/byte_tables.hpp>
#include <hifloat/simd/element.hpp>
#include <hifloat/simd/exponent_classes.hpp>
#include <hifloat/simd/pair_tables.hpp>
#include <hifloat/simd/rank_line.hpp>
#include <hifloat/simd/scalar.hpp>
#include <hifloat/simd/streaming.hpp>
#include <hifloat/simd/tables.hpp>
#include <hifloat/stats.hpp>

HIFLOAT_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vbmi2,popcnt")

namespace HIFLOAT_DETAIL_NAMESPACE::avx512vbmi_kernels {

#include <hifloat/simd/avx512.inl>

/// A byte permute of 64 entries is one micro-operation; one of 128 is three on Intel and little more than one on Zen 4.
struct Primitives : Avx512Primitives {
  static HIFLOAT_ALWAYS_INLINE Ints lookup64(const ByteTable64& table, Ints index) {  // index % 64
    return _mm512_maskz_permutexvar_epi8(~__mmask64{0}, index, load(table.byte));
  }
  static HIFLOAT_ALWAYS_INLINE Ints permute8(const ByteTable64& index, Ints bytes) {
    return _mm512_maskz_permutexvar_epi8(~__mmask64{0}, load(index.byte), bytes);
  }
  static HIFLOAT_ALWAYS_INLINE Ints lookup128(const ByteTable128& table, Ints index) {  // index % 128
    return _mm512_permutex2var_epi8(load(table.half[0].byte), index, load(table.half[1].byte));
  }
  static HIFLOAT_ALWAYS_INLINE Ints min8_signed(Ints a, Ints b) { return _mm512_min_epi8(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints and_or(Ints a, Ints b, Ints c) {  // a & (b | c)
    return _mm512_ternarylogic_epi32(a, b, c, 0xE0);
  }
  static HIFLOAT_ALWAYS_INLINE Ints add8(Ints a, Ints b) { return _mm512_add_epi8(a, b); }
  /// The upper half of {high, low} << count % 16.
  static HIFLOAT_ALWAYS_INLINE Ints shift_in16(Ints high, Ints low, Ints count) {
    return _mm512_shldv_epi16(high, low, count);
  }
  static HIFLOAT_ALWAYS_INLINE Ints load16(const void* p, std::size_t count) {
    return _mm512_maskz_loadu_epi16(first32(count), p);
  }
  static HIFLOAT_ALWAYS_INLINE void store16(void* p, Ints a, std::size_t count) {
    _mm512_mask_storeu_epi16(p, first32(count), a);
  }
  static HIFLOAT_ALWAYS_INLINE __mmask32 first32(std::size_t count) {
    return static_cast<__mmask32>((std::uint64_t{1} << count) - 1);
  }
  static HIFLOAT_ALWAYS_INLINE std::uint64_t count_above8(Ints a, Ints b) {
    return static_cast<std::uint64_t>(__builtin_popcountll(_mm512_cmpgt_epu8_mask(a, b)));
  }
};

#include <hifloat/simd/vector_memory.inl>

#include <hifloat/simd/vector_steps.inl>

#include <hifloat/simd/vbmi_steps.inl>

#include <hifloat/simd/vbmi_late_steps.inl>

#include <hifloat/simd/vbmi_scaled_words.inl>

template <class R>
using Steps = std::conditional_t<std::is_same_v<R, rounding::TiesEven>, TieSteps,
                                 std::conditional_t<decided_by_upper_half<R>, TableSteps, LateSteps>>;
template <class R, class S>
using StepsOfScale =
    std::conditional_t<decided_by_upper_half<R> && std::is_same_v<S, bfloat16>, ScaledWordSteps<R>, void>;
using Decoding = TableDecoding;

#include <hifloat/simd/vector_kernels.inl>

#include <hifloat/simd/random_words.inl>

#include <hifloat/simd/vector_blocks.inl>

#include <hifloat/simd/vector_counts.inl>

#include <hifloat/simd/vector_backend.inl>

}  // namespace HIFLOAT_DETAIL_NAMESPACE::avx512vbmi_kernels

HIFLOAT_TARGET_END

namespace HIFLOAT_DETAIL_NAMESPACE {

struct avx512vbmi : avx512vbmi_kernels::Kernels {
  static constexpr const char* name = "avx512vbmi";
  [[nodiscard]] static bool is_usable() noexcept {
    return __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("popcnt");
  }
};

}  // namespace HIFLOAT_DETAIL_NAMESPACE

#endif  // HIFLOAT_SIMD_X86
