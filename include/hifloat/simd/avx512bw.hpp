// The AVX-512 backend for CPUs without VBMI: 64 elements at a time.
#pragma once

#include <hifloat/config.hpp>

#if HIFLOAT_SIMD_X86

#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <hifloat/order.hpp>
#include <hifloat/philox.hpp>
#include <hifloat/simd/element.hpp>
#include <hifloat/simd/exponent_classes.hpp>
#include <hifloat/simd/rank_line.hpp>
#include <hifloat/simd/scalar.hpp>
#include <hifloat/simd/streaming.hpp>
#include <hifloat/simd/tables.hpp>
#include <hifloat/simd/word_tables.hpp>
#include <hifloat/stats.hpp>

HIFLOAT_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,popcnt")

namespace HIFLOAT_DETAIL_NAMESPACE::avx512bw_kernels {

#include <hifloat/simd/avx512.inl>

using Primitives = Avx512Primitives;

#include <hifloat/simd/vector_memory.inl>

#include <hifloat/simd/vector_steps.inl>

/// For roundings that the upper halves decide: two tables of 64 words. Words are in the order of elements, bytes as a
/// pack leaves them: eight of the first half and eight of the second in each 128-bit lane.
struct WordSteps : GenericSteps {
  static constexpr bool works_ahead = true;
  static constexpr int rank_flag = word_rank_flag;

  template <class S, bool Scaled, bool Full>
  static HIFLOAT_ALWAYS_INLINE Upper numbers(const S* x, std::size_t count, Ints scale, Quad& y) {
    y = scaled_group<Scaled>(load_group<S, Full>(x, count), scale);
    return {upper_words(y.a, y.b), upper_words(y.c, y.d)};
  }
  static HIFLOAT_ALWAYS_INLINE void pin(const Upper& upper) { __asm__ volatile("" ::"v"(upper.ab), "v"(upper.cd)); }

  template <class R, class S, bool OwnThreshold>
  static HIFLOAT_ALWAYS_INLINE Ints ranks(const Quad&, const Upper& upper, const Quad&) {
    return _mm512_packus_epi16(ranks16<R>(upper.ab), ranks16<R>(upper.cd));
  }

  /// A plane of unflagged ranks as `ranks` gives them.
  static HIFLOAT_ALWAYS_INLINE Ints from_plane(Ints plane) {
    const Ints packed =
        _mm512_maskz_permutexvar_epi64(V::every64, _mm512_setr_epi64(0, 4, 1, 5, 2, 6, 3, 7), V::in_order(plane));
    const Ints limited = V::min8(packed, V::set8(0x7F));
    return _mm512_mask_add_epi8(limited, _mm512_test_epi8_mask(packed, packed), limited, V::set8(rank_flag));
  }

  static HIFLOAT_ALWAYS_INLINE Ints codes(Ints ranks, const Upper& upper) {
    const Ints eighth = V::bit_and(V::right16<3>(ranks), V::set8(0x0F));
    const Ints magnitude = V::bit_xor(ranks, V::lookup16(rank_xor_code_table, eighth));
    const Ints sign = _mm512_packs_epi16(upper.ab, upper.cd);                             // bit 7
    const Ints packed = _mm512_ternarylogic_epi32(magnitude, sign, V::set8(0x7F), 0xE0);  // a & (b | c): the flag stays
    return _mm512_maskz_permutexvar_epi64(V::every64, _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7), packed);
  }
  static HIFLOAT_ALWAYS_INLINE Quad values(Ints ranks, const Upper& upper) {
    return values_of_codes(V::in_planes(codes(ranks, upper)));
  }

 private:
  static HIFLOAT_ALWAYS_INLINE Ints upper_words(Ints a, Ints b) {
    return _mm512_permutex2var_epi16(a, V::load(upper_words_of_pair.word), b);
  }
  template <class R>
  static HIFLOAT_ALWAYS_INLINE Ints ranks16(Ints upper) {
    const Ints least = V::set16(smallest_magnitude16), most = V::set16(largest_magnitude16);
    const Ints magnitude = V::min16(V::max16(magnitude16(upper), least), most);
    const Ints exponent = V::right16<7>(magnitude);
    const Ints sum = V::add16(magnitude, lookup(word_tables<R>.addend, exponent));
    return _mm512_srlv_epi16(sum, lookup(word_tables<R>.shift, exponent));
  }
  static HIFLOAT_ALWAYS_INLINE Ints lookup(const WordTable64& table, Ints index) {  // index % 64
    return _mm512_permutex2var_epi16(V::load(table.word), index, V::load(table.word + 32));
  }
};

template <class R>
using Steps =
    std::conditional_t<decided_by_upper_half<R>, WordSteps,
                       std::conditional_t<std::is_same_v<R, rounding::TiesEven>, EvenSteps<WordSteps>, GenericSteps>>;
template <class R, class S>
using StepsOfScale = std::enable_if_t<sizeof(S) != 0>;  // void: there are none
using Decoding = GenericDecoding;

#include <hifloat/simd/vector_kernels.inl>

#include <hifloat/simd/random_words.inl>

#include <hifloat/simd/vector_blocks.inl>

#include <hifloat/simd/vector_counts.inl>

#include <hifloat/simd/vector_backend.inl>

}  // namespace HIFLOAT_DETAIL_NAMESPACE::avx512bw_kernels

HIFLOAT_TARGET_END

namespace HIFLOAT_DETAIL_NAMESPACE {

struct avx512bw : avx512bw_kernels::Kernels {
  static constexpr const char* name = "avx512bw";
  [[nodiscard]] static bool is_usable() noexcept {
    return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("popcnt");
  }
};

}  // namespace HIFLOAT_DETAIL_NAMESPACE

#endif  // HIFLOAT_SIMD_X86
