// The array calls on a GPU against the CPU: all inputs, every alignment and length.

#include "arrays.hpp"
#include "device.hpp"
#include "reference.hpp"

#include <hifloat/cuda/cuda.cuh>

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

namespace {

using namespace hifloat;
using namespace gpu_test;
using cuda::MergeAmax;
using cuda::MergeStats;

/// quantize with all measures, plain and with the amax alone, against the CPU.
template <class T, class Code>
void check_quantize(const Device<T>& x, const std::vector<T>& host, const ScaleParams& params, const PhiloxKey& key) {
  const std::size_t n = host.size();
  const cuda::QuantizeOptions options{.scale = params.scale, .clamp = params.clamp, .philox = key};
  Device<Code> codes(n), counted(n);
  Device<QuantizeStats> stats(1);
  Device<std::uint32_t> amax(1);
  stats.clear();
  amax.clear();
  std::vector<Code> expected(n);
  const QuantizeStats expected_stats = gpu_test::quantize(host.data(), expected.data(), n, params, key);
  require(cuda::quantize(x.data(), codes.data(), n, MergeAmax{amax.data()}, options));
  require(cuda::quantize(x.data(), counted.data(), n, MergeStats{stats.data()}, options));
  CHECK(same_bytes(codes.download(), expected));
  CHECK(same_bytes(counted.download(), expected));
  CHECK(fetch(stats) == expected_stats);
  CHECK(amax.download()[0] == std::bit_cast<std::uint32_t>(expected_stats.amax));
  codes.spoil();
  require(cuda::quantize(x.data(), codes.data(), n, options));
  CHECK(same_bytes(codes.download(), expected));
}

template <class T>
void check_every_code(const Device<T>& x, const std::vector<T>& host, const ScaleParams& params, const PhiloxKey& key) {
  check_quantize<T, hif8_t>(x, host, params, key);
  check_quantize<T, TiesEven>(x, host, params, key);
  check_quantize<T, TowardZero>(x, host, params, key);
  check_quantize<T, Hybrid>(x, host, params, key);
  check_quantize<T, SimplifiedStochastic>(x, host, params, key);
  check_quantize<T, Stochastic>(x, host, params, key);
}

template <class T>
std::vector<T> all_words() {
  std::vector<T> words;
  const unsigned step = quick() ? thinning() : 1;
  for (unsigned i = 0; i < 1u << 16; i += step) words.push_back(T::from_bits(static_cast<std::uint16_t>(i)));
  return words;
}

template <class T>
void check_lengths() {
  constexpr std::size_t longest = 4096, guard = 64, slot = longest + guard;
  const std::size_t step = quick() ? 197 * thinning() : 1;
  const std::vector<float> floats = random_floats(longest);
  std::vector<T> host(floats.size());
  std::transform(floats.begin(), floats.end(), host.begin(), [](float x) { return static_cast<T>(x); });
  std::vector<hif8_t> expected(longest);
  std::vector<Stochastic> expected_random(longest);
  const PhiloxKey key{3, 4, 5};
  (void)gpu_test::quantize(host.data(), expected.data(), longest, {.scale = 0.37f}, {});
  (void)gpu_test::quantize(host.data(), expected_random.data(), longest, {.scale = 0.37f}, key);
  std::vector<T> values(longest), on_grid(longest);
  gpu_test::dequantize(expected.data(), values.data(), longest, 3.0f);
  gpu_test::fake_quantize<T, hif8_t>(host.data(), on_grid.data(), longest, {.scale = 0.37f}, {});

  const std::size_t slots = longest / step + 1;
  Device<T> x(longest + 16), y(slots * slot + 16), z(slots * slot + 16);
  Device<hif8_t> codes(slots * slot + 16);
  Device<Stochastic> random(slots * slot + 16);
  Device<QuantizeStats> stats(slots);
  std::size_t shortest = 0;  // other lengths for other alignments, where not all are tried
  const auto for_lengths = [&](const auto& visit) {
    for (std::size_t i = 0; shortest + i * step <= longest; ++i) visit(i, shortest + i * step);
  };
  const auto wrong_slots = [&](const auto& device, std::size_t offset, const auto& right) {
    const auto all = device.download();
    std::size_t wrong = 0;
    const auto* poisoned = reinterpret_cast<const std::uint8_t*>(all.data());
    constexpr std::size_t bytes = sizeof(right[0]);
    for_lengths([&](std::size_t i, std::size_t n) {
      const auto* first = poisoned + (i * slot + offset) * bytes;
      wrong += std::memcmp(first, right.data(), n * bytes) != 0;
      wrong += !std::all_of(first + n * bytes, first + slot * bytes, [](auto b) { return b == poison; });
    });
    return wrong;
  };
  constexpr std::size_t alignments = 16 / sizeof(T);
  for (std::size_t x_off = 0; x_off < alignments; ++x_off) {
    x.spoil();
    require(cudaMemcpy(x.data() + x_off, host.data(), longest * sizeof(T), cudaMemcpyHostToDevice));
    for (std::size_t codes_off = 0; codes_off < 8; ++codes_off) {
      shortest = (x_off * 8 + codes_off) * 29 % step;
      codes.spoil();
      random.spoil();
      y.spoil();
      z.spoil();
      stats.clear();
      const std::size_t z_off = codes_off % alignments;
      for_lengths([&](std::size_t i, std::size_t n) {
        const T* const from = x.data() + x_off;
        hif8_t* const to = codes.data() + i * slot + codes_off;
        Stochastic* const to_random = random.data() + i * slot + codes_off;
        require(cuda::quantize(from, to, n, MergeStats{stats.data() + i}, {.scale = 0.37f}));
        require(cuda::quantize(from, to_random, n, {.scale = 0.37f, .philox = key}));
        require(cuda::dequantize(to, y.data() + i * slot + x_off, n, {.inverse_scale = 3.0f}));
        require(cuda::fake_quantize(from, z.data() + i * slot + z_off, n, {.scale = 0.37f}));
      });
      CAPTURE(x_off);
      CAPTURE(codes_off);
      CHECK(wrong_slots(codes, codes_off, expected) == 0);
      CHECK(wrong_slots(random, codes_off, expected_random) == 0);
      CHECK(wrong_slots(y, x_off, values) == 0);
      CHECK(wrong_slots(z, z_off, on_grid) == 0);
      const std::vector<QuantizeStats> counted = stats.download();
      QuantizeStats running;
      std::size_t wrong = 0, counted_to = 0;
      for_lengths([&](std::size_t i, std::size_t n) {
        std::vector<hif8_t> ignored(n - counted_to);
        running += gpu_test::quantize(host.data() + counted_to, ignored.data(), n - counted_to, {.scale = 0.37f}, {});
        counted_to = n;
        wrong += !(counted[i] == running);
      });
      CHECK(wrong == 0);
    }
  }
}

}  // namespace

