// The kernels' jobs on an emulated grid, against the scalar loops (and, for one code type, the array functions): codes,
// elements and counts, for every policy and element type.

#include "model/codec_under_test.hpp"
#include "model/cuda_grid.hpp"
#include "model/guarded_memory.hpp"
#include "model/thoroughness.hpp"

#include <hifloat/array.hpp>
#include <hifloat/cuda/functors.cuh>
#include <hifloat/simd/scalar.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

namespace test_cuda_kernels {
namespace {

using namespace hifloat;
using cuda_test::Guarded, cuda_test::hostile, cuda_test::poison, cuda_test::run_grid;
namespace gpu = detail::gpu;

template <class T>
bool same_bits(std::span<const T> a, std::span<const T> b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size_bytes()) == 0);
}

template <class Code>
std::span<const std::uint8_t> bytes_of(const std::vector<Code>& codes) {
  return {reinterpret_cast<const std::uint8_t*>(codes.data()), codes.size()};
}

constexpr float scales[] = {1.0f, 0.37f, 0x1p-3f, 0x1p100f, 0x1p-126f};
constexpr float clamps[] = {no_clamp, 2.5f, 0x1p15f};
constexpr PhiloxKey keys[] = {{7, 9, 0}, {7, 9, 3}, {1, 2, ~std::uint64_t{0} - 99}};

template <class R, class O, class T>
void check_quantize(const std::vector<T>& numbers) {
  using Loops = detail::ScalarLoops<detail::Hif8Codec<R, O>>;
  std::size_t round = 0;
  for (const float scale : scales) {
    for (const float clamp : clamps) {
      const PhiloxKey key = keys[round++ % 3];
      const std::size_t x_off = round % (16 / sizeof(T)), codes_off = round / 2 % 3 * 4;
      const std::size_t n = numbers.size();
      Guarded<T> x(n, x_off), y(n, (x_off + codes_off) % 8);
      Guarded<std::uint8_t> plain(n, codes_off), with_amax(n, codes_off), with_stats(n, codes_off);
      std::copy(numbers.begin(), numbers.end(), x.data());

      const detail::KernelParams params({scale, clamp}, key);
      std::vector<std::uint8_t> codes(n);
      const QuantizeStats expected = Loops::quantize(x.data(), codes.data(), n, params);
      std::vector<T> faked(n);
      Loops::fake_quantize(x.data(), faked.data(), n, params);

      const cuda::QuantizeOptions options{.scale = scale, .clamp = clamp, .philox = key};
      QuantizeStats stats;
      std::uint32_t amax = 0, amax_of_stats = 0;
      run_grid(gpu::QuantizeJob<R, O, T, gpu::MeasureNothing>{x.data(), plain.data(), n, options, {}}, 2, 32);
      run_grid(gpu::QuantizeJob<R, O, T, cuda::MergeAmax>{x.data(), with_amax.data(), n, options, {&amax}}, 3, 7);
      run_grid(
          gpu::QuantizeJob<R, O, T, cuda::MergeStats>{
              x.data(), with_stats.data(), n, options, {&stats, &amax_of_stats}},
          2, 16);
      run_grid(gpu::FakeQuantizeJob<R, O, T>{x.data(), y.data(), n, options}, 2, 32);
      CAPTURE(scale);
      CAPTURE(clamp);
      CHECK(same_bits<std::uint8_t>(plain.all(), codes));
      CHECK(same_bits<std::uint8_t>(with_amax.all(), codes));
      CHECK(same_bits<std::uint8_t>(with_stats.all(), codes));
      CHECK(same_bits<T>(y.all(), faked));
      CHECK(stats == expected);
      CHECK(amax == std::bit_cast<std::uint32_t>(expected.amax));
      CHECK(amax_of_stats == amax);
      CHECK((plain.guards_hold() && with_amax.guards_hold() && with_stats.guards_hold() && y.guards_hold()));
      run_grid(gpu::FakeQuantizeJob<R, O, T>{x.data(), x.data(), n, options}, 1, 32);
      CHECK(same_bits<T>(x.all(), faked));
    }
  }
}

