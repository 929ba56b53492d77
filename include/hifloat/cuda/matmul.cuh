// Products of quantized matrices by cublasLt: y = x * transposed(w) * inverse scales, with x [m x k] and w [n x k] in
// HiF8 and y [m x n] in float, bfloat16 or binary16, all of them row by row without gaps. For up to 8 rows of x there
// is cuda/skinny_product.cuh, which reads the codes of w once.
//
// Both operands are decoded to bfloat16 for a bfloat16 y, else to binary16: cublasLt has no product of binary16 with a
// bfloat16 result, and every HiF8 value is exact in both. Sums are binary32, in an order that is cublasLt's, and tensor
// cores may cut off what a sum rounds: results are within the bound that matmul.hpp states for the CPU's products, with
// u = 2^-23, but for the rounding of the inverse scales' product to binary32 and of the result to T, and don't have
// its bits.
#pragma once

#include <cublasLt.h>
#include <cuda_runtime.h>

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <hifloat/config.hpp>
#include <hifloat/cuda/launch.cuh>
#include <hifloat/cuda/scaled_codes.cuh>
#include <hifloat/storage.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE::gpu {

/// What cublasLt multiplies the sums, and what was in y, with. Templates: two files may hold them.
template <class = void>
__global__ void make_factors(float* factors, float x, const float* device_x, float w, const float* device_w) {
  factors[0] = multiply(device_x != nullptr ? *device_x : x, device_w != nullptr ? *device_w : w);
  factors[1] = 0.0f;
}
/// By a call that returns its own error: the last error may be of an earlier one.
[[nodiscard]] inline cudaError_t launch_factors(float* factors, float x, const float* device_x, float w,
                                                const float* device_w, cudaStream_t stream) noexcept {
  void* arguments[] = {&factors, &x, &device_x, &w, &device_w};
  return cudaLaunchKernel(reinterpret_cast<const void*>(&make_factors<>), dim3(1), dim3(1), arguments, 0, stream);
}

template <class T>
inline constexpr cudaDataType_t cuda_type = CUDA_R_32F;
template <>
inline constexpr cudaDataType_t cuda_type<bfloat16> = CUDA_R_16BF;
template <>
inline constexpr cudaDataType_t cuda_type<binary16> = CUDA_R_16F;

}  // namespace HIFLOAT_DETAIL_NAMESPACE::gpu

namespace HIFLOAT_NAMESPACE::cuda {

/// A product of one shape, prepared once and run as often as wanted, for y of type T.
template <DeviceElement T>
class Matmul {
  using Operand = std::conditional_t<std::is_same_v<storage_t<T>, bfloat16>, bfloat16, binary16>;

 public:
  /// Chooses cublasLt's algorithm. CUBLAS_STATUS_INVALID_VALUE for a dimension of zero; nothing else may be called
  /// before this has succeeded. The handle must outlive the object. Not for use while a stream is captured: some
  /// versions of cublasLt find no algorithm then.
  HIFLOAT_KEYED [[nodiscard]] cublasStatus_t prepare(cublasLtHandle_t handle, std::uint64_t m, std::uint64_t n,
                                                     std::uint64_t k) noexcept {
    handle_ = handle;
    m_ = m;
    n_ = n;
    k_ = k;
    if (m == 0 || n == 0 || k == 0) return CUBLAS_STATUS_INVALID_VALUE;
    // To cublasLt, matrices are stored column by column: it multiplies w, transposed, with x, for a transposed y.
    constexpr cudaDataType_t y_type = detail::gpu::cuda_type<storage_t<T>>, type = detail::gpu::cuda_type<Operand>;
    const cublasOperation_t transposed = CUBLAS_OP_T;
    const cublasLtPointerMode_t factors_on_device = CUBLASLT_POINTER_MODE_DEVICE;
    const std::size_t scratch = scratch_bytes;
    // Parts of a sum are not added up in y's type, to which each of them would be rounded.
    const std::uint32_t y_alignment = 16, parts = CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE;
    cublasLtMatmulPreferenceOpaque_t preference;
    cublasLtMatmulHeuristicResult_t found{};
    int count = 0;
    const auto set = [](auto set_attribute, auto* object, auto attribute, const auto& value) {
      return set_attribute(object, attribute, &value, sizeof(value));
    };
    const cublasStatus_t steps[] = {
        cublasLtMatmulDescInit(&product_, CUBLAS_COMPUTE_32F, CUDA_R_32F),
        set(cublasLtMatmulDescSetAttribute, &product_, CUBLASLT_MATMUL_DESC_TRANSA, transposed),
        set(cublasLtMatmulDescSetAttribute, &product_, CUBLASLT_MATMUL_DESC_POINTER_MODE, factors_on_device),
        cublasLtMatrixLayoutInit(&w_, type, k, n, static_cast<std::int64_t>(k)),
        cublasLtMatrixLayoutInit(&x_, type, k, m, static_cast<std::int64_t>(k)),
        cublasLtMatrixLayoutInit(&y_, y_type, n, m, static_cast<std::int64_t>(n)),
        cublasLtMatmulPreferenceInit(&preference),
        set(cublasLtMatmulPreferenceSetAttribute, &preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, scratch),
        set(cublasLtMatmulPreferenceSetAttribute, &preference, CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK, parts),
        set(cublasLtMatmulPreferenceSetAttribute, &preference, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, y_alignment),
        set(cublasLtMatmulPreferenceSetAttribute, &preference, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, y_alignment),
    };
    for (const cublasStatus_t status : steps) {
      if (status != CUBLAS_STATUS_SUCCESS) return status;
    }
    const cublasStatus_t status =
        cublasLtMatmulAlgoGetHeuristic(handle, &product_, &w_, &x_, &y_, &y_, &preference, 1, &found, &count);
    if (status != CUBLAS_STATUS_SUCCESS) return status;
    if (count == 0) return CUBLAS_STATUS_NOT_SUPPORTED;
    algorithm_ = found.algo;
    return found.state;
  }

