// Which kernels multiply matrices: those of the active backend, or better ones that its CPUs may have besides.
#pragma once

#include <cstddef>
#include <type_traits>

#include <hifloat/config.hpp>
#include <hifloat/simd/dispatch.hpp>
#include <hifloat/simd/product_avx2.hpp>
#include <hifloat/simd/product_avx512.hpp>
#include <hifloat/simd/product_kernels.hpp>
#include <hifloat/simd/product_neon.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// The kernels for operands whose elements have so many bytes. Products of bfloat16 numbers, which unlike HiF8's reach
/// into subnormals, are summed in binary32 everywhere.
template <class Backend>
[[nodiscard]] const ProductKernels& product_kernels_of(std::size_t element_size) noexcept {
  (void)element_size;
#if HIFLOAT_SIMD_X86
  if constexpr (std::is_same_v<Backend, avx512vbmi>) {
    namespace products = avx512bf16_products;
    if (element_size == 1 && __builtin_cpu_supports("avx512bf16")) {
      return products::kernels_of<products::Products, Backend, products::Codes>;
    }
  }
  if constexpr (std::is_same_v<Backend, avx512bw> || std::is_same_v<Backend, avx512vbmi>) {
    namespace products = avx512_products;
    return products::kernels_of<products::Products, Backend, products::Codes>;
  } else if constexpr (std::is_same_v<Backend, avx2>) {
    namespace products = avx2_products;
    if (__builtin_cpu_supports("fma")) return products::kernels_of<products::Products, Backend, products::Codes>;
  }
#elif HIFLOAT_SIMD_NEON
  if constexpr (std::is_same_v<Backend, neon>) {
    namespace products = neon_products;
    return products::kernels_of<products::Products, Backend, products::Codes>;
  }
#endif
  return scalar_products::kernels_of<scalar_products::Products, Backend>;
}

struct ProductKernel {
  using Function = const ProductKernels&(std::size_t) noexcept;
  template <class Backend>
  static constexpr Function* of = &product_kernels_of<Backend>;
};

}  // namespace HIFLOAT_DETAIL_NAMESPACE
