// The array calls on a GPU: more than 2^32 elements, captured graphs, mistakes, and the device API.

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

__global__ void device_api(const float4* x, cuda::hif8x4<>* codes, float4* y, __half2* halves, cuda::hif8x2<>* twos) {
  __shared__ cuda::block_encoder<>::Shared table;
  __shared__ cuda::block_decoder<>::Shared values;
  __shared__ cuda::block_decoder<__half>::Shared half_values;
  const cuda::block_encoder<> encode(table, {.scale = 0.37f});
  const cuda::block_decoder<> decode(values, 3.0f);
  const cuda::block_decoder<__half> decode_half(half_values, 3.0f);
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  codes[i] = encode(x[i]);
  y[i] = decode(codes[i]);
  halves[i] = decode_half(cuda::hif8x2<>{codes[i].x, codes[i].y});
  twos[i] = encode(float2{x[i].z, x[i].w});
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

TEST_CASE("mistakes are refused before anything is launched, and a set flag skips the call") {
  const Device<float> x(random_floats(100));
  Device<hif8_t> codes(100);
  Device<std::uint32_t> skip(std::vector<std::uint32_t>{1});
  CHECK(cuda::quantize(x.data(), codes.data(), 100, {.scale = 0.0f}) == cudaErrorInvalidValue);
  CHECK(cuda::quantize(x.data(), codes.data(), 100, {.clamp = 3.3f}) == cudaErrorInvalidValue);
  CHECK(cuda::quantize(x.data(), reinterpret_cast<hif8_t*>(x.data()), 100) == cudaErrorInvalidValue);
  CHECK(cuda::dequantize(codes.data(), x.data(), 100, {.inverse_scale = -1.0f}) == cudaErrorInvalidValue);
  CHECK(cuda::fake_quantize(x.data(), x.data() + 1, 99) == cudaErrorInvalidValue);
  require(cuda::quantize(x.data(), codes.data(), 0));
  require(cuda::quantize(x.data(), codes.data(), 100, {.skip = skip.data()}));
  for (const hif8_t code : codes.download()) CHECK(code.bits() == poison);
}

TEST_CASE("the device API gives the same bits") {
  const std::vector<float> host = random_floats(4 * 256);
  const Device<float> x(host);
  Device<hif8_t> codes(host.size()), twos(host.size() / 2);
  Device<float> y(host.size());
  Device<binary16> halves(host.size() / 2);
  device_api<<<4, 64>>>(reinterpret_cast<const float4*>(x.data()), reinterpret_cast<cuda::hif8x4<>*>(codes.data()),
                        reinterpret_cast<float4*>(y.data()), reinterpret_cast<__half2*>(halves.data()),
                        reinterpret_cast<cuda::hif8x2<>*>(twos.data()));
  require(cudaDeviceSynchronize());
  std::vector<hif8_t> expected(host.size());
  (void)gpu_test::quantize(host.data(), expected.data(), host.size(), {.scale = 0.37f}, {});
  std::vector<float> values(host.size());
  std::vector<binary16> half_values(host.size());
  gpu_test::dequantize(expected.data(), values.data(), values.size(), 3.0f);
  gpu_test::dequantize(expected.data(), half_values.data(), half_values.size(), 3.0f);
  CHECK(same_bytes(codes.download(), expected));
  CHECK(same_bytes(y.download(), values));
  const auto got_halves = halves.download();
  const auto got_twos = twos.download();
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < host.size() / 4; ++i) {
    for (std::size_t j = 0; j < 2; ++j) {
      wrong += got_halves[2 * i + j].bits() != half_values[4 * i + j].bits();
      wrong += got_twos[2 * i + j].bits() != expected[4 * i + 2 + j].bits();
    }
  }
  CHECK(wrong == 0);
}
