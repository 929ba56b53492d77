// A launch of a job of cuda/functors.cuh, on the CPU: block after block and thread after thread, with shared memory
// that nobody has cleared.
#pragma once

#include <hifloat/cuda/functors.cuh>

#include <cstring>
#include <memory>

namespace cuda_test {

namespace gpu = hifloat::detail::gpu;

template <class Job>
void run_grid(const Job& job, unsigned blocks, unsigned threads) {
  if (job.skipped()) return;
  for (unsigned block = 0; block < blocks; ++block) {
    const auto shared = std::make_unique<typename Job::Table>();
    std::memset(static_cast<void*>(shared.get()), 0xAA, sizeof(*shared));
    const auto params = job.params();
    for (unsigned thread = 0; thread < threads; ++thread) job.fill(*shared, params, thread, threads);
    if constexpr (!Job::measures) {
      for (unsigned thread = 0; thread < threads; ++thread) job.run(*shared, params, {block, blocks, thread, threads});
    } else {
      hifloat::detail::Tally<typename Job::Element, std::uint64_t> total;
      for (unsigned thread = 0; thread < threads; ++thread) {
        total = gpu::merged(total, gpu::total_of(job.run(*shared, params, {block, blocks, thread, threads})));
      }
      gpu::deliver(job.sink, total, block == 0 ? job.n : 0);
    }
  }
}

}  // namespace cuda_test
