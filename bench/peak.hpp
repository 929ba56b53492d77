// What a core can compute at most: multiplications and additions among registers, and nothing else.
#pragma once

#include <cstddef>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace bench {

/// Runs `steps` steps, each of which `flops_per_step` operations; a multiplication with its addition is two.
struct Peak {
  const char* name;
  double flops_per_step;
  float (*run)(std::size_t steps);
};

/// More than latency times throughput, as far as there are registers.
inline constexpr std::size_t chains = 12, chains_of_32 = 24;

#if defined(__x86_64__)
__attribute__((target("avx2,fma"), noinline)) inline float peak_avx2(std::size_t steps) {
  __m256 sum[chains];
  for (std::size_t i = 0; i < chains; ++i) sum[i] = _mm256_set1_ps(1e-20f * static_cast<float>(i));
  const __m256 a = _mm256_set1_ps(0.999f), b = _mm256_set1_ps(1e-10f);
  for (std::size_t step = 0; step < steps; ++step) {
#pragma GCC unroll 12
    for (std::size_t i = 0; i < chains; ++i) sum[i] = _mm256_fmadd_ps(sum[i], a, b);
  }
  for (std::size_t i = 1; i < chains; ++i) sum[0] = _mm256_add_ps(sum[0], sum[i]);
  return _mm256_cvtss_f32(sum[0]);
}
__attribute__((target("avx512f"), noinline)) inline float peak_avx512(std::size_t steps) {
  __m512 sum[chains_of_32];
  for (std::size_t i = 0; i < chains_of_32; ++i) sum[i] = _mm512_set1_ps(1e-20f * static_cast<float>(i));
  const __m512 a = _mm512_set1_ps(0.999f), b = _mm512_set1_ps(1e-10f);
  for (std::size_t step = 0; step < steps; ++step) {
#pragma GCC unroll 24
    for (std::size_t i = 0; i < chains_of_32; ++i) sum[i] = _mm512_fmadd_ps(sum[i], a, b);
  }
  for (std::size_t i = 1; i < chains_of_32; ++i) sum[0] = _mm512_add_ps(sum[0], sum[i]);
  return _mm512_cvtss_f32(sum[0]);
}
__attribute__((target("avx512f,avx512bf16"), noinline)) inline float peak_bf16(std::size_t steps) {
  __m512 sum[chains_of_32];
  for (std::size_t i = 0; i < chains_of_32; ++i) sum[i] = _mm512_set1_ps(static_cast<float>(i));
  const __m512i ones = _mm512_set1_epi32(0x3F803F80);
  for (std::size_t step = 0; step < steps; ++step) {
#pragma GCC unroll 24
    for (std::size_t i = 0; i < chains_of_32; ++i) sum[i] = _mm512_dpbf16_ps(sum[i], (__m512bh)ones, (__m512bh)ones);
  }
  for (std::size_t i = 1; i < chains_of_32; ++i) sum[0] = _mm512_add_ps(sum[0], sum[i]);
  return _mm512_cvtss_f32(sum[0]);
}
#endif

/// Of what products with so many numbers in a word, on an instruction set of such vectors, are made of. Without a name
/// where nothing is known.
[[nodiscard]] inline Peak peak_of(std::size_t depth, std::size_t columns) {
#if defined(__x86_64__)
  if (depth == 2) return {"vdpbf16ps", 64.0 * chains_of_32, &peak_bf16};
  if (columns == 64) return {"512-bit FMA", 32.0 * chains_of_32, &peak_avx512};
  if (columns == 16) return {"256-bit FMA", 16.0 * chains, &peak_avx2};
#endif
  (void)depth, (void)columns;
  return {"", 0, nullptr};
}

}  // namespace bench
