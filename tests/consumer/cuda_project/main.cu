#include <hifloat/cuda/launch.cuh>

#if defined(HAS_CUBLASLT)
#include <hifloat/cuda/matmul.cuh>
#endif

int main() {
  const float* x = nullptr;
  hifloat::hif8_t* codes = nullptr;
#if defined(HAS_CUBLASLT)
  hifloat::cuda::Matmul<float> product;
  if (product.prepare(nullptr, 0, 0, 0) != CUBLAS_STATUS_INVALID_VALUE) return 1;
#endif
  return hifloat::cuda::quantize(x, codes, 0) == cudaSuccess ? 0 : 1;
}