template <class T>
void check_policies() {
  const std::vector<T> numbers = hostile<T>(3001, 1);
  std::vector<T> moderate;  // no vector of which is counted twice
  for (const T x : hostile<T>(3001, 2)) {
    if (std::abs(static_cast<float>(x)) < 1e9f) moderate.push_back(x);
  }
  for (unsigned i = 0; i < 64; ++i) moderate.push_back(T(i % 2 == 0 ? 2.5f : -2.5f));  // a clamp is not above itself
  const auto check = [&](auto rounding, auto overflow) {
    CAPTURE(codec_test::name(rounding.expected));
    check_quantize<typename decltype(rounding)::library, typename decltype(overflow)::library>(numbers);
    check_quantize<typename decltype(rounding)::library, typename decltype(overflow)::library>(moderate);
  };
  using LeastLikeTheDefault = codec_test::OverflowPair<overflow::SaturateNanToZero, model::Overflow::SaturateNanToZero>;
  if constexpr (std::is_same_v<T, float> && codec_test::every_policy) {
    codec_test::for_each_policy(check);
  } else {  // overflow policies don't see the element type
    codec_test::for_each_rounding([&](auto rounding) { check(rounding, LeastLikeTheDefault{}); });
  }
}

/// A policy of the user's own.
struct Up {
  static constexpr bool uses_random = false, passes_largest = true, round_trips = false;
  static constexpr bool rounds_up(const rounding::Truncated& t) { return t.discarded != 0; }
};

}  // namespace

TEST_CASE("float: quantize, its measures and fake_quantize have the scalar loops' bits") { check_policies<float>(); }
TEST_CASE("bfloat16: the same") { check_policies<bfloat16>(); }
TEST_CASE("binary16: the same") { check_policies<binary16>(); }
TEST_CASE("a policy of the user's own: the same") {
  check_quantize<Up, overflow::Infinity>(hostile<float>(1001, 3));
  check_quantize<Up, overflow::Saturate>(hostile<binary16>(1001, 3));
}

TEST_CASE("all 16-bit words, every policy") {
  const auto check = [](auto element) {
    using T = decltype(element);
    std::vector<T> words(1 << 16);
    for (unsigned i = 0; i < words.size(); ++i) words[i] = T::from_bits(static_cast<std::uint16_t>(i));
    codec_test::for_each_policy([&](auto rounding, auto overflow) {
      using R = typename decltype(rounding)::library;
      using O = typename decltype(overflow)::library;
      Guarded<std::uint8_t> codes(words.size(), 0);
      const PhiloxKey key{5, 6, 0};
      run_grid(
          gpu::QuantizeJob<R, O, T, gpu::MeasureNothing>{words.data(), codes.data(), words.size(), {.philox = key}, {}},
          2, 64);
      std::size_t wrong = 0;
      for (unsigned i = 0; i < words.size(); ++i) {
        wrong += codes.data()[i] != codec_test::encode(rounding, overflow, words[i], random_bits(key, i));
      }
      CHECK(wrong == 0);
    });
  };
  check(bfloat16{});
  check(binary16{});
}

TEST_CASE("every misalignment and n = 0..300, as the array functions") {
  const std::vector<float> numbers = hostile<float>(304, 4);
  for (std::size_t x_off = 0; x_off < 4; ++x_off) {
    for (std::size_t codes_off = 0; codes_off < 4; ++codes_off) {
      for (std::size_t n = 0; n <= 300; ++n) {
        Guarded<float> x(n, x_off), y(n, codes_off);
        Guarded<std::uint8_t> codes(n, codes_off), random(n, codes_off);
        std::copy_n(numbers.begin(), n, x.data());
        const PhiloxKey key{3, 4, n};
        std::vector<hif8_t> expected(n);
        std::vector<hif8<rounding::Stochastic>> expected_random(n);
        const QuantizeStats expected_stats = quantize(x.all(), expected, 0.37f);
        encode(x.all(), expected_random, 0.37f, key);

        QuantizeStats stats;
        using rounding::TiesAway, overflow::Saturate;
        run_grid(
            gpu::QuantizeJob<TiesAway, Saturate, float, cuda::MergeStats>{
                x.data(), codes.data(), n, {.scale = 0.37f}, {&stats}},
            2, 4);
        run_grid(
            gpu::QuantizeJob<rounding::Stochastic, Saturate, float, gpu::MeasureNothing>{
                x.data(), random.data(), n, {.scale = 0.37f, .philox = key}, {}},
            2, 4);
        run_grid(gpu::DequantizeJob<float>{codes.data(), y.data(), n, {.inverse_scale = 3.0f}}, 2, 4);
        std::vector<float> values(n);
        decode(expected, values, 3.0f);
        CAPTURE(n);
        CHECK(same_bits<std::uint8_t>(codes.all(), bytes_of(expected)));
        CHECK(same_bits<std::uint8_t>(random.all(), bytes_of(expected_random)));
        CHECK(same_bits<float>(y.all(), values));
        CHECK(stats == expected_stats);
        CHECK((codes.guards_hold() && random.guards_hold() && y.guards_hold()));
      }
    }
  }
}

