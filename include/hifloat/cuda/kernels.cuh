// The one kernel that all array calls are: a block fills its table, its threads do the job, and what they measured is
// summed up and delivered.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

#include <hifloat/config.hpp>
#include <hifloat/cuda/functors.cuh>
#include <hifloat/cuda/meters.cuh>
#include <hifloat/cuda/spread.cuh>

namespace HIFLOAT_DETAIL_NAMESPACE::gpu {

inline constexpr unsigned block_threads = 1024;  ///< of the only block on a multiprocessor: its table is filled once
inline constexpr unsigned warp_threads = 32;

/// The sum over a warp, in its first thread.
template <class T>
[[nodiscard]] __device__ inline Tally<T, std::uint64_t> sum_of_warp(Tally<T, std::uint64_t> tally) {
  for (unsigned distance = warp_threads / 2; distance != 0; distance /= 2) {
    const auto from = [&](auto x) { return __shfl_down_sync(0xFFFFFFFFu, x, distance); };
    const auto count = [&](std::uint64_t x) { return std::uint64_t{from(static_cast<unsigned long long>(x))}; };
    tally = merged(tally, {count(tally.overflowed), count(tally.demoted), count(tally.flushed_to_zero),
                           count(tally.non_finite), static_cast<word_t<T>>(from(std::uint32_t{tally.amax}))});
  }
  return tally;
}

template <class Job>
__global__ void __launch_bounds__(block_threads) kernel(const __grid_constant__ Job job) {
  extern __shared__ __align__(16) unsigned char shared[];
  auto& table = *reinterpret_cast<typename Job::Table*>(shared);
  if (job.skipped()) return;
  const auto params = job.params();
  job.fill(table, params, threadIdx.x, block_threads);
  __syncthreads();
  const Place place{blockIdx.x, gridDim.x, threadIdx.x, block_threads};
  if constexpr (!Job::measures) {
    job.run(table, params, place);
  } else {
    using T = typename Job::Element;
    const auto of_warp = sum_of_warp<T>(total_of(job.run(table, params, place)));
    __shared__ Tally<T, std::uint64_t> of_warps[block_threads / warp_threads];
    if (threadIdx.x % warp_threads == 0) of_warps[threadIdx.x / warp_threads] = of_warp;
    __syncthreads();
    if (threadIdx.x >= warp_threads) return;
    const bool has_warp = threadIdx.x < block_threads / warp_threads;
    const auto total = sum_of_warp<T>(has_warp ? of_warps[threadIdx.x] : Tally<T, std::uint64_t>{});
    if (threadIdx.x == 0) deliver(job.sink, total, blockIdx.x == 0 ? job.n : 0);
  }
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE::gpu
