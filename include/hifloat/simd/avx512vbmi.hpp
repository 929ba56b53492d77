// The AVX-512 backend for CPUs with VBMI: 64 elements at a time, by byte tables.
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
#include <hifloat/simd/rank_line.hpp>
#include <hifloat/simd/scalar.hpp>
#include <hifloat/simd/streaming.hpp>
#include <hifloat/stats.hpp>

HIFLOAT_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,popcnt")

namespace HIFLOAT_DETAIL_NAMESPACE::avx512vbmi_kernels {

#include <hifloat/simd/avx512.inl>

/// A byte permute of 64 entries is one micro-operation; one of 128 is three on Intel.
struct Primitives : Avx512Primitives {
  static HIFLOAT_ALWAYS_INLINE Ints lookup64(const ByteTable64& table, Ints index) {  // index % 64
    return _mm512_maskz_permutexvar_epi8(~__mmask64{0}, index, load(table.byte));
  }
  static HIFLOAT_ALWAYS_INLINE Ints lookup128(const ByteTable64 (&table)[2], Ints index) {  // index % 128
    return _mm512_permutex2var_epi8(load(table[0].byte), index, load(table[1].byte));
  }
  static HIFLOAT_ALWAYS_INLINE Ints in_order(Ints plane) {
    return _mm512_maskz_permutexvar_epi8(~__mmask64{0}, load(plane_to_order.byte), plane);
  }
  static HIFLOAT_ALWAYS_INLINE Ints in_planes(Ints ordered) {
    return _mm512_maskz_permutexvar_epi8(~__mmask64{0}, load(order_to_plane.byte), ordered);
  }
  static HIFLOAT_ALWAYS_INLINE Ints min8_signed(Ints a, Ints b) { return _mm512_min_epi8(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints and_or(Ints a, Ints b, Ints c) {  // a & (b | c)
    return _mm512_ternarylogic_epi32(a, b, c, 0xE0);
  }
  static HIFLOAT_ALWAYS_INLINE Ints flag_nonzero(Ints a) {
    return _mm512_mask_add_epi8(a, _mm512_test_epi8_mask(a, a), min8(a, set8(0x7F)), set8(0x80));
  }
  static HIFLOAT_ALWAYS_INLINE std::uint64_t count_above8(Ints a, Ints b) {
    return static_cast<std::uint64_t>(__builtin_popcountll(_mm512_cmpgt_epu8_mask(a, b)));
  }
};

#include <hifloat/simd/vector_steps.inl>

/// The biased exponents, and below them the upper seven mantissa bits behind the exponents' lowest.
struct Planes {
  Ints exponent, mantissa;
};

HIFLOAT_ALWAYS_INLINE Planes planes_of(const Words& w) {
  const Ints upper = V::set16(0xFF00);
  return {V::select(upper, V::add16(w.cd, w.cd), V::right16<7>(w.ab)),
          V::select(V::set16(0x00FF), w.ab, V::left16<8>(w.cd))};
}

struct Steps : GenericSteps {
  static constexpr int rank_flag = 0x80;

  template <class R>
  static HIFLOAT_ALWAYS_INLINE Ints ranks(const Quad& x, const Words& upper, const Quad& chance) {
    if constexpr (decided_by_upper_half<R>) {
      // Exponents that matter fit into 64 entries: what is below rounds to zero as the lowest, what is above is past
      // the largest as the highest.
      const Planes p = planes_of(upper);
      const Ints exponent = V::min8(V::max8(p.exponent, V::set8(lowest_exponent)), V::set8(lowest_exponent + 63));
      const Ints base = V::lookup64(rank_base<R>, exponent);
      const Ints shape = V::lookup64(mantissa_shape, exponent);
      // Upper nibble from the shape: how many mantissa bits count. Lower nibble: the four upper ones, if any.
      const Ints bits = V::right16<3>(p.mantissa);
      return V::add8_saturating(base, V::lookup64(rank_step<R>, V::and_or(shape, bits, V::set8(0xF0))));
    } else {
      return V::flag_nonzero(generic_ranks<R>(x, upper, chance));
    }
  }

  static HIFLOAT_ALWAYS_INLINE Ints codes(Ints ranks, const Words& upper) {
    const Ints magnitude = V::bit_xor(ranks, V::lookup64(rank_xor_code_table, V::right16<3>(ranks)));
    // Bit 7 says nonzero: it stays where there is a sign.
    return V::and_or(magnitude, plane_of_upper_bytes(upper), V::set8(0x7F));
  }

  static HIFLOAT_ALWAYS_INLINE Quad values(Ints codes) {
    const Ints high = V::or_and(V::lookup128(value_bytes.high, codes), codes, V::set8(format::sign_bit));
    const Ints low = V::lookup128(value_bytes.low, codes);
    const Ints upper = V::set16(0xFF00), odd = V::set32(0xFFFF0000u);
    const Ints ab = V::select(upper, V::left16<8>(high), low), cd = V::select(upper, high, V::right16<8>(low));
    return {V::left32<16>(ab), V::bit_and(ab, odd), V::left32<16>(cd), V::bit_and(cd, odd)};
  }

  static HIFLOAT_ALWAYS_INLINE Ints note(Ints special, const Words& upper) {
    return V::max8(special, planes_of(upper).exponent);
  }
  static HIFLOAT_ALWAYS_INLINE bool any_special(Ints special) { return V::any_equal8(special, V::set8(0xFF)); }

  /// Infinity's bytes are in the tables; NaN is the smallest of the signed numbers.
  static HIFLOAT_ALWAYS_INLINE Ints note_codes(Ints special, Ints codes) { return V::min8_signed(special, codes); }
  static HIFLOAT_ALWAYS_INLINE bool any_special_code(Ints special) {
    return V::any_equal8(special, V::set8(format::nan));
  }

  static HIFLOAT_ALWAYS_INLINE std::uint64_t count_sixteen_and_above(const Words& upper) {
    return V::count_above8(planes_of(upper).exponent, V::set8(binary32::bias + 3));
  }
};

#include <hifloat/simd/vector_kernels.inl>

#include <hifloat/simd/vector_blocks.inl>

#include <hifloat/simd/vector_backend.inl>

}  // namespace HIFLOAT_DETAIL_NAMESPACE::avx512vbmi_kernels

HIFLOAT_TARGET_END

namespace HIFLOAT_DETAIL_NAMESPACE {

struct avx512vbmi : avx512vbmi_kernels::Kernels {
  static constexpr const char* name = "avx512vbmi";
  [[nodiscard]] static bool is_usable() noexcept {
    return __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("popcnt");
  }
};

}  // namespace HIFLOAT_DETAIL_NAMESPACE

#endif  // HIFLOAT_SIMD_X86
