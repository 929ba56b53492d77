#include <hifloat/cuda/launch.cuh>

int main() {
  const float* x = nullptr;
  hifloat::hif8_t* codes = nullptr;
  return hifloat::cuda::quantize(x, codes, 0) == cudaSuccess ? 0 : 1;
}
