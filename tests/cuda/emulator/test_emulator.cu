// The emulator itself: small kernels whose results are known, and mistakes that it has to find.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "runtime.hpp"

#include <cuda_runtime.h>
#include <doctest/doctest.h>

#include <bit>
#include <cstdint>
#include <string>
#include <vector>

namespace {

using u32 = unsigned;

/// Device memory of words, each 0 at first.
struct Words {
  explicit Words(std::size_t n) : count(n) {
    REQUIRE(cudaMalloc(reinterpret_cast<void**>(&data), n * 4) == cudaSuccess);
    REQUIRE(cudaMemset(data, 0, n * 4) == cudaSuccess);
  }
  explicit Words(const std::vector<u32>& host) : Words(host.size()) {
    REQUIRE(cudaMemcpy(data, host.data(), count * 4, cudaMemcpyHostToDevice) == cudaSuccess);
  }
  Words(const Words&) = delete;
  ~Words() { (void)cudaFree(data); }
  std::vector<u32> get() const {
    std::vector<u32> host(count);
    REQUIRE(cudaMemcpy(host.data(), data, count * 4, cudaMemcpyDeviceToHost) == cudaSuccess);
    return host;
  }
  u32* data = nullptr;
  std::size_t count;
};

template <class F>
__global__ void kernel(F f, u32* words) {
  f(words);
}

/// Runs f(words) in a grid; what it was stopped for, or nothing.
template <class F>
std::string run(F f, u32 blocks, u32 threads, const Words& words) {
  gpu_emulator::expects_failures = true;
  kernel<<<blocks, threads>>>(f, words.data);
  return gpu_emulator::take_failure();
}
bool is(const std::string& failure, const char* what) {
  INFO(failure);
  return failure.find(what) != std::string::npos;
}

#define DEVICE_FUNCTION(name)                 \
  struct name {                               \
    __device__ void operator()(u32* w) const; \
  };                                          \
  __device__ void name::operator()(u32* w) const

DEVICE_FUNCTION(Arithmetic) {
  const u32 a = w[0], b = w[1];
  w[2] = __byte_perm(a, b, 0x7604);
  asm volatile("bfi.b32 %0, %1, %2, 8, 4;" : "=r"(w[3]) : "r"(a), "r"(b));
  asm volatile("prmt.b32 %0, %1, %2, 0xfb10;" : "=r"(w[4]) : "r"(a), "r"(b));
  w[5] = __funnelshift_l(a, b, 8);
  w[6] = __umulhi(a, b);
  asm volatile("{.reg .f32 x; mul.rn.f32 x, %1, %2; mov.b32 %0, x;}" : "=r"(w[7]) : "f"(0x1p-126f), "f"(0.5f));
  asm volatile("{.reg .f32 x; mul.rn.ftz.f32 x, %1, %2; mov.b32 %0, x;}" : "=r"(w[8]) : "f"(-0x1p-126f), "f"(0.5f));
  asm volatile("{.reg .f32 x; sub.rn.f32 x, %1, %1; mov.b32 %0, x;}" : "=r"(w[9]) : "f"(__uint_as_float(0x7F800000)));
  asm volatile("{.reg .f32 x; cvt.f32.f16 x, %1; mov.b32 %0, x;}"
               : "=r"(w[10])
               : "h"(static_cast<unsigned short>(0x8001)));
  w[11] = a / b;
  w[12] = static_cast<u32>(static_cast<int>(a) >> 28);
  asm volatile("shl.b32 %0, %1, 40;" : "=r"(w[13]) : "r"(a));
}

/// Of small integers, by the fragments that the PTX ISA describes.
DEVICE_FUNCTION(Product) {
  const u32 lane = threadIdx.x, group = lane / 4, member = lane % 4;
  const auto a = [](u32 row, u32 column) {
    return __float_as_uint(static_cast<float>(row * 3 + column * column) - 20.0f);
  };
  const auto b = [](u32 row, u32 column) {
    return __float_as_uint(static_cast<float>(row * 5) - static_cast<float>(column * row));
  };
  float c[4] = {1, 2, 3, 4};
  asm volatile(
      "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, "
      "%3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a(group, member)), "r"(a(group + 8, member)), "r"(a(group, member + 4)), "r"(a(group + 8, member + 4)),
        "r"(b(member, group)), "r"(b(member + 4, group)));
  for (u32 i = 0; i < 4; ++i)
    w[(group + i / 2 * 8) * 8 + 2 * member + i % 2] = __float_as_uint(c[i] - static_cast<float>(i + 1));
}

DEVICE_FUNCTION(Shuffles) {
  const u32 lane = threadIdx.x;
  w[lane] = __shfl_down_sync(~0u, lane, 3);
  w[32 + lane] = __shfl_up_sync(~0u, lane, 5);
  w[64 + lane] = __shfl_xor_sync(~0u, lane, 9);
  w[96 + lane] = __shfl_sync(~0u, lane, 7, 8);
  w[128 + lane] = __ballot_sync(~0u, lane % 3 == 0);
}

/// Lanes leave two loops at different times, and meet again for a shuffle.
DEVICE_FUNCTION(Divergence) {
  u32 sum = 0;
  for (u32 i = 0; i < threadIdx.x; ++i) {
    if (i % 2 == 0) {
      for (u32 j = 0; j < i % 5; ++j) sum += j;
    } else {
      sum += i;
    }
  }
  w[threadIdx.x] = sum + __shfl_xor_sync(~0u, threadIdx.x, 1);
}

DEVICE_FUNCTION(Reduction) {
  __shared__ u32 sums[64];
  sums[threadIdx.x] = threadIdx.x + blockIdx.x;
  for (u32 half = 32; half != 0; half /= 2) {
    __syncthreads();
    if (threadIdx.x < half) sums[threadIdx.x] += sums[threadIdx.x + half];
  }
  if (threadIdx.x == 0) atomicAdd(w, sums[0]);
}

DEVICE_FUNCTION(PastTheEnd) { w[threadIdx.x + 1] = 1; }
DEVICE_FUNCTION(Misaligned) { *reinterpret_cast<uint2*>(w + 1) = {1, 2}; }
DEVICE_FUNCTION(UnwrittenShared) {
  __shared__ u32 shared[64];
  if (threadIdx.x != 5) shared[threadIdx.x] = 1;
  __syncthreads();
  w[threadIdx.x] = shared[threadIdx.x];
}
DEVICE_FUNCTION(MissingBarrier) {
  __shared__ u32 shared[64];
  shared[threadIdx.x] = 0;
  __syncthreads();
  shared[threadIdx.x] = threadIdx.x;
  if (w[0] == 1) __syncthreads();
  w[1 + threadIdx.x] = shared[63 - threadIdx.x];
}
DEVICE_FUNCTION(MissingSecondBarrier) {
  __shared__ u32 shared[64];
  shared[threadIdx.x] = threadIdx.x;
  __syncthreads();
  const u32 other = shared[(threadIdx.x + 1) % 64];
  shared[threadIdx.x] = other;
}
DEVICE_FUNCTION(WarpOrder) {
  w[threadIdx.x] = threadIdx.x;
  if (w[64] == 1) __syncwarp();
  w[32 + threadIdx.x] = w[31 - threadIdx.x];
}
DEVICE_FUNCTION(TwoBlocks) { w[threadIdx.x] = blockIdx.x; }
DEVICE_FUNCTION(AtomicAndPlain) {
  if (threadIdx.x == 0) w[0] = 7;
  atomicMax(w, threadIdx.x);
}
DEVICE_FUNCTION(NotConstant) {
  w[threadIdx.x] = 1;
  w[32 + threadIdx.x] = __ldg(w + threadIdx.x);
}
DEVICE_FUNCTION(DivergentBarrier) {
  if (threadIdx.x < 16) __syncthreads();
  w[threadIdx.x] = 1;
}
DEVICE_FUNCTION(EndedBeforeBarrier) {
  if (threadIdx.x >= 32) return;
  __syncthreads();
  w[threadIdx.x] = 1;
}
DEVICE_FUNCTION(AbsentLanes) {
  if (threadIdx.x < 16) w[threadIdx.x] = __shfl_down_sync(~0u, threadIdx.x, 1);
}
DEVICE_FUNCTION(UnnamedLanes) { w[threadIdx.x] = __shfl_down_sync(0xFFFF, threadIdx.x, 1); }
DEVICE_FUNCTION(UnwrittenRegister) { asm volatile("{.reg .b32 x; st.global.u32 [%0], x;}" ::"l"(w)); }
DEVICE_FUNCTION(NotModelled) {
  asm volatile("{.reg .f32 x; sin.approx.f32 x, 0f00000000; st.global.f32 [%0], x;}" ::"l"(w));
}

}  // namespace

