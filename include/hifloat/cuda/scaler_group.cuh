// Delayed scaling that never leaves the GPU: the scales, windows and observed amaxes of many tensors in device memory,
// one launch to commit them all. The bits are those of the ScalerGroup on the CPU.
//
// A step, all of it on one stream, which may be captured into a graph and replayed:
//
//   quantize(x, codes, n, MergeAmax{group.observed(i)}, {.device_scale = group.scale(i)}, stream);   // each tensor i
//   group.commit(stream);
//
// The host reads nothing. Where amaxes are to be merged with other GPUs' before the commit, they are size() words from
// observed() on, to be reduced by maximum.
#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <hifloat/config.hpp>
#include <hifloat/cuda/commit.cuh>
#include <hifloat/cuda/group_image.hpp>
#include <hifloat/error.hpp>
#include <hifloat/scaling/amax_algorithms.hpp>
#include <hifloat/scaling/options.hpp>
#include <hifloat/scaling/scaler_group.hpp>
#include <hifloat/scaling/state.hpp>
#include <hifloat/scaling/tensor_rules.hpp>

namespace HIFLOAT_NAMESPACE::cuda {

/// A call of the CUDA runtime that failed while a ScalerGroup was made, loaded or read.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace HIFLOAT_NAMESPACE::cuda

namespace HIFLOAT_DETAIL_NAMESPACE::gpu {

inline constexpr unsigned team_threads = 32, commit_block_threads = 128;

/// A warp.
struct WarpTeam {
  unsigned rank;
  [[nodiscard]] __device__ bool is_first() const { return rank == 0; }
  __device__ void sync() const { __syncwarp(); }
  template <class Share>
  [[nodiscard]] __device__ std::uint32_t maximum(const Share& share) const {
    std::uint32_t largest = share(rank, team_threads);
    for (unsigned distance = team_threads / 2; distance != 0; distance /= 2) {
      const std::uint32_t other = __shfl_xor_sync(0xFFFFFFFFu, largest, distance);
      largest = largest < other ? other : largest;
    }
    return largest;
  }
};

template <class A>
__global__ void __launch_bounds__(commit_block_threads) commit_kernel(const __grid_constant__ CommitJob<A> job) {
  const std::size_t i = (std::size_t{blockIdx.x} * commit_block_threads + threadIdx.x) / team_threads;
  if (i < job.size) job(i, WarpTeam{threadIdx.x % team_threads});
}

template <class Job>
__global__ void __launch_bounds__(commit_block_threads) reset_kernel(const __grid_constant__ Job job) {
  const std::size_t i = std::size_t{blockIdx.x} * commit_block_threads + threadIdx.x;
  if (i < job.size) job(i);
}

/// A job by so many threads for each tensor.
template <class Job>
[[nodiscard]] cudaError_t launch_for_tensors(void (*kernel)(Job), Job job, unsigned threads_each,
                                             cudaStream_t stream) noexcept {
  if (job.size == 0) return cudaSuccess;
  const std::size_t tensors_of_block = commit_block_threads / threads_each;
  const dim3 grid(static_cast<unsigned>((job.size + tensors_of_block - 1) / tensors_of_block));
  void* arguments[] = {&job};
  return cudaLaunchKernel(reinterpret_cast<const void*>(kernel), grid, dim3(commit_block_threads), arguments, 0,
                          stream);
}

inline void check_cuda(cudaError_t error) {
  if (error == cudaSuccess) return;
  HIFLOAT_THROW(cuda::Error, (std::string("hifloat: CUDA: ") + cudaGetErrorString(error)).c_str());
}

/// Device memory with a copy of a vector.
template <class T>
class DeviceArray {
 public:
  explicit DeviceArray(const std::vector<T>& host) : size_(host.size()) {
    if (size_ == 0) return;
    void* memory = nullptr;
    check_cuda(cudaMalloc(&memory, size_ * sizeof(T)));
    memory_.reset(static_cast<T*>(memory));
    upload(host);
  }
  [[nodiscard]] T* data() const noexcept { return memory_.get(); }
  void upload(const std::vector<T>& host) {
    check_cuda(cudaMemcpy(data(), host.data(), size_ * sizeof(T), cudaMemcpyHostToDevice));
    check_cuda(cudaStreamSynchronize(nullptr));  // it may be on its way still, and not all streams would wait for it
  }
  [[nodiscard]] std::vector<T> download() const {
    std::vector<T> host(size_);
    if (size_ != 0) check_cuda(cudaMemcpy(host.data(), data(), size_ * sizeof(T), cudaMemcpyDeviceToHost));
    return host;
  }

 private:
  struct Free {
    void operator()(T* memory) const noexcept { (void)cudaFree(memory); }
  };
  std::unique_ptr<T, Free> memory_;
  std::size_t size_;
};

}  // namespace HIFLOAT_DETAIL_NAMESPACE::gpu

namespace HIFLOAT_NAMESPACE::cuda {

/// The scalers of many tensors on the current device, which has to be current when it is used. It is made from a group
/// on the CPU, whose names, options, mode and algorithm it has, and goes back to one by state(). An algorithm of the
/// user's own must be callable on the device.
template <AmaxAlgorithm Algorithm = amax::Max>
class ScalerGroup {
 public:
  /// Goes on where that group is, to the bit. Allocates. A failed call is cuda::Error.
  template <std::size_t Window>
  HIFLOAT_KEYED explicit ScalerGroup(const hifloat::ScalerGroup<Algorithm, Window>& group)
      : ScalerGroup(group.state()) {}
  /// The same with a saved state; std::invalid_argument for one of another algorithm, or one that no group can have.
  HIFLOAT_KEYED explicit ScalerGroup(const ScalerGroupState& state)
      : ScalerGroup(state, detail::gpu::image_of<Algorithm>(state)) {}