  /// Device memory that a run needs for itself, aligned to 256 bytes as cudaMalloc does.
  HIFLOAT_KEYED [[nodiscard]] std::size_t workspace_bytes() const noexcept {
    return factor_bytes + aligned(2 * m_ * k_) + aligned(2 * n_ * k_) + scratch_bytes;
  }

  /// The product: decode, then multiply. y is aligned to 16 bytes. Allocates nothing and waits for nothing; may be
  /// captured.
  template <class XCode, class WCode>
  HIFLOAT_KEYED [[nodiscard]] cublasStatus_t operator()(const ScaledCodes<XCode>& x, const ScaledCodes<WCode>& w, T* y,
                                                        void* workspace, cudaStream_t stream = nullptr) const noexcept {
    if (decode(x, w, workspace, stream) != cudaSuccess) return CUBLAS_STATUS_EXECUTION_FAILED;
    return multiply(y, workspace, stream);
  }
  /// Decodes both operands into the workspace: x has m k codes, w has n k.
  template <class XCode, class WCode>
  HIFLOAT_KEYED [[nodiscard]] cudaError_t decode(const ScaledCodes<XCode>& x, const ScaledCodes<WCode>& w,
                                                 void* workspace, cudaStream_t stream = nullptr) const noexcept {
    const Workspace in = parts_of(workspace);
    const cudaError_t made = detail::gpu::launch_factors(in.factors, x.inverse_scale, x.device_inverse_scale,
                                                         w.inverse_scale, w.device_inverse_scale, stream);
    if (made != cudaSuccess) return made;
    if (const cudaError_t error = dequantize(x.codes, in.x, m_ * k_, {}, stream); error != cudaSuccess) return error;
    return dequantize(w.codes, in.w, n_ * k_, {}, stream);
  }
  /// Multiplies what was decoded into the workspace last.
  HIFLOAT_KEYED [[nodiscard]] cublasStatus_t multiply(T* y, void* workspace,
                                                      cudaStream_t stream = nullptr) const noexcept {
    const Workspace in = parts_of(workspace);
    return cublasLtMatmul(handle_, &product_, in.factors, in.w, &w_, in.x, &x_, in.factors + 1, y, &y_, y, &y_,
                          &algorithm_, in.scratch, scratch_bytes, stream);
  }

 private:
  static constexpr std::size_t factor_bytes = 256, scratch_bytes = std::size_t{32} << 20;
  HIFLOAT_KEYED [[nodiscard]] static constexpr std::size_t aligned(std::size_t bytes) noexcept {
    return (bytes + 255) / 256 * 256;
  }

  struct Workspace {
    float* factors;
    Operand *x, *w;
    void* scratch;
  };
  HIFLOAT_KEYED [[nodiscard]] Workspace parts_of(void* workspace) const noexcept {
    const auto at = [&](std::size_t offset) -> void* { return static_cast<unsigned char*>(workspace) + offset; };
    const std::size_t x = factor_bytes, w = x + aligned(2 * m_ * k_), scratch = w + aligned(2 * n_ * k_);
    return {static_cast<float*>(at(0)), static_cast<Operand*>(at(x)), static_cast<Operand*>(at(w)), at(scratch)};
  }

  cublasLtHandle_t handle_ = nullptr;
  std::uint64_t m_ = 0, n_ = 0, k_ = 0;
  // cublasLt takes them by pointers to what it doesn't change.
  mutable cublasLtMatmulDescOpaque_t product_{};
  mutable cublasLtMatrixLayoutOpaque_t x_{}, w_{}, y_{};
  cublasLtMatmulAlgo_t algorithm_{};
};

}  // namespace HIFLOAT_NAMESPACE::cuda
