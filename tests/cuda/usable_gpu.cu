#include "usable_gpu.hpp"

#include <cuda_runtime.h>

namespace gpu_test {

const char* why_no_gpu() {
  int devices = 0;
  if (const cudaError_t error = cudaGetDeviceCount(&devices); error != cudaSuccess) return cudaGetErrorString(error);
  return devices == 0 ? "none found" : nullptr;
}

}  // namespace gpu_test
