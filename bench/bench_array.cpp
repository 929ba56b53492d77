// The array functions beside the memory they are bound by: memcpy of the same floats, read-only sum, write-only fill.
// 16 Ki floats stay in L2, 64 Mi come from DRAM. Compare within one run: items_per_second are elements, whatever they
// are stored in.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

#include <hifloat/array.hpp>

namespace hf = hifloat;

namespace {

constexpr float scale = 1.7f;

std::vector<float> normal_numbers(std::size_t n) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal(0.0f, 3.0f);
  std::vector<float> few(4096);
  for (float& x : few) x = normal(random);
  std::vector<float> x(n);
  for (std::size_t i = 0; i < n; ++i) x[i] = few[i % few.size()];
  return x;
}

struct Buffers {
  explicit Buffers(std::size_t n) : x(normal_numbers(n)), y(n), codes(n) {}
  std::vector<float> x, y;
  std::vector<hf::hif8_t> codes;
};

void memcpy_floats(Buffers& b) { std::memcpy(b.y.data(), b.x.data(), b.x.size() * sizeof(float)); }
void fill_floats(Buffers& b) { std::memset(b.y.data(), 1, b.y.size() * sizeof(float)); }
void sum_floats(Buffers& b) {
  std::uint32_t sums[64] = {};  // integers, so that the compiler may use as many lanes as it likes
  for (std::size_t i = 0; i + 64 <= b.x.size(); i += 64) {
    std::uint32_t words[64];
    std::memcpy(words, b.x.data() + i, sizeof words);
    for (std::size_t lane = 0; lane < 64; ++lane) sums[lane] += words[lane];
  }
  benchmark::DoNotOptimize(sums);
}
void encode(Buffers& b) { hf::encode(b.x, b.codes, scale); }
void decode(Buffers& b) { hf::decode(b.codes, b.y, scale); }
void quantize(Buffers& b) { benchmark::DoNotOptimize(hf::quantize(b.x, b.codes, scale)); }
void fake_quantize(Buffers& b) { hf::fake_quantize(b.x, b.y, scale); }
void abs_max(Buffers& b) { benchmark::DoNotOptimize(hf::abs_max(b.x)); }

template <void (*Function)(Buffers&)>
void run(benchmark::State& state) {
  Buffers buffers(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    Function(buffers);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

#define HIFLOAT_BENCH(function) BENCHMARK(run<function>)->Name(#function)->Arg(16 << 10)->Arg(64 << 20)->MinTime(0.1)
HIFLOAT_BENCH(memcpy_floats);
HIFLOAT_BENCH(sum_floats);
HIFLOAT_BENCH(fill_floats);
HIFLOAT_BENCH(encode);
HIFLOAT_BENCH(decode);
HIFLOAT_BENCH(quantize);
HIFLOAT_BENCH(fake_quantize);
HIFLOAT_BENCH(abs_max);

}  // namespace