TEST_CASE("all 2^32 binary32 numbers, every rounding policy") {
  const std::size_t chunk = std::size_t{1} << (quick() ? 12 : 28);
  const std::uint64_t step = quick() ? 997 * thinning() * chunk : chunk;
  std::vector<float> host(chunk);
  for (std::uint64_t first = 0; first < std::uint64_t{1} << 32; first += step) {
    for (std::size_t i = 0; i < chunk; ++i) host[i] = std::bit_cast<float>(static_cast<std::uint32_t>(first + i));
    const Device<float> x(host);
    check_every_code<float>(x, host, {}, {7, 8, first});
  }
}

TEST_CASE("all 16-bit words, scaled and clamped, every rounding policy") {
  const auto check = [](auto element) {
    using T = decltype(element);
    const std::vector<T> host = all_words<T>();
    const Device<T> x(host);
    for (const float scale : {1.0f, 0.37f, 0x1p-3f, 0x1p100f, 0x1p-126f}) {
      for (const float clamp : {no_clamp, 2.5f, 0x1p15f}) {
        CAPTURE(scale);
        CAPTURE(clamp);
        check_every_code<T>(x, host, {scale, clamp}, {1, 2, 3});
        Device<T> y(host.size());
        std::vector<T> expected(host.size());
        gpu_test::fake_quantize<T, hif8_t>(host.data(), expected.data(), host.size(), {scale, clamp}, {});
        require(cuda::fake_quantize(x.data(), y.data(), host.size(), {.scale = scale, .clamp = clamp}));
        CHECK(same_bytes(y.download(), expected));
        gpu_test::fake_quantize<T, Stochastic>(host.data(), expected.data(), host.size(), {scale, clamp}, {1, 2, 3});
        y.upload(host);
        require(cuda::fake_quantize<Stochastic>(y.data(), y.data(), host.size(),
                                                {.scale = scale, .clamp = clamp, .philox = {1, 2, 3}}));
        CHECK(same_bytes(y.download(), expected));
      }
    }
  };
  check(bfloat16{});
  check(binary16{});
}

TEST_CASE("every misalignment and n = 0..4096: float") { check_lengths<float>(); }
TEST_CASE("every misalignment and n = 0..4096: bfloat16") { check_lengths<bfloat16>(); }
TEST_CASE("every misalignment and n = 0..4096: binary16") { check_lengths<binary16>(); }

TEST_CASE("abs_max keeps NaN and infinity, and merges") {
  std::vector<float> host = random_floats(100'003);
  const auto amax_of = [&](std::uint32_t before) {
    const Device<float> x(host);
    Device<std::uint32_t> amax(std::vector<std::uint32_t>{before});
    require(cuda::abs_max(x.data(), x.size(), MergeAmax{amax.data()}));
    return amax.download()[0];
  };
  const auto largest = [&] {
    std::uint32_t bits = 0;
    for (const float x : host) bits = std::max(bits, std::bit_cast<std::uint32_t>(x) & 0x7FFFFFFF);
    return bits;
  };
  CHECK(amax_of(0) == largest());
  CHECK(amax_of(0x7F000000) == 0x7F000000);
  host[99'999] = -std::numeric_limits<float>::infinity();
  CHECK(amax_of(0) == 0x7F800000);
  host[3] = std::bit_cast<float>(0xFF800001u);
  CHECK(amax_of(0) == 0x7FC00000);
}