TEST_CASE("dequantize: every code to every element type") {
  const auto check = [](auto element) {
    using T = decltype(element);
    std::vector<std::uint8_t> codes(1027);
    for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = static_cast<std::uint8_t>(i * 7);
    for (const float scale : scales) {
      for (std::size_t off = 0; off < 8; ++off) {
        const std::size_t n = codes.size() - off;
        Guarded<T> x(n, off / 2);
        std::vector<T> expected(n);
        detail::scalar::decode(codes.data() + off, expected.data(), n, detail::KernelParams({scale}));
        run_grid(gpu::DequantizeJob<T>{codes.data() + off, x.data(), n, {.inverse_scale = scale}}, 2, 16);
        CHECK(same_bits<T>(x.all(), expected));
        CHECK(x.guards_hold());
      }
    }
  };
  check(float{});
  check(bfloat16{});
  check(binary16{});
}

TEST_CASE("abs_max keeps NaN, and infinity below it; it merges") {
  const auto check = [](auto element) {
    using T = decltype(element);
    for (const std::size_t n : {0u, 1u, 5u, 100u, 1000u}) {
      std::vector<T> x = hostile<T>(n, static_cast<std::uint32_t>(n));
      for (const float limit : {1e38f, 0.0f}) {  // once with specials, once without
        if (limit != 0.0f) {
          for (T& e : x) e = std::abs(static_cast<float>(e)) < limit ? e : T(1.0f);
        }
        std::uint32_t amax = std::bit_cast<std::uint32_t>(0x1p-140f);
        run_grid(gpu::AbsMaxJob<T>{x.data(), n, {&amax}, nullptr}, 2, 8);
        CHECK(amax == std::max(std::bit_cast<std::uint32_t>(abs_max(x)), std::bit_cast<std::uint32_t>(0x1p-140f)));
        x = hostile<T>(n, static_cast<std::uint32_t>(n) + 1);
      }
    }
  };
  check(float{});
  check(bfloat16{});
  check(binary16{});
}

TEST_CASE("the scale may lie in memory, and a flag makes the call do nothing") {
  const std::vector<float> x = hostile<float>(100, 5);
  std::vector<std::uint8_t> codes(100, poison), expected(100);
  const float scale = 0.37f, inverse = 3.0f;
  std::uint32_t skip = 1, amax = 0;
  QuantizeStats stats;
  cuda::QuantizeOptions options{.device_scale = &scale, .skip = &skip};
  using Job = gpu::QuantizeJob<rounding::TiesAway, overflow::Saturate, float, cuda::MergeStats>;
  run_grid(Job{x.data(), codes.data(), 100, options, {&stats, &amax}}, 1, 8);
  CHECK(std::all_of(codes.begin(), codes.end(), [](auto c) { return c == poison; }));
  CHECK(stats == QuantizeStats{});
  CHECK(amax == 0);
  skip = 0;
  run_grid(Job{x.data(), codes.data(), 100, options, {&stats, &amax}}, 1, 8);
  detail::scalar::encode<rounding::TiesAway, overflow::Saturate>(x.data(), expected.data(), 100,
                                                                 detail::KernelParams({scale}));
  CHECK(codes == expected);
  std::vector<float> y(100, -1.0f), values(100);
  skip = 1;
  run_grid(gpu::DequantizeJob<float>{codes.data(), y.data(), 100, {.device_inverse_scale = &inverse, .skip = &skip}}, 1,
           8);
  CHECK(y == std::vector<float>(100, -1.0f));
  skip = 0;
  run_grid(gpu::DequantizeJob<float>{codes.data(), y.data(), 100, {.device_inverse_scale = &inverse, .skip = &skip}}, 1,
           8);
  detail::scalar::decode(codes.data(), values.data(), 100, detail::KernelParams({inverse}));
  CHECK(same_bits<float>(y, values));
}

}  // namespace test_cuda_kernels
