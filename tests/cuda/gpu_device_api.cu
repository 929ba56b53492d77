// The device API in kernels of the user's own: every way in and out of block_encoder and block_decoder, against the
// CPU.

#include "arrays.hpp"
#include "device.hpp"
#include "reference.hpp"

#include <hifloat/cuda/cuda.cuh>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace {

using namespace hifloat;
using namespace gpu_test;
using cuda::block_decoder;
using cuda::block_encoder;
using cuda::hif8x2;
using cuda::hif8x4;

__device__ unsigned thread_of_grid() {
  const unsigned of_block = (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
  return blockIdx.x * blockDim.x * blockDim.y * blockDim.z + of_block;
}

/// What each thread encodes: four neighbours of each type.
struct Numbers {
  const float* wide;
  const __half* half;
  const __nv_bfloat16* brain;
};
/// The codes from each way in, n of them after each other.
enum Way : unsigned {
  one_float,
  two_floats,
  four_floats,
  one_half,
  two_halves,
  one_brain,
  two_brains,
  own_types,
  ways
};

__global__ void encode_every_way(Numbers x, hif8_t* codes, unsigned n, ScaleParams params) {
  __shared__ block_encoder<>::Shared table;
  const block_encoder<> encode(table, params);
  const unsigned i = 4 * thread_of_grid();
  const auto to = [&](Way way) { return codes + way * n + i; };
  for (unsigned j = 0; j < 4; ++j) {
    to(one_float)[j] = encode(x.wide[i + j]);
    to(one_half)[j] = encode(x.half[i + j]);
    to(one_brain)[j] = encode(x.brain[i + j]);
  }
  for (unsigned j = 0; j < 4; j += 2) {
    *reinterpret_cast<hif8x2<>*>(to(two_floats) + j) = encode(*reinterpret_cast<const float2*>(x.wide + i + j));
    *reinterpret_cast<hif8x2<>*>(to(two_halves) + j) = encode(*reinterpret_cast<const __half2*>(x.half + i + j));
    *reinterpret_cast<hif8x2<>*>(to(two_brains) + j) =
        encode(*reinterpret_cast<const __nv_bfloat162*>(x.brain + i + j));
    to(own_types)[j] = encode(*reinterpret_cast<const binary16*>(x.half + i + j));
    to(own_types)[j + 1] = encode(*reinterpret_cast<const bfloat16*>(x.brain + i + j + 1));
  }
  *reinterpret_cast<hif8x4<>*>(to(four_floats)) = encode(*reinterpret_cast<const float4*>(x.wide + i));
}

/// Two encoders in one block, and a copy of one.
template <class Code, class T>
__global__ void encode_by_policy(const T* x, Code* codes, Stochastic* random, PhiloxKey key, ScaleParams params) {
  __shared__ typename block_encoder<Code>::Shared table;
  __shared__ block_encoder<Stochastic>::Shared random_table;
  const block_encoder<Code> first(table, params), encode = first;
  const block_encoder<Stochastic> encode_random(random_table, params);
  const unsigned i = thread_of_grid();
  codes[i] = encode(x[i]);
  random[i] = encode_random(x[i], random_bits(key, i));
}

template <class T>
__global__ void decode_every_way(const hif8_t* codes, T* one, T* two, float inverse_scale) {
  __shared__ typename block_decoder<T>::Shared values;
  const block_decoder<T> decode(values, inverse_scale);
  const unsigned i = 2 * thread_of_grid();
  one[i] = decode(codes[i]);
  one[i + 1] = decode(TiesEven::from_bits(codes[i + 1].bits()));
  *reinterpret_cast<cuda::pair_of_t<T>*>(two + i) = decode(*reinterpret_cast<const hif8x2<>*>(codes + i));
}
__global__ void decode_fours(const hif8x4<>* codes, float4* y) {
  __shared__ block_decoder<>::Shared values;
  const block_decoder<> decode(values);
  y[thread_of_grid()] = decode(codes[thread_of_grid()]);
}

/// One table each for all scales, one after the other.
__global__ void encode_and_decode_in_turns(const float* x, const float* scales, unsigned turns, hif8_t* codes,
                                           float* y) {
  __shared__ block_encoder<>::Shared table;
  __shared__ block_decoder<>::Shared values;
  for (unsigned turn = 0; turn < turns; ++turn) {
    const block_encoder<> encode(table, {.scale = scales[turn]});
    const block_decoder<> decode(values, scales[turn]);
    const unsigned to = turn * blockDim.x + threadIdx.x;
    codes[to] = encode(x[threadIdx.x]);
    y[to] = decode(codes[to]);
  }
}

constexpr std::size_t n = 4 * 2 * 96;
constexpr dim3 blocks(2), threads(8, 3, 4);
constexpr ScaleParams params_list[] = {{}, {.scale = 0.37f}, {.scale = 0x1p-20f, .clamp = 2.5f}};

template <class Code, class T>
void check_policy() {
  const std::vector<T> host = any_numbers<T>(n);
  const Device<T> x(host);
  Device<Code> codes(n);
  Device<Stochastic> random(n);
  const PhiloxKey key{1, 2, 3};
  for (const ScaleParams& params : params_list) {
    CAPTURE(params.scale);
    codes.spoil();
    random.spoil();
    encode_by_policy<Code, T><<<8, 96>>>(x.data(), codes.data(), random.data(), key, params);
    require(cudaGetLastError());
    std::vector<Code> expected(n);
    std::vector<Stochastic> expected_random(n);
    (void)gpu_test::quantize(host.data(), expected.data(), n, params, key);
    (void)gpu_test::quantize(host.data(), expected_random.data(), n, params, key);
    CHECK(same_bytes(codes.download(), expected));
    CHECK(same_bytes(random.download(), expected_random));
  }
}

/// `Own`: the library's type that is stored like T.
template <class T, class Own>
void check_decoder() {
  std::vector<hif8_t> host(256);
  for (unsigned i = 0; i < 256; ++i) host[i] = hif8_t::from_bits(static_cast<std::uint8_t>(i));
  const Device<hif8_t> codes(host);
  Device<Own> one(256), two(256);
  for (const float inverse_scale : {1.0f, 3.0f, 1.0f + 0x1p-11f, 0x1p-20f, 0x1p100f}) {
    CAPTURE(inverse_scale);
    one.spoil();
    two.spoil();
    decode_every_way<<<2, dim3(4, 16)>>>(codes.data(), reinterpret_cast<T*>(one.data()),
                                         reinterpret_cast<T*>(two.data()), inverse_scale);
    require(cudaGetLastError());
    std::vector<Own> expected(256);
    gpu_test::dequantize(host.data(), expected.data(), 256, inverse_scale);
    CHECK(same_bytes(one.download(), expected));
    CHECK(same_bytes(two.download(), expected));
  }
}

}  // namespace

