// The AVX-512 backend for CPUs without VBMI: 64 elements at a time.
#pragma once

#include <hifloat/config.hpp>

#if HIFLOAT_SIMD_X86

#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <hifloat/philox.hpp>
#include <hifloat/rank.hpp>
#include <hifloat/simd/element.hpp>
#include <hifloat/simd/rank_line.hpp>
#include <hifloat/simd/scalar.hpp>
#include <hifloat/simd/streaming.hpp>
#include <hifloat/stats.hpp>

HIFLOAT_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,popcnt")

namespace HIFLOAT_DETAIL_NAMESPACE::avx512bw_kernels {

#include <hifloat/simd/avx512.inl>

using Primitives = Avx512Primitives;

#include <hifloat/simd/vector_memory.inl>

#include <hifloat/simd/vector_steps.inl>

template <class R>
using Steps = GenericSteps;
using Decoding = GenericDecoding;

#include <hifloat/simd/vector_kernels.inl>

#include <hifloat/simd/random_words.inl>

#include <hifloat/simd/vector_blocks.inl>

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
