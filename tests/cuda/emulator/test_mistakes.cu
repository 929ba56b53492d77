// Mistakes that the emulator has to find.
#include "test_kernels.cuh"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace {

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

/// A read that stays where it is written.
__device__ u32 load(const u32* from) {
  u32 value;
  asm volatile("ld.global.u32 %0, [%1];" : "=r"(value) : "l"(from) : "memory");
  return value;
}
// The reader or writer before the last has no order with the next access, though the last has.
DEVICE_FUNCTION(ReadersOfTwoWarps) {
  if (threadIdx.x % 32 == 0) load(w);
  if (w[64] == 1) __syncthreads();
  __syncwarp();
  if (threadIdx.x == 32) w[0] = load(w);
}
DEVICE_FUNCTION(ReadersOfTwoBlocks) {
  if (threadIdx.x == 0) load(w);
  __syncthreads();
  if (threadIdx.x == 0 && blockIdx.x == 1) w[0] = load(w);
}
DEVICE_FUNCTION(AtomicsOfTwoBlocksAndRead) {
  if (threadIdx.x == 0) atomicAdd(w, 1u);
  __syncthreads();
  if (threadIdx.x == 0 && blockIdx.x == 1) load(w);
}
DEVICE_FUNCTION(AtomicsOfTwoBlocksAndWrite) {
  if (threadIdx.x == 0) atomicAdd(w, 1u);
  __syncthreads();
  if (threadIdx.x == 0 && blockIdx.x == 1) w[0] = 1;
}
DEVICE_FUNCTION(PlainBeforeAtomic) {
  if (threadIdx.x == 0) w[0] = 7;
  if (w[64] == 1) __syncthreads();
  __syncwarp();
  if (threadIdx.x % 32 == 0) atomicAdd(w, 1u);
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

TEST_CASE("races with others than the last are found") {
  const Words words(128);
  const Words with_barriers(std::vector<u32>(128, 1));
  CHECK(is(run(ReadersOfTwoWarps{}, 1, 64, words), "a race"));
  CHECK(run(ReadersOfTwoWarps{}, 1, 64, with_barriers) == "");
  CHECK(is(run(ReadersOfTwoBlocks{}, 2, 32, words), "a race"));
  CHECK(run(ReadersOfTwoBlocks{}, 1, 32, words) == "");
  CHECK(is(run(AtomicsOfTwoBlocksAndRead{}, 2, 32, words), "a race"));
  CHECK(is(run(AtomicsOfTwoBlocksAndWrite{}, 2, 32, words), "a race"));
  CHECK(is(run(PlainBeforeAtomic{}, 1, 64, words), "a race"));
  CHECK(run(PlainBeforeAtomic{}, 1, 64, with_barriers) == "");
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
  const std::string refused = "emulated CUDA error " + std::to_string(cudaErrorInvalidConfiguration);
  CHECK(is(run(TwoBlocks{}, 1, 1025, words), refused.c_str()));
  CHECK(is(run(TwoBlocks{}, 0, 32, words), refused.c_str()));
  kernel<<<1, 32, 60000>>>(TwoBlocks{}, words.data);
  CHECK(cudaGetLastError() == cudaErrorInvalidConfiguration);
  CHECK(cudaGetLastError() == cudaSuccess);
}
