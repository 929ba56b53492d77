// Products by cublasLt, against sums in binary64, within the bound that cuda/matmul.cuh states.

#include "binary64_sum.hpp"
#include "device.hpp"

#include <hifloat/cuda/matmul.cuh>

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace {

using namespace hifloat;
using namespace gpu_test;

std::vector<hif8_t> finite_codes(std::size_t n, std::uint32_t seed) {
  std::mt19937 generator(seed);
  std::vector<hif8_t> codes(n);
  for (hif8_t& code : codes) {
    const std::uint32_t bits = static_cast<std::uint32_t>(generator());
    code = hif8_t(static_cast<float>(static_cast<std::int32_t>(bits)) * 0x1p-31f *
                  std::ldexp(1.0f, static_cast<int>(bits % 9) - 4));
  }
  return codes;
}

template <class T>
void check_product(cublasLtHandle_t handle, std::size_t m, std::size_t n, std::size_t k, double unit_of_result) {
  constexpr float x_scale = 0.37f, w_scale = 2.5f;
  const std::vector<hif8_t> x = finite_codes(m * k, 1), w = finite_codes(n * k, 2);
  const Device<hif8_t> device_x(x), device_w(w);
  const Device<float> device_scale(std::vector<float>{w_scale});
  Device<T> y(m * n);
  require(cudaMemset(y.data(), 0xFF, m * n * sizeof(T)));  // NaN, should it be read
  cuda::Matmul<T> product;
  REQUIRE(product.prepare(handle, m, n, k) == CUBLAS_STATUS_SUCCESS);
  Device<std::uint8_t> workspace(product.workspace_bytes());
  REQUIRE(product(cuda::ScaledCodes<>{device_x.data(), x_scale},
                  cuda::ScaledCodes<>{device_w.data(), 1.0f, device_scale.data()}, y.data(),
                  workspace.data()) == CUBLAS_STATUS_SUCCESS);
  require(cudaDeviceSynchronize());
  const std::vector<T> got = y.download();
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const Binary64Sum exact(x.data() + i * k, w.data() + j * k, k);
      const double scale = double{x_scale} * double{w_scale};
      const double bound = scale * exact.bound() + unit_of_result * std::abs(exact.sum * scale);
      wrong += !(std::abs(double{static_cast<float>(got[i * n + j])} - exact.sum * scale) <= bound);
    }
  }
  CAPTURE(m);
  CAPTURE(n);
  CAPTURE(k);
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("a captured product is computed when its graph is launched, and each time") {
  cublasLtHandle_t handle = nullptr;
  REQUIRE(cublasLtCreate(&handle) == CUBLAS_STATUS_SUCCESS);
  constexpr std::size_t size = 16;
  const Device<hif8_t> x(std::vector<hif8_t>(size * size, hif8_t(1.0f))),
      w(std::vector<hif8_t>(size * size, hif8_t(2.0f)));
  Device<float> y(std::vector<float>(size * size, -1.0f));
  cuda::Matmul<float> product;
  REQUIRE(product.prepare(handle, size, size, size) == CUBLAS_STATUS_SUCCESS);
  Device<std::uint8_t> workspace(product.workspace_bytes());
  cudaStream_t stream = nullptr;
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t replay = nullptr;
  require(cudaStreamCreate(&stream));
  require(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
  const cublasStatus_t status =
      product(cuda::ScaledCodes<>{x.data()}, cuda::ScaledCodes<>{w.data()}, y.data(), workspace.data(), stream);
  require(cudaStreamEndCapture(stream, &graph));
  REQUIRE(status == CUBLAS_STATUS_SUCCESS);
  CHECK(y.download() == std::vector<float>(size * size, -1.0f));
  require(cudaGraphInstantiate(&replay, graph, 0));
  for (int launch = 0; launch < 2; ++launch) {
    require(cudaMemset(y.data(), 0xFF, size * size * sizeof(float)));
    require(cudaGraphLaunch(replay, stream));
    require(cudaStreamSynchronize(stream));
    CHECK(y.download() == std::vector<float>(size * size, 2.0f * size));
  }
  require(cudaGraphExecDestroy(replay));
  require(cudaGraphDestroy(graph));
  require(cudaStreamDestroy(stream));
  (void)cublasLtDestroy(handle);
}

TEST_CASE("what was decoded may be multiplied again, and an error of somebody else's is none of the product's") {
  cublasLtHandle_t handle = nullptr;
  REQUIRE(cublasLtCreate(&handle) == CUBLAS_STATUS_SUCCESS);
  constexpr std::size_t m = 3, n = 5, k = 7;
  const Device<hif8_t> x(finite_codes(m * k, 3)), w(finite_codes(n * k, 4)), other(finite_codes(n * k, 5));
  Device<float> y(m * n), again(m * n);
  cuda::Matmul<float> product;
  REQUIRE(product.prepare(handle, m, n, k) == CUBLAS_STATUS_SUCCESS);
  Device<std::uint8_t> workspace(product.workspace_bytes());
  const auto product_with = [&](const Device<hif8_t>& factor) {
    REQUIRE(product(cuda::ScaledCodes<>{x.data(), 3.0f}, cuda::ScaledCodes<>{factor.data(), 0.5f}, y.data(),
                    workspace.data()) == CUBLAS_STATUS_SUCCESS);
    return y.download();
  };
  const std::vector<float> of_w = product_with(w), of_other = product_with(other);
  CHECK(of_w != of_other);
  CHECK(cudaFree(&handle) != cudaSuccess);
  require(product.decode(cuda::ScaledCodes<>{x.data(), 3.0f}, cuda::ScaledCodes<>{w.data(), 0.5f}, workspace.data()));
  for (int run = 0; run < 2; ++run) {
    again.spoil();
    REQUIRE(product.multiply(again.data(), workspace.data()) == CUBLAS_STATUS_SUCCESS);
    CHECK(again.download() == of_w);
  }
  CHECK(product_with(other) == of_other);
  CHECK(cudaGetLastError() != cudaSuccess);  // still there for whom it is about
  (void)cublasLtDestroy(handle);
}

TEST_CASE("products of many shapes are within the bound") {
  cublasLtHandle_t handle = nullptr;
  REQUIRE(cublasLtCreate(&handle) == CUBLAS_STATUS_SUCCESS);
  for (const std::size_t m : {1u, 8u, 33u, 128u}) {
    for (const std::size_t n : {8u, 72u, 256u}) {
      for (const std::size_t k : {8u, 64u, 520u}) {
        check_product<float>(handle, m, n, k, 0x1p-24);
        check_product<bfloat16>(handle, m, n, k, 0x1p-8);
        check_product<binary16>(handle, m, n, k, 0x1p-11);
      }
    }
  }
  check_product<float>(handle, 3, 5, 7, 0x1p-24);
  check_product<bfloat16>(handle, 3, 5, 7, 0x1p-8);
  cuda::Matmul<float> product;
  CHECK(product.prepare(handle, 0, 8, 8) == CUBLAS_STATUS_INVALID_VALUE);
  (void)cublasLtDestroy(handle);
}