TEST_CASE("arithmetic has the results that the PTX ISA says") {
  const Words words(std::vector<u32>{0x89ABCDEF, 0x01234567, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  REQUIRE(run(Arithmetic{}, 1, 1, words) == "");
  const std::vector<u32> got = words.get();
  CHECK(got[2] == 0x0123EF67);
  CHECK(got[3] == 0x01234F67);
  CHECK(got[4] == 0x00FFCDEF);
  CHECK(got[5] == 0x23456789);
  CHECK(got[6] == static_cast<u32>((std::uint64_t{0x89ABCDEF} * 0x01234567) >> 32));
  CHECK(got[7] == 0x00400000);
  CHECK(got[8] == 0x80000000);
  CHECK(got[9] == 0x7FFFFFFF);
  CHECK(got[10] == std::bit_cast<u32>(-0x1p-24f));
  CHECK(got[11] == 0x89ABCDEFu / 0x01234567u);
  CHECK(got[12] == 0xFFFFFFF8);
  CHECK(got[13] == 0);
}

TEST_CASE("a matrix product of small integers is exact") {
  const Words words(128);
  REQUIRE(run(Product{}, 1, 32, words) == "");
  const std::vector<u32> got = words.get();
  for (int i = 0; i < 16; ++i) {
    for (int j = 0; j < 8; ++j) {
      int sum = 0;
      for (int k = 0; k < 8; ++k) sum += (i * 3 + k * k - 20) * (k * 5 - j * k);
      CHECK(std::bit_cast<float>(got[static_cast<u32>(i * 8 + j)]) == static_cast<float>(sum));
    }
  }
}

TEST_CASE("lanes exchange values") {
  const Words words(160);
  REQUIRE(run(Shuffles{}, 1, 32, words) == "");
  const std::vector<u32> got = words.get();
  for (u32 lane = 0; lane < 32; ++lane) {
    CHECK(got[lane] == (lane + 3 < 32 ? lane + 3 : lane));
    CHECK(got[32 + lane] == (lane >= 5 ? lane - 5 : lane));
    CHECK(got[64 + lane] == (lane ^ 9));
    CHECK(got[96 + lane] == lane / 8 * 8 + 7);
    CHECK(got[128 + lane] == 0x49249249);
  }
}

TEST_CASE("lanes that parted come together again") {
  const Words words(32);
  REQUIRE(run(Divergence{}, 1, 32, words) == "");
  const std::vector<u32> got = words.get();
  for (u32 lane = 0; lane < 32; ++lane) {
    u32 sum = lane ^ 1;
    for (u32 i = 0; i < lane; ++i) {
      for (u32 j = 0; i % 2 == 0 && j < i % 5; ++j) sum += j;
      if (i % 2 != 0) sum += i;
    }
    CHECK(got[lane] == sum);
  }
}

TEST_CASE("blocks sum up in shared memory and by atomics") {
  const Words words(1);
  REQUIRE(run(Reduction{}, 5, 64, words) == "");
  CHECK(words.get()[0] == 5 * 64 * 63 / 2 + 64 * (0 + 1 + 2 + 3 + 4));
}

TEST_CASE("mistakes with memory are found") {
  const Words words(64);
  CHECK(run(PastTheEnd{}, 1, 63, words) == "");
  CHECK(is(run(PastTheEnd{}, 1, 64, words), "outside all allocations"));
  CHECK(is(run(Misaligned{}, 1, 1, words), "misaligned"));
  CHECK(is(run(UnwrittenShared{}, 1, 64, words), "never written"));
  CHECK(is(run(UnwrittenRegister{}, 1, 1, words), "never written"));
  CHECK(is(run(NotConstant{}, 1, 32, words), "constant memory"));
}

TEST_CASE("races are found, and order by barriers is seen") {
  const Words words(128);
  CHECK(is(run(MissingBarrier{}, 1, 64, words), "a race"));
  CHECK(is(run(MissingSecondBarrier{}, 1, 64, words), "a race"));
  CHECK(is(run(WarpOrder{}, 1, 32, words), "a race"));
  CHECK(is(run(TwoBlocks{}, 2, 32, words), "a race"));
  CHECK(run(TwoBlocks{}, 1, 32, words) == "");
  CHECK(is(run(AtomicAndPlain{}, 1, 32, words), "a race"));
  const Words with_barriers(std::vector<u32>(128, 1));
  CHECK(run(WarpOrder{}, 1, 32, with_barriers) == "");
  CHECK(run(MissingBarrier{}, 1, 64, Words(std::vector<u32>(128, 1))) == "");
}

TEST_CASE("threads that don't come to where others wait are found") {
  const Words words(128);
  CHECK(is(run(DivergentBarrier{}, 1, 32, words), "barrier"));
  CHECK(is(run(EndedBeforeBarrier{}, 1, 64, words), "barrier"));
  CHECK(is(run(AbsentLanes{}, 1, 32, words), "lanes"));
  CHECK(is(run(UnnamedLanes{}, 1, 32, words), "lanes"));
}

TEST_CASE("what isn't modelled is an error, and so are launches that no GPU would take") {
  const Words words(1);
  CHECK(is(run(NotModelled{}, 1, 1, words), "isn't modelled"));
  gpu_emulator::expects_failures = true;
  kernel<<<1, 1025>>>(TwoBlocks{}, words.data);
  CHECK(cudaGetLastError() == cudaErrorInvalidConfiguration);
  kernel<<<1, 32, 60000>>>(TwoBlocks{}, words.data);
  CHECK(cudaGetLastError() == cudaErrorInvalidConfiguration);
  CHECK(cudaGetLastError() == cudaSuccess);
}
