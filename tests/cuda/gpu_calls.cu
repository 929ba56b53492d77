// The array calls on a GPU: more than 2^32 elements, captured graphs, and mistakes.

#include "arrays.hpp"
#include "device.hpp"
#include "reference.hpp"

#include <hifloat/cuda/cuda.cuh>

#include <doctest/doctest.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

using namespace hifloat;
using namespace gpu_test;
using cuda::MergeStats;

__device__ std::uint16_t word_of(std::uint64_t i) {
  return static_cast<std::uint16_t>((i * 0x9E3779B97F4A7C15u) >> 40);
}

__global__ void fill_words(bfloat16* x, std::uint64_t n) {
  for (std::uint64_t i = blockIdx.x * std::uint64_t{blockDim.x} + threadIdx.x; i < n;
       i += std::uint64_t{gridDim.x} * blockDim.x)
    x[i] = bfloat16::from_bits(word_of(i));
}

/// Against the codec, one element at a time.
__global__ void count_wrong(const hif8_t* codes, const Stochastic* random, PhiloxKey key, std::uint64_t n,
                            unsigned long long* wrong) {
  for (std::uint64_t i = blockIdx.x * std::uint64_t{blockDim.x} + threadIdx.x; i < n;
       i += std::uint64_t{gridDim.x} * blockDim.x) {
    const bfloat16 x = bfloat16::from_bits(word_of(i));
    const bool is_wrong =
        codes[i].bits() != encode(x) || random[i].bits() != encode<rounding::Stochastic>(x, random_bits(key, i));
    if (is_wrong) atomicAdd(wrong, 1ull);
  }
}

/// And what codes become again.
__global__ void count_wrong_values(const hif8_t* codes, const bfloat16* x, std::uint64_t n, unsigned long long* wrong) {
  for (std::uint64_t i = blockIdx.x * std::uint64_t{blockDim.x} + threadIdx.x; i < n;
       i += std::uint64_t{gridDim.x} * blockDim.x) {
    if (x[i].bits() != bfloat16(decode(codes[i].bits())).bits()) atomicAdd(wrong, 1ull);
  }
}

}  // namespace

TEST_CASE("more than 2^32 elements") {
  const std::uint64_t n = quick() ? 100'001 : (std::uint64_t{1} << 32) + 4097;
  std::size_t available = 0, total = 0;
  require(cudaMemGetInfo(&available, &total));
  if (available < 4 * n + (std::size_t{1} << 28)) {
    MESSAGE("left out: it takes 16 GiB of device memory");
    return;
  }
  const PhiloxKey key{5, 6, 7};
  Device<bfloat16> x(n);
  Device<hif8_t> codes(n);
  Device<Stochastic> random(n);
  Device<QuantizeStats> stats(1);
  Device<unsigned long long> wrong(1);
  stats.clear();
  wrong.clear();
  fill_words<<<1024, 512>>>(x.data(), n);
  require(cuda::quantize(x.data(), codes.data(), n, MergeStats{stats.data()}));
  require(cuda::quantize(x.data(), random.data(), n, {.philox = key}));
  count_wrong<<<1024, 512>>>(codes.data(), random.data(), key, n, wrong.data());
  require(cudaDeviceSynchronize());
  CHECK(wrong.download()[0] == 0);
  const auto check_values = [&] {
    count_wrong_values<<<1024, 512>>>(codes.data(), x.data(), n, wrong.data());
    require(cudaDeviceSynchronize());
    CHECK(wrong.download()[0] == 0);
  };
  require(cuda::fake_quantize(x.data(), x.data(), n));
  check_values();
  x.spoil();
  require(cuda::dequantize(codes.data(), x.data(), n));
  check_values();
  Device<std::uint32_t> amax(1);
  amax.clear();
  require(cuda::abs_max(x.data() + 1, n - 1, cuda::MergeAmax{amax.data()}));
  CHECK(amax.download()[0] == 0x7FC00000);
  CHECK(fetch(stats).count == n);
  CHECK(std::bit_cast<std::uint32_t>(fetch(stats).amax) == 0x7FC00000);
}

TEST_CASE("a captured graph gives what the calls give, and every run the same bits") {
  const std::vector<float> host = random_floats(1'000'003);
  const Device<float> x(host);
  const Device<float> scale(std::vector<float>{0.37f});
  Device<hif8_t> codes(host.size());
  Device<QuantizeStats> stats(1);
  cudaStream_t stream = nullptr;
  require(cudaStreamCreate(&stream));
  const auto call = [&] {
    require(cudaMemsetAsync(stats.data(), 0, sizeof(QuantizeStats), stream));
    require(cuda::quantize(x.data(), codes.data(), host.size(), MergeStats{stats.data()},
                           {.device_scale = scale.data()}, stream));
  };
  call();
  require(cudaStreamSynchronize(stream));
  const std::vector<hif8_t> eager = codes.download();
  const QuantizeStats eager_stats = fetch(stats);
  std::vector<hif8_t> expected(host.size());
  CHECK(eager_stats == gpu_test::quantize(host.data(), expected.data(), host.size(), {.scale = 0.37f}, {}));
  CHECK(same_bytes(eager, expected));

  cudaGraph_t graph = nullptr;
  cudaGraphExec_t replay = nullptr;
  require(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
  call();
  require(cudaStreamEndCapture(stream, &graph));
  require(cudaGraphInstantiate(&replay, graph, 0));
  for (int i = 0; i < 3; ++i) {
    codes.spoil();
    require(cudaGraphLaunch(replay, stream));
    require(cudaStreamSynchronize(stream));
    CHECK(same_bytes(codes.download(), eager));
    CHECK(fetch(stats) == eager_stats);
  }
  require(cudaGraphExecDestroy(replay));
  require(cudaGraphDestroy(graph));
  require(cudaStreamDestroy(stream));
}

TEST_CASE("mistakes are refused before anything is launched") {
  const Device<float> x(random_floats(100));
  Device<hif8_t> codes(100);
  CHECK(cuda::quantize(x.data(), codes.data(), 100, {.scale = 0.0f}) == cudaErrorInvalidValue);
  CHECK(cuda::quantize(x.data(), codes.data(), 100, {.clamp = 3.3f}) == cudaErrorInvalidValue);
  CHECK(cuda::quantize(x.data(), reinterpret_cast<hif8_t*>(x.data()), 100) == cudaErrorInvalidValue);
  CHECK(cuda::dequantize(codes.data(), x.data(), 100, {.inverse_scale = -1.0f}) == cudaErrorInvalidValue);
  CHECK(cuda::fake_quantize(x.data(), x.data() + 1, 99) == cudaErrorInvalidValue);
  require(cuda::quantize(x.data(), codes.data(), 0));
  for (const hif8_t code : codes.download()) CHECK(code.bits() == poison);
}
