// Array calls on a GPU: quantize, dequantize, fake_quantize and abs_max over device memory, with the bits of the array
// functions on the CPU (array.hpp).
//
// Elements are float, bfloat16, binary16, or a type that storage_traits maps to them: __half and __nv_bfloat16 with
// cuda/types.cuh. Codes are hif8<R, O>, whose type says how numbers are rounded; a policy of the user's own must be
// callable on the device (HIFLOAT_HD), and is computed, not looked up. Any length and any alignment will do. Each call
// is one launch on the stream, the last argument: nothing is allocated, thrown or waited for, and a call may be
// captured into a graph. What comes back is the launch's cudaError_t; cudaErrorInvalidValue, with nothing launched, for
// a scale or a clamp that array functions would refuse, or for memory that overlaps. Length zero launches nothing.
#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <hifloat/config.hpp>
#include <hifloat/cuda/functors.cuh>
#include <hifloat/cuda/kernels.cuh>
#include <hifloat/cuda/options.cuh>
#include <hifloat/hif8.hpp>
#include <hifloat/memory_range.hpp>
#include <hifloat/scale_params.hpp>
#include <hifloat/storage.hpp>

namespace HIFLOAT_NAMESPACE::cuda {

/// What GPU calls take for elements.
template <class T>
concept DeviceElement = FloatingStorage<T> && !std::is_same_v<storage_t<T>, double>;

}  // namespace HIFLOAT_NAMESPACE::cuda

