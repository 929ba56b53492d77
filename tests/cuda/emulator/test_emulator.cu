// The emulator itself: small kernels whose results are known.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "test_kernels.cuh"

#include <doctest/doctest.h>

#include <bit>
#include <cstdint>
#include <vector>

namespace {

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

/// c += a * b, by the fragments that the PTX ISA describes.
__device__ void multiply(float (&c)[4], const u32 (&a)[4], const u32 (&b)[2]) {
  asm volatile(
      "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, "
      "%3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

/// Of small integers.
DEVICE_FUNCTION(Product) {
  const u32 lane = threadIdx.x, group = lane / 4, member = lane % 4;
  const auto a = [](u32 row, u32 column) {
    return __float_as_uint(static_cast<float>(row * 3 + column * column) - 20.0f);
  };
  const auto b = [](u32 row, u32 column) {
    return __float_as_uint(static_cast<float>(row * 5) - static_cast<float>(column * row));
  };
  float c[4] = {1, 2, 3, 4};
  multiply(c, {a(group, member), a(group + 8, member), a(group, member + 4), a(group + 8, member + 4)},
           {b(member, group), b(member + 4, group)});
  for (u32 i = 0; i < 4; ++i)
    w[(group + i / 2 * 8) * 8 + 2 * member + i % 2] = __float_as_uint(c[i] - static_cast<float>(i + 1));
}

/// Ones by twos, but for infinity in the first row of a and zero in the first column of b.
DEVICE_FUNCTION(ProductWithInfinity) {
  const u32 group = threadIdx.x / 4, member = threadIdx.x % 4, one = __float_as_uint(1.0f);
  const u32 in_a = group == 0 ? 0x7F800000 : one, in_b = group == 0 ? 0 : __float_as_uint(2.0f);
  float c[4] = {0, 0, 0, 0};
  multiply(c, {in_a, one, in_a, one}, {in_b, in_b});
  for (u32 i = 0; i < 4; ++i) w[(group + i / 2 * 8) * 8 + 2 * member + i % 2] = __float_as_uint(c[i]);
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

TEST_CASE("a matrix product with infinity has it, or NaN where it met zero") {
  const Words words(128);
  REQUIRE(run(ProductWithInfinity{}, 1, 32, words) == "");
  const std::vector<u32> got = words.get();
  for (u32 i = 0; i < 16; ++i) {
    for (u32 j = 0; j < 8; ++j) {
      const u32 in_first_row = j == 0 ? 0x7FFFFFFF : 0x7F800000;
      CHECK(got[i * 8 + j] == (i == 0 ? in_first_row : std::bit_cast<u32>(j == 0 ? 0.0f : 16.0f)));
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