TEST_CASE("block_encoder takes numbers of every type, one, two and four at a time, from blocks of any shape") {
  const std::vector<float> wide = any_numbers<float>(n);
  const std::vector<binary16> halves = any_numbers<binary16>(n);
  const std::vector<bfloat16> brains = any_numbers<bfloat16>(n);
  const Device<float> x(wide);
  const Device<binary16> h(halves);
  const Device<bfloat16> b(brains);
  Device<hif8_t> codes(ways * n);
  for (const ScaleParams& params : params_list) {
    CAPTURE(params.scale);
    codes.spoil();
    encode_every_way<<<blocks, threads>>>(
        {x.data(), reinterpret_cast<const __half*>(h.data()), reinterpret_cast<const __nv_bfloat16*>(b.data())},
        codes.data(), static_cast<unsigned>(n), params);
    require(cudaGetLastError());
    std::vector<hif8_t> of_wide(n), of_half(n), of_brain(n), of_own(n);
    (void)gpu_test::quantize(wide.data(), of_wide.data(), n, params, {});
    (void)gpu_test::quantize(halves.data(), of_half.data(), n, params, {});
    (void)gpu_test::quantize(brains.data(), of_brain.data(), n, params, {});
    for (std::size_t i = 0; i < n; ++i) of_own[i] = i % 2 == 0 ? of_half[i] : of_brain[i];
    const std::vector<hif8_t> got = codes.download();
    const auto is = [&](Way way, const std::vector<hif8_t>& expected) {
      return std::memcmp(got.data() + way * n, expected.data(), n) == 0;
    };
    CHECK(is(one_float, of_wide));
    CHECK(is(two_floats, of_wide));
    CHECK(is(four_floats, of_wide));
    CHECK(is(one_half, of_half));
    CHECK(is(two_halves, of_half));
    CHECK(is(one_brain, of_brain));
    CHECK(is(two_brains, of_brain));
    CHECK(is(own_types, of_own));
  }
}

TEST_CASE("block_encoder has every policy's codes") {
  check_policy<TiesEven, float>();
  check_policy<TowardZero, bfloat16>();
  check_policy<Hybrid, float>();
  check_policy<Hybrid, binary16>();
  check_policy<SimplifiedStochastic, bfloat16>();
  check_policy<UsersOwn, float>();
}

TEST_CASE("a table is filled again for the next scale") {
  constexpr unsigned size = 96, turns = 3;
  const std::vector<float> scales{1.0f, 0.37f, 3.0f}, host = any_numbers<float>(size);
  const Device<float> x(host), device_scales(scales);
  Device<hif8_t> codes(turns * size);
  Device<float> y(turns * size);
  encode_and_decode_in_turns<<<1, size>>>(x.data(), device_scales.data(), turns, codes.data(), y.data());
  require(cudaGetLastError());
  std::vector<hif8_t> expected(turns * size);
  std::vector<float> values(turns * size);
  for (unsigned turn = 0; turn < turns; ++turn) {
    hif8_t* const first = expected.data() + turn * size;
    (void)gpu_test::quantize(host.data(), first, size, {.scale = scales[turn]}, {});
    gpu_test::dequantize(first, values.data() + turn * size, size, scales[turn]);
  }
  CHECK(same_bytes(codes.download(), expected));
  CHECK(same_bytes(y.download(), values));
}

TEST_CASE("block_decoder gives numbers of every type, one, two and four at a time") {
  check_decoder<float, float>();
  check_decoder<__half, binary16>();
  check_decoder<__nv_bfloat16, bfloat16>();
  std::vector<hif8_t> host(256);
  for (unsigned i = 0; i < 256; ++i) host[i] = hif8_t::from_bits(static_cast<std::uint8_t>(i));
  const Device<hif8_t> codes(host);
  Device<float> y(256);
  decode_fours<<<1, 64>>>(reinterpret_cast<const hif8x4<>*>(codes.data()), reinterpret_cast<float4*>(y.data()));
  require(cudaGetLastError());
  std::vector<float> expected(256);
  gpu_test::dequantize(host.data(), expected.data(), 256, 1.0f);
  CHECK(same_bytes(y.download(), expected));
}