  HIFLOAT_KEYED [[nodiscard]] std::size_t size() const noexcept { return common_.names.size(); }  ///< tensors
  /// Of each tensor, in amaxes.
  HIFLOAT_KEYED [[nodiscard]] std::size_t window() const noexcept { return common_.window; }
  /// As the group on the CPU had them.
  HIFLOAT_KEYED [[nodiscard]] const ScalingOptions& options() const noexcept { return common_.options; }
  /// As the group on the CPU had it.
  HIFLOAT_KEYED [[nodiscard]] ScalingMode mode() const noexcept { return common_.mode; }

  /// Of tensor i, below size(); in device memory, and good for as long as the group.
  /// @{
  HIFLOAT_KEYED [[nodiscard]] const float* scale(std::size_t i) const noexcept { return &tensors_.data()[i].scale; }
  HIFLOAT_KEYED [[nodiscard]] const float* inverse_scale(std::size_t i) const noexcept {
    return &tensors_.data()[i].inverse_scale;
  }
  /// @}
  /// Where tensor i's amaxes are to be merged until the next commit; all tensors' follow each other. In Frozen mode
  /// nothing should be: a kernel would not leave it out, as observe() does on the CPU.
  HIFLOAT_KEYED [[nodiscard]] std::uint32_t* observed(std::size_t i = 0) const noexcept { return observed_.data() + i; }

  /// Ends the step of every tensor: one launch. In Frozen mode nothing happens, and what was observed stays.
  HIFLOAT_KEYED [[nodiscard]] cudaError_t commit(cudaStream_t stream = nullptr) noexcept {
    return launch_commit({}, stream);
  }
  /// The same for a numbered step. A step at or before the last numbered one does not count: what was observed for it
  /// is discarded.
  HIFLOAT_KEYED [[nodiscard]] cudaError_t commit(std::uint64_t step, cudaStream_t stream = nullptr) noexcept {
    return launch_commit({.any = true, .number = step}, stream);
  }
  /// The same with the number in device memory, read when the kernel runs: a captured graph sees what is there at each
  /// replay. The number, not the replay, says whether a step is run again.
  HIFLOAT_KEYED [[nodiscard]] cudaError_t commit_step_at(const std::uint64_t* device_step,
                                                         cudaStream_t stream = nullptr) noexcept {
    return launch_commit({.any = true, .device_number = device_step}, stream);
  }

  /// Forgets all history, step numbers included; only epochs and the mode stay. One launch.
  HIFLOAT_KEYED [[nodiscard]] cudaError_t reset(cudaStream_t stream = nullptr) noexcept {
    using Job = detail::gpu::ResetJob;
    return detail::gpu::launch_for_tensors(&detail::gpu::reset_kernel<Job>,
                                           Job{options(), tensors_.data(), observed_.data(), steps_.data(), size()}, 1,
                                           stream);
  }

  /// Everything that the future depends on, for a group on the CPU to load. Waits for the stream. A failed call is
  /// cuda::Error. A group without tensors, for which nothing is launched, keeps the step number that it was made with.
  HIFLOAT_KEYED [[nodiscard]] ScalerGroupState state(cudaStream_t stream = nullptr) const {
    detail::gpu::check_cuda(cudaStreamSynchronize(stream));
    return detail::gpu::state_of({tensors_.download(), rings_.download(), observed_.download(), steps_.download()},
                                 common_);
  }

 private:
  HIFLOAT_KEYED ScalerGroup(const ScalerGroupState& state, const detail::gpu::GroupImage& image)
      : common_(state),
        algorithm_(detail::restored_algorithm<Algorithm>(state)),
        tensors_(image.tensors),
        rings_(image.rings),
        observed_(image.observed),
        steps_(image.steps) {
    common_.tensors.clear();
  }

  HIFLOAT_KEYED [[nodiscard]] cudaError_t launch_commit(const detail::gpu::StepNumber& step,
                                                        cudaStream_t stream) noexcept {
    if (common_.mode == ScalingMode::Frozen) return cudaSuccess;
    return detail::gpu::launch_for_tensors(
        &detail::gpu::commit_kernel<Algorithm>,
        detail::gpu::CommitJob<Algorithm>{common_.options, algorithm_, tensors_.data(), rings_.data(), observed_.data(),
                                          steps_.data(), size(), window(), step},
        detail::gpu::team_threads, stream);
  }

  ScalerGroupState common_;  ///< without its tensors; the steps are those on the device
  Algorithm algorithm_;
  detail::gpu::DeviceArray<detail::TensorState> tensors_;
  detail::gpu::DeviceArray<float> rings_;
  detail::gpu::DeviceArray<std::uint32_t> observed_;
  detail::gpu::DeviceArray<detail::StepCounter> steps_;
};

}  // namespace HIFLOAT_NAMESPACE::cuda
