// The product of quantized matrices by cublasLt beside the one of binary16 matrices that it contains: decoding is all
// that differs. In the same run, in turns; medians.

#include <hifloat/cuda/matmul.cuh>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

using namespace hifloat;

void check(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "cuda_matmul: %s failed\n", what);
  std::exit(1);
}

/// Codes of numbers in (-15, 15): any bits would be NaN and infinity too.
__global__ void fill(hif8_t* codes, std::uint64_t n) {
  const std::uint64_t step = std::uint64_t{gridDim.x} * blockDim.x;
  for (std::uint64_t i = std::uint64_t{blockIdx.x} * blockDim.x + threadIdx.x; i < n; i += step) {
    codes[i] = hif8_t(static_cast<float>(random_bits({1, 2, 0}, i)) * (30.0f / 65535.0f) - 15.0f);
  }
}

template <class T>
T* allocate(std::size_t n) {
  void* memory = nullptr;
  check(cudaMalloc(&memory, n * sizeof(T)) == cudaSuccess, "cudaMalloc");
  return static_cast<T*>(memory);
}

double median(std::vector<float>& times) {
  std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
  return times[times.size() / 2];
}

}  // namespace

int main() {
  int devices = 0;
  if (const cudaError_t error = cudaGetDeviceCount(&devices); error != cudaSuccess) {
    std::printf("cuda_matmul: no GPU: %s\n", cudaGetErrorString(error));
    return 77;
  }
  constexpr std::size_t side = 8192;
  constexpr int rounds = 21, warm_up = 3;
  cublasLtHandle_t handle = nullptr;
  cuda::Matmul<bfloat16> product;
  check(cublasLtCreate(&handle) == CUBLAS_STATUS_SUCCESS, "cublasLtCreate");
  check(product.prepare(handle, side, side, side) == CUBLAS_STATUS_SUCCESS, "Matmul::prepare");
  hif8_t *const x = allocate<hif8_t>(side * side), *const w = allocate<hif8_t>(side * side);
  bfloat16* const y = allocate<bfloat16>(side * side);
  unsigned char* const workspace = allocate<unsigned char>(product.workspace_bytes());
  fill<<<4096, 256>>>(x, side * side);
  fill<<<4096, 256>>>(w, side * side);
  cudaEvent_t begin = nullptr, end = nullptr;
  check(cudaEventCreate(&begin) == cudaSuccess && cudaEventCreate(&end) == cudaSuccess, "cudaEventCreate");
  const auto milliseconds = [&](auto run) {
    float time = 0;
    check(cudaEventRecord(begin) == cudaSuccess, "cudaEventRecord");
    check(run() == CUBLAS_STATUS_SUCCESS, "a product");
    check(cudaEventRecord(end) == cudaSuccess && cudaEventSynchronize(end) == cudaSuccess, "the kernels");
    check(cudaEventElapsedTime(&time, begin, end) == cudaSuccess, "cudaEventElapsedTime");
    return time;
  };
  std::vector<float> quantized, binary16_only;
  for (int round = -warm_up; round < rounds; ++round) {
    const float with_decoding =
        milliseconds([&] { return product(cuda::ScaledCodes<>{x}, cuda::ScaledCodes<>{w}, y, workspace); });
    const float alone = milliseconds([&] { return product.multiply(y, workspace); });
    if (round < 0) continue;
    quantized.push_back(with_decoding);
    binary16_only.push_back(alone);
  }
  const double of_quantized = median(quantized), of_binary16 = median(binary16_only);
  const double operations = 2.0 * side * side * side;
  std::printf("%zu^3: binary16 %.3f ms (%.0f TFLOP/s), from HiF8 codes %.3f ms: %.3f of it (goal 0.90)\n", side,
              of_binary16, operations / of_binary16 * 1e-9, of_quantized, of_binary16 / of_quantized);
}
