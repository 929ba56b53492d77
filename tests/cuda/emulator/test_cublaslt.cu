// Mistakes with cublasLt that the emulator has to find.
#include "test_kernels.cuh"

#include <hifloat/cuda/matmul.cuh>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>

namespace {

DEVICE_FUNCTION(OutsideAll) { w[1 << 20] = 1; }

}  // namespace

TEST_CASE("a product takes memory of the size and alignment that it was promised, after work that succeeded") {
  cublasLtHandle_t handle = nullptr;
  REQUIRE(cublasLtCreate(&handle) == CUBLAS_STATUS_SUCCESS);
  hifloat::cuda::Matmul<float> product;
  REQUIRE(product.prepare(handle, 8, 8, 8) == CUBLAS_STATUS_SUCCESS);
  const std::size_t bytes = product.workspace_bytes();
  const Words workspace(bytes / 4), short_workspace(bytes / 4 - 1), y(65);
  const auto multiply = [&](u32* to, const Words& with) {
    return product.multiply(reinterpret_cast<float*>(to), with.data);
  };
  CHECK(multiply(y.data, workspace) == CUBLAS_STATUS_SUCCESS);
  CHECK(multiply(y.data, short_workspace) == CUBLAS_STATUS_INVALID_VALUE);
  CHECK(multiply(y.data + 1, workspace) == CUBLAS_STATUS_INVALID_VALUE);

  gpu_emulator::expects_failures = true;
  CHECK(multiply(y.data + 4, workspace) == CUBLAS_STATUS_EXECUTION_FAILED);
  CHECK(is(gpu_emulator::take_failure(), "outside all allocations"));
  CHECK(multiply(y.data, workspace) == CUBLAS_STATUS_SUCCESS);

  kernel<<<1, 1>>>(OutsideAll{}, y.data);
  CHECK(multiply(y.data, workspace) == CUBLAS_STATUS_EXECUTION_FAILED);
  CHECK(is(gpu_emulator::take_failure(), "outside all allocations"));
  (void)cublasLtDestroy(handle);
}
