// Products with few rows, as the linear layers of a decoder that makes one token after the other: y = alpha * x *
// transposed(w) * inverse scales + beta * y, with x [m x k] and w [n x k] in HiF8, m <= 8, and y [m x n] in float,
// bfloat16 or binary16, all of them row by row without gaps. The codes of w are read once, and nothing else is of their
// size: it needs no workspace, and no cublasLt. For more rows see cuda/matmul.cuh.
//
// Products are exact and summed in binary32 by tensor cores, which may cut off what a sum rounds; in an order that
// depends on k alone. Inverse scales, alpha and beta * y are applied in binary64, and the result is rounded to binary32
// (and from that to T). Results are within the bound that matmul.hpp states, with u = 2^-23; every run, graph replay
// and number of multiprocessors gives the same bits. NaN and infinity go where IEEE 754 sends them.
//
// A device of compute capability 8.0 or later. It is fastest where k is a multiple of 16, and x and w are aligned to 16
// bytes; any other sizes and addresses will do.
#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <cstdint>

#include <hifloat/config.hpp>
#include <hifloat/cuda/launch.cuh>
#include <hifloat/cuda/memory.cuh>
#include <hifloat/cuda/scaled_codes.cuh>
#include <hifloat/cuda/skinny_job.cuh>
#include <hifloat/matmul/options.hpp>
#include <hifloat/scale_params.hpp>
#include <hifloat/storage.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE::gpu {

inline constexpr unsigned skinny_threads = skinny_warps * skinny_lanes;

/// sums += w * x for a warp's tiles of 16 x 8 elements.
struct TensorCore {
  LaneSums& sums;

  __device__ void operator()(unsigned tile, const NumberPair& x, const NumberPair& upper,
                             const NumberPair& lower) const {
    const auto bits = [](float number) { return bit_cast<std::uint32_t>(number); };
    float(&s)[4] = sums.of[tile];
    asm volatile(
        "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
        "{%0, %1, %2, %3};"
        : "+f"(s[0]), "+f"(s[1]), "+f"(s[2]), "+f"(s[3])
        : "r"(bits(upper.first)), "r"(bits(lower.first)), "r"(bits(upper.second)), "r"(bits(lower.second)),
          "r"(bits(x.first)), "r"(bits(x.second)));
  }
};

/// What comes next is loaded before what has come is multiplied: the first of it before the table is filled.
template <class Job>
__global__ void __launch_bounds__(skinny_threads, 1) skinny_kernel(const __grid_constant__ Job job) {
  extern __shared__ __align__(16) unsigned char shared[];
  auto& memory = *reinterpret_cast<SkinnyMemory*>(shared);
  // Taken from one thread, so that the compiler knows it to be the same for all: addresses then take no instructions.
  const unsigned warp = __shfl_sync(0xFFFFFFFFu, threadIdx.x / skinny_lanes, 0), lane = threadIdx.x % skinny_lanes;
  const unsigned first_column = warp * step_columns;
  constexpr unsigned stride = skinny_warps * step_columns;
  RowsLeft rows = job.rows_of(blockIdx.x);
  typename Job::Step next = job.load(rows, first_column, lane);
  memory.values.fill(threadIdx.x, skinny_threads);
  while (rows.first != rows.end) {
    const RowsLeft rows_behind = rows.next();
    LaneSums sums;
    __syncthreads();  // the table is filled; the sums of the rows before have been read
    for (std::uint64_t column = first_column; column < job.k; column += stride) {
      const typename Job::Step loaded = next;
      const bool last = job.k - column <= stride;
      next = job.load({last ? rows_behind.first : rows.first, rows.end}, last ? first_column : column + stride, lane);
      Job::multiply(loaded, rows, memory.values, lane, TensorCore{sums});
    }
    sums.store(memory.sums[warp], lane);
    __syncthreads();
    job.finish(memory.sums, rows, threadIdx.x);
    rows = rows_behind;
  }
}

template <class Code>
[[nodiscard]] SkinnyOperand operand(const cuda::ScaledCodes<Code>& x, std::uint64_t rows) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(x.codes), rows, x.inverse_scale, x.device_inverse_scale, false};
}
template <class Code>
[[nodiscard]] SkinnyOperand operand(const cuda::RowScaledCodes<Code>& x, std::uint64_t rows) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(x.codes), rows, 1.0f, x.device_inverse_scales, true};
}

template <class Job>
[[nodiscard]] cudaError_t launch_skinny(Job job, cudaStream_t stream) noexcept {
  const auto* const kernel = reinterpret_cast<const void*>(&skinny_kernel<Job>);
  int multiprocessors = 0;
  if (const cudaError_t error = count_multiprocessors(multiprocessors); error != cudaSuccess) return error;
  const cudaError_t asked =
      cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, sizeof(SkinnyMemory));
  if (asked != cudaSuccess) return asked;
  const unsigned blocks = job.share_among(static_cast<unsigned>(multiprocessors));
  void* arguments[] = {&job};
  return cudaLaunchKernel(kernel, dim3(blocks), dim3(skinny_threads), arguments, sizeof(SkinnyMemory), stream);
}

[[nodiscard]] inline bool is_allowed(const SkinnyOperand& x) noexcept {
  return x.device_inverse_scales != nullptr || (!x.by_row && is_valid_scale(x.inverse_scale));
}

template <class T>
[[nodiscard]] cudaError_t skinny_product(const SkinnyOperand& x, const SkinnyOperand& w, T* y, std::uint64_t k,
                                         const MatmulOptions& options, cudaStream_t stream) noexcept {
  const std::uint64_t y_bytes = x.rows * w.rows * sizeof(T);
  if (x.rows > skinny_rows || !is_allowed(x) || !is_allowed(w) || overlap(y, y_bytes, x.codes, x.rows * k) ||
      overlap(y, y_bytes, w.codes, w.rows * k)) {
    return cudaErrorInvalidValue;
  }
  if (y_bytes == 0) return cudaSuccess;
  const bool aligned = k % vector_bytes == 0 && is_aligned<std::uint8_t, vector_bytes>(x.codes, 0) &&
                       is_aligned<std::uint8_t, vector_bytes>(w.codes, 0);
  if (aligned) return launch_skinny(SkinnyJob<T, true>{x, w, y, k, options}, stream);
  return launch_skinny(SkinnyJob<T, false>{x, w, y, k, options}, stream);
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE::gpu

namespace HIFLOAT_CUDA_NAMESPACE {

/// y = alpha * x * transposed(w) * inverse scales + beta * y; x and w are ScaledCodes or RowScaledCodes, of m x k and
/// n x k codes in device memory, y of m x n elements. y is not read where beta is 0. cudaErrorInvalidValue, with
/// nothing launched, for m > 8, an inverse scale that dequantize would refuse, or a y that overlaps codes. One launch,
/// or none where y is empty; an empty sum (k = 0) is 0. Nothing is allocated or waited for; it may be captured.
template <class X, class W, DeviceElement T>
[[nodiscard]] cudaError_t skinny_product(const X& x, const W& w, T* y, std::uint64_t m, std::uint64_t n,
                                         std::uint64_t k, const MatmulOptions& options = {},
                                         cudaStream_t stream = nullptr) noexcept {
  return detail::gpu::skinny_product(detail::gpu::operand(x, m), detail::gpu::operand(w, n), detail::gpu::storage(y), k,
                                     options, stream);
}

}  // namespace HIFLOAT_CUDA_NAMESPACE
