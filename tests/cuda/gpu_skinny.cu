// Products with few rows on a GPU: against sums in binary64, within the bound that cuda/skinny_product.cuh states; and
// the same bits from every run.

#include "arrays.hpp"
#include "binary64_sum.hpp"
#include "device.hpp"

#include <hifloat/cuda/skinny_product.cuh>

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace {

using namespace hifloat;
using namespace gpu_test;

/// Any codes, of which a few are NaN or infinite if those are wanted.
std::vector<hif8_t> codes(std::size_t n, bool specials, std::uint32_t seed) {
  std::mt19937 generator(seed);
  std::vector<hif8_t> list(n);
  for (hif8_t& code : list) {
    const hif8_t any = hif8_t::from_bits(static_cast<std::uint8_t>(generator()));
    if (std::isfinite(static_cast<float>(any)) || (specials && generator() % 64 == 0)) code = any;
  }
  return list;
}

struct Shape {
  std::size_t m, n, k;
  std::size_t x_off = 0, w_off = 0;  ///< from an aligned address
  MatmulOptions options{};
  bool specials = false;
};

template <class T>
void check_product(const Shape& shape, double unit_of_result) {
  const std::size_t m = shape.m, n = shape.n, k = shape.k;
  CAPTURE(m);
  CAPTURE(n);
  CAPTURE(k);
  constexpr float x_scale = 0.37f;
  std::vector<hif8_t> x = codes(shape.x_off + m * k, shape.specials, 1);
  std::vector<hif8_t> w = codes(shape.w_off + n * k, shape.specials, 2);
  std::vector<float> w_scales(n);
  for (std::size_t j = 0; j < n; ++j) w_scales[j] = 0.5f + static_cast<float>(j % 7);
  std::vector<T> old(m * n);
  for (std::size_t i = 0; i < m * n; ++i) old[i] = T(static_cast<float>(i % 17) - 8.0f);
  const Device<hif8_t> device_x(x), device_w(w);
  const Device<float> device_x_scale(std::vector<float>{x_scale}), device_w_scales(w_scales);
  Device<T> y(m * n);
  const auto run = [&] {
    y.upload(old);
    require(cuda::skinny_product(cuda::ScaledCodes<>{device_x.data() + shape.x_off, 1.0f, device_x_scale.data()},
                                 cuda::RowScaledCodes<>{device_w.data() + shape.w_off, device_w_scales.data()},
                                 y.data(), m, n, k, shape.options));
    return y.download();
  };
  const std::vector<T> got = run();
  CHECK(same_bytes(run(), got));

  x.erase(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(shape.x_off));
  w.erase(w.begin(), w.begin() + static_cast<std::ptrdiff_t>(shape.w_off));
  const std::vector<float> a(x.begin(), x.end()), b(w.begin(), w.end());
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const Binary64Sum exact(a.data() + i * k, b.data() + j * k, k);
      const double scale = double{shape.options.alpha} * double{x_scale} * double{w_scales[j]};
      const double addend =
          shape.options.beta == 0 ? 0 : double{shape.options.beta} * double{static_cast<float>(old[i * n + j])};
      const double expected = exact.sum * scale + addend, actual = double{static_cast<float>(got[i * n + j])};
      const double bound = std::abs(scale) * exact.bound() + unit_of_result * std::abs(expected);
      // An infinity that the sum has, or that T makes of what is too large for it.
      const bool infinite = std::isinf(actual) && actual * expected > 0 &&
                            (std::isinf(expected) || (sizeof(T) == 2 && std::abs(expected) + bound >= 65504));
      const bool good = std::isnan(expected) ? std::isnan(actual) : infinite || std::abs(actual - expected) <= bound;
      wrong += !good;
    }
  }
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("products of many shapes are within the bound") {
  for (std::size_t m = 1; m <= 8; ++m) {
    for (const std::size_t n : {1u, 8u, 33u, 4297u}) {
      for (const std::size_t k : {16u, 64u, 1040u, 4096u}) {
        if (quick() && n * k > 100'000) continue;
        check_product<float>({.m = m, .n = n, .k = k}, 0x1p-24);
        if (n > 33) continue;
        check_product<bfloat16>({.m = m, .n = n, .k = k, .options = {0.25f, 0.5f}}, 0x1p-8);
        check_product<binary16>({.m = m, .n = n, .k = k, .options = {0x1p-20f, 1.0f}}, 0x1p-11);
      }
    }
  }
}
TEST_CASE("any lengths and addresses; NaN and infinity; empty sums") {
  for (const std::size_t k : {0u, 1u, 7u, 17u, 100u, 1601u}) {
    check_product<float>({.m = 5, .n = 45, .k = k, .x_off = k % 5, .w_off = 3, .options = {1.0f, 0.5f}}, 0x1p-24);
    check_product<bfloat16>({.m = 8, .n = 9, .k = k, .specials = true}, 0x1p-8);
  }
  check_product<float>({.m = 8, .n = 64, .k = 2048, .specials = true}, 0x1p-24);
  // Rows enough for all units of a block, on a large GPU too, in the code for any address.
  check_product<float>({.m = 3, .n = 4297, .k = 33}, 0x1p-24);
  check_product<bfloat16>({.m = 3, .n = 4297, .k = 33}, 0x1p-8);
}
TEST_CASE("a captured product is the product") {
  constexpr std::size_t m = 4, n = 1000, k = 512;
  const Device<hif8_t> x(codes(m * k, false, 3)), w(codes(n * k, false, 4));
  Device<float> y(m * n);
  cudaStream_t stream = nullptr;
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t replay = nullptr;
  require(cudaStreamCreate(&stream));
  const auto call = [&] {
    require(cuda::skinny_product(cuda::ScaledCodes<>{x.data()}, cuda::ScaledCodes<>{w.data()}, y.data(), m, n, k, {},
                                 stream));
  };
  call();
  require(cudaStreamSynchronize(stream));
  const std::vector<float> eager = y.download();
  require(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
  call();
  require(cudaStreamEndCapture(stream, &graph));
  require(cudaGraphInstantiate(&replay, graph, 0));
  y.spoil();
  require(cudaGraphLaunch(replay, stream));
  require(cudaStreamSynchronize(stream));
  CHECK(same_bytes(y.download(), eager));
  require(cudaGraphExecDestroy(replay));
  require(cudaGraphDestroy(graph));
  require(cudaStreamDestroy(stream));
}
TEST_CASE("mistakes are refused, and empty products written nowhere") {
  const Device<hif8_t> x(codes(9 * 16, false, 5)), w(codes(8 * 16, false, 6));
  Device<float> y(9 * 8);
  const cuda::ScaledCodes<> a{x.data()}, b{w.data()};
  CHECK(cuda::skinny_product(a, b, y.data(), 9, 8, 16) == cudaErrorInvalidValue);
  CHECK(cuda::skinny_product(cuda::ScaledCodes<>{x.data(), 0.0f}, b, y.data(), 8, 8, 16) == cudaErrorInvalidValue);
  CHECK(cuda::skinny_product(a, cuda::RowScaledCodes<>{w.data(), nullptr}, y.data(), 8, 8, 16) ==
        cudaErrorInvalidValue);
  CHECK(cuda::skinny_product(a, b, reinterpret_cast<float*>(w.data()), 1, 8, 16) == cudaErrorInvalidValue);
  require(cuda::skinny_product(a, b, y.data(), 0, 8, 16));
  require(cuda::skinny_product(a, b, y.data(), 8, 0, 16));
  require(cudaDeviceSynchronize());
  for (const float e : y.download()) CHECK(std::bit_cast<std::uint32_t>(e) == 0xA5A5A5A5);
}
