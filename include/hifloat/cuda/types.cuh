// CUDA's own 16-bit types as elements, and vectors of numbers and codes.
#pragma once

#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <vector_types.h>

#include <hifloat/config.hpp>
#include <hifloat/hif8.hpp>
#include <hifloat/storage.hpp>

namespace HIFLOAT_NAMESPACE {

template <>
struct storage_traits<__half> {
  using type = binary16;
};
template <>
struct storage_traits<__nv_bfloat16> {
  using type = bfloat16;
};

namespace cuda {

/// Two neighbouring codes, aligned to be loaded and stored in one piece.
template <class Code = hif8_t>
struct alignas(2) hif8x2 {
  Code x,  ///< at the lower address
      y;   ///< after it
};
/// Four of them.
template <class Code = hif8_t>
struct alignas(4) hif8x4 {
  Code x,  ///< at the lowest address
      y,   ///< then this
      z,   ///< this
      w;   ///< and this
};

/// CUDA's vector of two numbers: float2, __half2, __nv_bfloat162.
template <class T>
struct pair_of;
template <>
struct pair_of<float> {
  using type = float2;
};
template <>
struct pair_of<__half> {
  using type = __half2;
};
template <>
struct pair_of<__nv_bfloat16> {
  using type = __nv_bfloat162;
};
/// What pair_of maps T to.
template <class T>
using pair_of_t = typename pair_of<T>::type;

}  // namespace cuda

}  // namespace HIFLOAT_NAMESPACE
