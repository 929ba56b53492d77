// What kernels execute for an element of a large array: PTX instructions, as the emulated GPU counts them. An H200 that
// copies at 4.3 TB/s and 1.98 GHz has time for 39 instructions for each float that it quantizes, half of them of
// integers, and for 23 for a 16-bit element. The ceilings are 10 to 15 percent above what nvcc 13.0 makes.

#include "../device.hpp"
#include "runtime.hpp"

#include <hifloat/cuda/cuda.cuh>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace {

using namespace hifloat;
using gpu_test::Device;
using gpu_test::require;

/// Of a call for twice as many elements as a grid takes at once, less those for once as many.
template <class Launch>
double instructions_of_element(std::uint64_t elements, const Launch& launch) {
  const auto executed = [&](std::uint64_t n) {
    const std::uint64_t before = gpu_emulator::executed_instructions();
    require(launch(n));
    return static_cast<double>(gpu_emulator::executed_instructions() - before);
  };
  const double once = executed(elements);
  return (executed(2 * elements) - once) / static_cast<double>(elements);
}

template <class Launch>
void check(const std::string& name, double ceiling, std::uint64_t elements, const Launch& launch) {
  const double instructions = instructions_of_element(elements, launch);
  std::printf("%-28s %6.2f instructions an element (at most %.1f)\n", name.c_str(), instructions, ceiling);
  CHECK_MESSAGE(instructions <= ceiling, name);
}

struct Ceilings {
  double encode, with_amax, with_stats, stochastic, fake_quantize, decode, amax;
};

template <class T>
void check_array_calls(const std::string& type, const Ceilings& ceilings) {
  int multiprocessors = 0;
  require(cudaDeviceGetAttribute(&multiprocessors, cudaDevAttrMultiProcessorCount, 0));
  const std::uint64_t at_once = static_cast<std::uint64_t>(multiprocessors) * 1024 * 4 * 16 / sizeof(T);
  std::vector<T> numbers(2 * at_once);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = T(static_cast<float>(i * 7 % 201) - 100.5f);
  const Device<T> x(numbers);
  Device<T> y(numbers.size());
  Device<hif8_t> codes(numbers.size());
  auto* const random = reinterpret_cast<hif8<rounding::Stochastic>*>(codes.data());
  Device<QuantizeStats> stats(1);
  Device<std::uint32_t> amax(1);
  const cuda::MergeAmax merge_amax{amax.data()};
  stats.clear();
  amax.clear();
  const auto quantize = [&](const auto&... sink) {
    return
        [&, sink...](std::uint64_t n) { return cuda::quantize(x.data(), codes.data(), n, sink..., {.scale = 0.1f}); };
  };
  check(type + " encode", ceilings.encode, at_once, quantize());
  check(type + " encode, amax", ceilings.with_amax, at_once, quantize(merge_amax));
  check(type + " encode, all stats", ceilings.with_stats, at_once, quantize(cuda::MergeStats{stats.data()}));
  check(type + " encode, stochastic", ceilings.stochastic, at_once,
        [&](std::uint64_t n) { return cuda::quantize(x.data(), random, n); });
  check(type + " fake quantize", ceilings.fake_quantize, at_once,
        [&](std::uint64_t n) { return cuda::fake_quantize(x.data(), y.data(), n); });
  check(type + " decode", ceilings.decode, at_once,
        [&](std::uint64_t n) { return cuda::dequantize(codes.data(), y.data(), n, {.inverse_scale = 0.3f}); });
  check(type + " amax", ceilings.amax, at_once,
        [&](std::uint64_t n) { return cuda::abs_max(x.data(), n, merge_amax); });
}

}  // namespace

TEST_CASE("array calls of float") { check_array_calls<float>("f32", {9.8, 12.1, 23.4, 34.0, 12.1, 6.5, 3.5}); }
TEST_CASE("array calls of bfloat16") { check_array_calls<bfloat16>("bf16", {11.5, 13.8, 23.5, 36.6, 14.7, 6.1, 3.5}); }
TEST_CASE("array calls of binary16") { check_array_calls<binary16>("f16", {9.2, 11.5, 21.3, 34.3, 12.4, 6.1, 3.5}); }

TEST_CASE("a product with few rows, for each weight") {
  constexpr std::uint64_t m = 8, n = 96, k = 4096;
  const Device<hif8_t> x(std::vector<hif8_t>(m * k, hif8_t(1.5f))), w(std::vector<hif8_t>(2 * n * k, hif8_t(3.0f)));
  Device<float> y(m * 2 * n);
  check("product of 8 rows", 7.1, n * k, [&](std::uint64_t weights) {
    return cuda::skinny_product(cuda::ScaledCodes<>{x.data()}, cuda::ScaledCodes<>{w.data()}, y.data(), m, weights / k,
                                k);
  });
}
