// What memory alone can do: the limits that kernels are measured against, in the same run and over the same bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#if defined(__x86_64__)
#include <immintrin.h>
#define BENCH_TARGET __attribute__((target("avx2"), noinline))
#else
#define BENCH_TARGET __attribute__((noinline))
#endif

namespace bench {

/// memcpy that moves as many bytes, read and written together, as a kernel that reads and writes `bytes`.
inline void copy(std::span<const std::byte> from, std::span<std::byte> to, std::size_t bytes) {
  std::memcpy(to.data(), from.data(), bytes / 2);
}

/// Reads all of x and nothing else. Integers, so that there is no chain of additions to wait for.
BENCH_TARGET inline std::uint64_t read_only_sum(std::span<const float> x) {
  std::size_t i = 0;
  std::uint64_t total = 0;
#if defined(__x86_64__)
  __m256i sum[4] = {};
  for (; i + 32 <= x.size(); i += 32) {
    for (std::size_t j = 0; j < 4; ++j) {
      const auto* from = reinterpret_cast<const __m256i*>(x.data() + i + 8 * j);
      sum[j] = _mm256_add_epi32(sum[j], _mm256_loadu_si256(from));
    }
  }
  const __m256i all = _mm256_add_epi32(_mm256_add_epi32(sum[0], sum[1]), _mm256_add_epi32(sum[2], sum[3]));
  total = static_cast<std::uint64_t>(_mm256_extract_epi64(all, 0) + _mm256_extract_epi64(all, 1) +
                                     _mm256_extract_epi64(all, 2) + _mm256_extract_epi64(all, 3));
#endif
  for (; i < x.size(); ++i) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &x[i], sizeof bits);
    total += bits;
  }
  return total;
}

/// Writes all of y and reads nothing. (The C library's memset stores past the caches where that pays.)
inline void write_only_fill(std::span<float> y) { std::memset(y.data(), 1, y.size_bytes()); }

/// x *= s.
BENCH_TARGET inline void scale_in_place(std::span<float> x, float s) {
  std::size_t i = 0;
#if defined(__x86_64__)
  const __m256 factor = _mm256_set1_ps(s);
  for (; i + 8 <= x.size(); i += 8) {
    _mm256_storeu_ps(x.data() + i, _mm256_mul_ps(_mm256_loadu_ps(x.data() + i), factor));
  }
#endif
  for (; i < x.size(); ++i) x[i] *= s;
}

}  // namespace bench
