// The AVX-512 backend for CPUs with VBMI and VBMI2: 64 elements at a time, by byte tables.
#pragma once

#include <hifloat/config.hpp>

#if HIFLOAT_SIMD_X86

#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <hifloat/philox.hpp>
#include <hifloat/rank.hpp>
#include <hifloat/simd/byte_tables.hpp>
#include <hifloat/simd/element.hpp>
#include <hifloat/simd/pair_tables.hpp>
#include <hifloat/simd/rank_line.hpp>
#include <hifloat/simd/scalar.hpp>
#include <hifloat/simd/streaming.hpp>
#include <hifloat/stats.hpp>

HIFLOAT_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vbmi2,popcnt")

namespace HIFLOAT_DETAIL_NAMESPACE::avx512vbmi_kernels {

#include <hifloat/simd/avx512.inl>

/// A byte permute of 64 entries is one micro-operation; one of 128 is three on Intel and little more than one on Zen 4.
struct Primitives : Avx512Primitives {
  static HIFLOAT_ALWAYS_INLINE Ints lookup64(const ByteTable64& table, Ints index) {  // index % 64
    return _mm512_maskz_permutexvar_epi8(~__mmask64{0}, index, load(table.byte));
  }
  static HIFLOAT_ALWAYS_INLINE Ints lookup128(const ByteTable128& table, Ints index) {  // index % 128
    return _mm512_permutex2var_epi8(load(table.half[0].byte), index, load(table.half[1].byte));
  }
  static HIFLOAT_ALWAYS_INLINE Ints in_order(Ints plane) {
    return _mm512_maskz_permutexvar_epi8(~__mmask64{0}, load(plane_to_order.byte), plane);
  }
  static HIFLOAT_ALWAYS_INLINE Ints min8_signed(Ints a, Ints b) { return _mm512_min_epi8(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints and_or(Ints a, Ints b, Ints c) {  // a & (b | c)
    return _mm512_ternarylogic_epi32(a, b, c, 0xE0);
  }
  static HIFLOAT_ALWAYS_INLINE Ints add8(Ints a, Ints b) { return _mm512_add_epi8(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints sub8(Ints a, Ints b) { return _mm512_sub_epi8(a, b); }
  /// The upper half of {high, low} << count % 16.
  static HIFLOAT_ALWAYS_INLINE Ints shift_in16(Ints high, Ints low, Ints count) {
    return _mm512_shldv_epi16(high, low, count);
  }
  /// 0xFF where a >= b as unsigned words, in the even bytes for ab, in the odd ones for cd.
  static HIFLOAT_ALWAYS_INLINE Ints plane_not_below16(Ints a_ab, Ints b_ab, Ints a_cd, Ints b_cd) {
    const Ints even = _mm512_maskz_mov_epi16(_mm512_cmpge_epu16_mask(a_ab, b_ab), set16(0x00FF));
    return _mm512_mask_add_epi16(even, _mm512_cmpge_epu16_mask(a_cd, b_cd), even, set16(0xFF00));
  }
  static HIFLOAT_ALWAYS_INLINE Ints flag_nonzero(Ints a) {
    return _mm512_mask_add_epi8(a, _mm512_test_epi8_mask(a, a), min8(a, set8(0x7F)), set8(0x80));
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

/// The biased exponents, and below them the upper seven mantissa bits behind the exponents' lowest.
struct Planes {
  Ints exponent, mantissa;
};

HIFLOAT_ALWAYS_INLINE Planes planes_of(const Words& w) {
  const Ints upper = V::set16(0xFF00);
  return {V::select(upper, V::add16(w.cd, w.cd), V::right16<7>(w.ab)),
          V::select(V::set16(0x00FF), w.ab, V::left16<8>(w.cd))};
}

/// For roundings that compare lower bits: tables of 64 entries for the upper ones, and words for the rest.
struct LateSteps : GenericSteps {
  static constexpr int rank_flag = 0x80;

  template <class R, class S, bool OwnThreshold>
  static HIFLOAT_ALWAYS_INLINE Ints ranks(const Quad& x, const Words& upper, const Quad& chance) {
    const Planes p = planes_of(upper);
    if constexpr (R::uses_random) {
      // Where random bits may lift what the tables don't tell from zero.
      const Ints above = V::sub8(p.exponent, V::set8(lowest_lifted_exponent));
      if (V::count_above8(V::set8(lowest_exponent + 1 - lowest_lifted_exponent), above) != 0) {
        return V::flag_nonzero(generic_ranks<R>(x, upper, chance));
      }
    }
    // Exponents that matter fit into 64 entries: what is below rounds to zero as the lowest, what is above is past the
    // largest as the highest.
    const Ints exponent = V::min8(V::max8(p.exponent, V::set8(lowest_exponent)), V::set8(lowest_exponent + 63));
    const Ints late =
        V::bit_and(rounds_up_late<R, OwnThreshold>(x, upper, chance, exponent), V::lookup64(late_step<R>, exponent));
    return V::add8_saturating(ranks_by_tables<R>(exponent, p.mantissa), late);
  }

  static HIFLOAT_ALWAYS_INLINE Ints codes(Ints ranks, const Words& upper) {
    const Ints magnitude = V::bit_xor(ranks, V::lookup64(rank_xor_code_table, V::right16<3>(ranks)));
    // Bit 7 says nonzero: it stays where there is a sign.
    return V::in_order(V::and_or(magnitude, plane_of_upper_bytes(upper), V::set8(0x7F)));
  }

  static HIFLOAT_ALWAYS_INLINE Quad values(Ints ranks, const Words& upper) {
    return TableDecoding::values(codes(ranks, upper));
  }

  static HIFLOAT_ALWAYS_INLINE Ints note(Ints special, const Words& upper, Ints) {
    return V::max8(special, planes_of(upper).exponent);
  }
  static HIFLOAT_ALWAYS_INLINE bool any_special(Ints special) { return V::any_equal8(special, V::set8(0xFF)); }

  static HIFLOAT_ALWAYS_INLINE std::uint64_t count_sixteen_and_above(const Words& upper) {
    return V::count_above8(planes_of(upper).exponent, V::set8(binary32::bias + 3));
  }

 private:
  template <class R>
  static HIFLOAT_ALWAYS_INLINE Ints ranks_by_tables(Ints exponent, Ints mantissa) {
    const Ints shape = V::lookup64(mantissa_shape, exponent);
    // Upper nibble from the shape: how many mantissa bits count. Lower nibble: the four upper ones, if any.
    const Ints step = V::lookup64(rank_step<R>, V::and_or(shape, V::right16<3>(mantissa), V::set8(0xF0)));
    return V::add8_saturating(V::lookup64(rank_base, exponent), step);
  }

  /// A plane of 0xFF where the upper 16 discarded bits reach T, or carry when the random bits are added; else 0.
  template <class R, bool OwnThreshold>
  static HIFLOAT_ALWAYS_INLINE Ints rounds_up_late(const Quad& x, const Words& upper, const Quad& chance,
                                                   Ints exponent) {
    const Words lower = lower_halves(x);
    const Ints shift = V::lookup64(late_shift, exponent);  // its lowest four bits count, in words
    const Ints fraction = V::set16(0x007F), leading = V::set16(0x0080);
    const Ints ab = V::shift_in16(V::or_and(leading, upper.ab, fraction), lower.ab, shift);
    const Ints cd = V::shift_in16(V::or_and(leading, upper.cd, fraction), lower.cd, V::right16<8>(shift));
    if constexpr (R::uses_random) {  // a carry: the random bits' complement is less
      const Ints all = V::set8(0xFF);
      const Ints r_ab = V::bit_or(chance.a, V::left32<16>(chance.b)),
                 r_cd = V::bit_or(chance.c, V::left32<16>(chance.d));
      return V::bit_xor(V::plane_not_below16(V::bit_xor(r_ab, all), ab, V::bit_xor(r_cd, all), cd), all);
    } else if constexpr (OwnThreshold) {
      return V::plane_not_below16(ab, V::left16<2>(lower.ab), cd, V::left16<2>(lower.cd));
    } else {
      const Ints odd = V::set32(0xFFFF0000u);
      return V::plane_not_below16(ab, V::select(odd, V::left32<9>(chance.b), V::right32<7>(chance.a)), cd,
                                  V::select(odd, V::left32<9>(chance.d), V::right32<7>(chance.c)));
    }
  }
};

template <class R>
using Steps = std::conditional_t<decided_by_top_bits<R>, TableSteps, LateSteps>;
using Decoding = TableDecoding;

#include <hifloat/simd/vector_kernels.inl>

#include <hifloat/simd/vector_blocks.inl>

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