namespace HIFLOAT_DETAIL_NAMESPACE::gpu {

[[nodiscard]] inline cudaError_t count_multiprocessors(int& count) noexcept {
  int device = 0;
  if (const cudaError_t error = cudaGetDevice(&device); error != cudaSuccess) return error;
  return cudaDeviceGetAttribute(&count, cudaDevAttrMultiProcessorCount, device);
}

/// As many blocks as have something to do, and no more than one for each multiprocessor.
template <class Job>
[[nodiscard]] cudaError_t launch(Job job, cudaStream_t stream) noexcept {
  if (job.n == 0) return cudaSuccess;
  constexpr std::size_t table_bytes = sizeof(typename Job::Table);
  constexpr std::size_t without_asking = 46 << 10;  // of shared memory; what is measured takes some too
  if constexpr (table_bytes > without_asking) {
    const cudaError_t asked = cudaFuncSetAttribute(reinterpret_cast<const void*>(&kernel<Job>),
                                                   cudaFuncAttributeMaxDynamicSharedMemorySize, table_bytes);
    if (asked != cudaSuccess) return asked;
  }
  int multiprocessors = 0;
  if (const cudaError_t error = count_multiprocessors(multiprocessors); error != cudaSuccess) return error;
  const auto most = static_cast<std::uint64_t>(multiprocessors);
  const std::uint64_t useful = job.spread().useful_blocks(block_threads, Job::batch);
  const dim3 grid(static_cast<unsigned>(useful < most ? useful : most));
  void* arguments[] = {&job};
  return cudaLaunchKernel(reinterpret_cast<const void*>(&kernel<Job>), grid, dim3(block_threads), arguments,
                          table_bytes, stream);
}

template <cuda::DeviceElement T>
[[nodiscard]] const storage_t<T>* storage(const T* x) noexcept {
  return reinterpret_cast<const storage_t<T>*>(x);
}
template <cuda::DeviceElement T>
[[nodiscard]] storage_t<T>* storage(T* x) noexcept {
  return reinterpret_cast<storage_t<T>*>(x);
}

[[nodiscard]] inline bool overlap(const void* a, std::uint64_t a_bytes, const void* b, std::uint64_t b_bytes) noexcept {
  return MemoryRange(a, a_bytes).overlaps(MemoryRange(b, b_bytes));
}

[[nodiscard]] inline bool is_allowed(const QuantizeOptions& options) noexcept {
  return (options.device_scale != nullptr || is_valid_scale(options.scale)) && is_valid_clamp(options.clamp);
}

template <class T, class R, class O, class Sink>
[[nodiscard]] cudaError_t quantize(const T* x, hif8<R, O>* codes, std::uint64_t n, const Sink& sink,
                                   const QuantizeOptions& options, cudaStream_t stream) noexcept {
  if (!is_allowed(options) || overlap(x, n * sizeof(T), codes, n)) return cudaErrorInvalidValue;
  using Job = QuantizeJob<R, O, storage_t<T>, Sink>;
  return launch(Job{storage(x), reinterpret_cast<std::uint8_t*>(codes), n, options, sink}, stream);
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE::gpu

namespace HIFLOAT_CUDA_NAMESPACE {

/// codes[i] = x[i] * scale, limited to the clamp, rounded; x and codes are n elements of device memory.
template <DeviceElement T, class R, class O>
[[nodiscard]] cudaError_t quantize(const T* x, hif8<R, O>* codes, std::uint64_t n, const QuantizeOptions& options = {},
                                   cudaStream_t stream = nullptr) noexcept {
  return detail::gpu::quantize(x, codes, n, detail::gpu::MeasureNothing{}, options, stream);
}

/// The same, and in the same pass the amax of x.
template <DeviceElement T, class R, class O>
[[nodiscard]] cudaError_t quantize(const T* x, hif8<R, O>* codes, std::uint64_t n, const MergeAmax& amax,
                                   const QuantizeOptions& options = {}, cudaStream_t stream = nullptr) noexcept {
  return detail::gpu::quantize(x, codes, n, amax, options, stream);
}

/// The same, and in the same pass the amax of x and what happened to its elements.
template <DeviceElement T, class R, class O>
[[nodiscard]] cudaError_t quantize(const T* x, hif8<R, O>* codes, std::uint64_t n, const MergeStats& stats,
                                   const QuantizeOptions& options = {}, cudaStream_t stream = nullptr) noexcept {
  return detail::gpu::quantize(x, codes, n, stats, options, stream);
}

/// x[i] = value of codes[i] * inverse scale: one binary32 multiplication, then one rounding to the element type.
template <DeviceElement T, class R, class O>
[[nodiscard]] cudaError_t dequantize(const hif8<R, O>* codes, T* x, std::uint64_t n,
                                     const DequantizeOptions& options = {}, cudaStream_t stream = nullptr) noexcept {
  const bool valid = options.device_inverse_scale != nullptr || detail::is_valid_scale(options.inverse_scale);
  if (!valid || detail::gpu::overlap(x, n * sizeof(T), codes, n)) return cudaErrorInvalidValue;
  using Job = detail::gpu::DequantizeJob<storage_t<T>>;
  return detail::gpu::launch(Job{reinterpret_cast<const std::uint8_t*>(codes), detail::gpu::storage(x), n, options},
                             stream);
}

/// y[i] = x[i] on the grid that `Code` has under this scale, without the codes. x and y may be the same.
template <class Code = hif8_t, DeviceElement T>
[[nodiscard]] cudaError_t fake_quantize(const T* x, T* y, std::uint64_t n, const QuantizeOptions& options = {},
                                        cudaStream_t stream = nullptr) noexcept {
  const bool apart = x == y || !detail::gpu::overlap(x, n * sizeof(T), y, n * sizeof(T));
  if (!detail::gpu::is_allowed(options) || !apart) return cudaErrorInvalidValue;
  using Job =
      detail::gpu::FakeQuantizeJob<typename Code::rounding_policy, typename Code::overflow_policy, storage_t<T>>;
  return detail::gpu::launch(Job{detail::gpu::storage(x), detail::gpu::storage(y), n, options}, stream);
}

/// Merges the largest |x[i]|, NaN if any element is NaN, into what `amax` points to. With `skip`, if that isn't 0,
/// nothing is written.
template <DeviceElement T>
[[nodiscard]] cudaError_t abs_max(const T* x, std::uint64_t n, const MergeAmax& amax,
                                  const std::uint32_t* skip = nullptr, cudaStream_t stream = nullptr) noexcept {
  return detail::gpu::launch(detail::gpu::AbsMaxJob<storage_t<T>>{detail::gpu::storage(x), n, amax, skip}, stream);
}

}  // namespace HIFLOAT_CUDA_NAMESPACE
