// Encoding and decoding in kernels of the user's own, at the speed of a look-up: by tables in shared memory, which all
// threads of a block fill together.
//
//   __global__ void kernel(...) {
//     __shared__ block_encoder<hif8_t>::Shared table;
//     const block_encoder<hif8_t> encode(table, {.scale = scale});
//     codes[i] = encode(x);
//   }
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/cuda/codec_tables.cuh>
#include <hifloat/cuda/types.cuh>
#include <hifloat/hif8.hpp>
#include <hifloat/scale_params.hpp>
#include <hifloat/simd/element.hpp>
#include <hifloat/storage.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE::gpu {

[[nodiscard]] __device__ inline unsigned thread_of_block() {
  return (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
}
[[nodiscard]] __device__ inline unsigned threads_of_block() { return blockDim.x * blockDim.y * blockDim.z; }

}  // namespace HIFLOAT_DETAIL_NAMESPACE::gpu

namespace HIFLOAT_NAMESPACE::cuda {

/// x * scale, limited to the clamp, rounded to `Code`. Copies of it share the table.
template <class Code = hif8_t>
class block_encoder {
  using Codec = detail::gpu::TableCodec<typename Code::rounding_policy, typename Code::overflow_policy>;

 public:
  using Shared = typename Codec::Table;  ///< what a kernel declares in shared memory

  /// To be called by all threads of a block; the same table may be filled again for another scale. The scale and the
  /// clamp must be the same for all, and are not checked.
  HIFLOAT_KEYED __device__ explicit block_encoder(Shared& table, const ScaleParams& params = {}) noexcept
      : table_(&table), params_(params) {
    params_.scaled = true;  // the multiplication is what makes NaNs quiet
    __syncthreads();        // no thread looks anything up any more, should the table have been filled before
    Codec::fill(table, params_, detail::gpu::thread_of_block(), detail::gpu::threads_of_block());
    __syncthreads();
  }

  /// A float, bfloat16, binary16, __half or __nv_bfloat16; with 16 random bits where the rounding takes them.
  /// @{
  template <FloatingStorage T>
    requires(!Codec::uses_random)
  HIFLOAT_KEYED [[nodiscard]] __device__ Code operator()(T x) const noexcept { return encode(x, 0); }
  template <FloatingStorage T>
    requires(Codec::uses_random)
  HIFLOAT_KEYED [[nodiscard]] __device__ Code operator()(T x, std::uint16_t random) const noexcept {
    return encode(x, random);
  }

  /// @}
  /// Several; where the rounding takes no random bits.
  /// @{
  HIFLOAT_KEYED [[nodiscard]] __device__ hif8x2<Code> operator()(float2 v) const noexcept { return pair(v.x, v.y); }
  HIFLOAT_KEYED [[nodiscard]] __device__ hif8x2<Code> operator()(__half2 v) const noexcept { return pair(v.x, v.y); }
  HIFLOAT_KEYED [[nodiscard]] __device__ hif8x2<Code> operator()(__nv_bfloat162 v) const noexcept {
    return pair(v.x, v.y);
  }
  HIFLOAT_KEYED [[nodiscard]] __device__ hif8x4<Code> operator()(float4 v) const noexcept {
    return {(*this)(v.x), (*this)(v.y), (*this)(v.z), (*this)(v.w)};
  }
  /// @}

 private:
  template <class T>
  HIFLOAT_KEYED [[nodiscard]] __device__ Code encode(T x, std::uint16_t random) const noexcept {
    const detail::Source scaled = detail::scaled_source(x, params_);
    return Code::from_bits(
        Codec::encode(*table_, Codec::clamps ? scaled : detail::clamped<T>(scaled, params_), random));
  }
  template <class T>
  HIFLOAT_KEYED [[nodiscard]] __device__ hif8x2<Code> pair(T x, T y) const noexcept {
    return {(*this)(x), (*this)(y)};
  }

  const Shared* table_;
  detail::KernelParams params_;
};

/// The value of a code times an inverse scale, rounded to T: float, __half or __nv_bfloat16.
template <class T = float>
class block_decoder {
 public:
  using Shared = detail::gpu::ValueTable<T>;  ///< what a kernel declares in shared memory

  /// To be called by all threads of a block, with the same inverse scale.
  HIFLOAT_KEYED __device__ explicit block_decoder(Shared& table, float inverse_scale = 1.0f) noexcept : table_(&table) {
    __syncthreads();
    table.fill(inverse_scale, detail::gpu::thread_of_block(), detail::gpu::threads_of_block());
    __syncthreads();
  }

  /// The number, or both, of codes of any policies.
  /// @{
  template <class R, class O>
  HIFLOAT_KEYED [[nodiscard]] __device__ T operator()(hif8<R, O> code) const noexcept {
    return (*table_)[code.bits()];
  }
  template <class Code>
  HIFLOAT_KEYED [[nodiscard]] __device__ pair_of_t<T> operator()(hif8x2<Code> codes) const noexcept {
    return {(*this)(codes.x), (*this)(codes.y)};
  }
  /// @}
  /// All four, where T is float.
  template <class Code>
  HIFLOAT_KEYED [[nodiscard]] __device__ float4 operator()(hif8x4<Code> codes) const noexcept {
    return {(*this)(codes.x), (*this)(codes.y), (*this)(codes.z), (*this)(codes.w)};
  }

 private:
  const Shared* table_;
};

}  // namespace HIFLOAT_NAMESPACE::cuda
