// The CUDA kernels' work on binary32 numbers, run on the CPU for all policies, against the codec (codes) and the scalar
// loops (what is counted). Every 1021st block of 4096 neighbouring bit patterns by default; all 2^32 with
// HIFLOAT_TEST_FULL=1 in the environment.

#include "model/codec_under_test.hpp"
#include "model/cuda_grid.hpp"
#include "model/mismatch_report.hpp"

#include <hifloat/cuda/functors.cuh>
#include <hifloat/simd/scalar.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace {

using namespace hifloat;
namespace gpu = detail::gpu;

constexpr std::size_t block_size = 4096;
constexpr std::uint32_t all_blocks = std::uint32_t{1} << 20;
constexpr unsigned threads = 2;

/// A kernel whose table is filled once.
template <class R, class O, class Sink>
class Quantizer {
  using Job = gpu::QuantizeJob<R, O, float, Sink>;

 public:
  explicit Quantizer(const ScaleParams& scaling) : options_{.scale = scaling.scale, .clamp = scaling.clamp} {
    Job::fill(*table_, gpu::params_of(options_), 0, 1);
  }
  auto operator()(const float* x, std::uint8_t* codes, const PhiloxKey& key, const Sink& sink) {
    options_.philox = key;
    const Job job{x, codes, block_size, options_, sink};
    return job.run(*table_, job.params(), {0, 1, 0, 1});
  }

 private:
  cuda::QuantizeOptions options_;
  std::unique_ptr<typename Job::Table> table_ = std::make_unique<typename Job::Table>();
};

void check_blocks(std::uint32_t step, codec_test::MismatchReport& report) {
  const std::uint32_t wanted = all_blocks / step + 1;
  codec_test::for_each_policy([&](auto rounding, auto overflow) {
    using R = typename decltype(rounding)::library;
    using O = typename decltype(overflow)::library;
    std::atomic<std::uint32_t> next{0};
    const auto work = [&] {
      constexpr ScaleParams scaling{.scale = 0x1.8p-2f, .clamp = 3.5f};
      Quantizer<R, O, gpu::MeasureNothing> plain({});
      Quantizer<R, O, cuda::MergeStats> counting(scaling);
      std::vector<float> x(block_size);
      std::vector<std::uint8_t> codes(block_size), expected(block_size);
      for (std::uint32_t turn = next++; turn < wanted; turn = next++) {
        const std::uint64_t block = std::uint64_t{turn} * step;
        if (block >= all_blocks) continue;
        const auto first = static_cast<std::uint32_t>(block * block_size);
        const PhiloxKey key{3, 4, first};
        for (std::uint32_t i = 0; i < block_size; ++i) x[i] = std::bit_cast<float>(first + i);
        plain(x.data(), codes.data(), key, {});
        for (std::uint32_t i = 0; i < block_size; ++i) {
          const std::uint16_t random = random_bits(key, i);
          const std::uint8_t code = codec_test::encode(rounding, overflow, x[i], random);
          if (codes[i] == code) continue;
          report.add(codec_test::describe(rounding.expected, overflow.expected, first + i, codes[i], code, random));
        }
        const auto tally = counting(x.data(), codes.data(), key, {nullptr});
        const QuantizeStats stats = detail::ScalarLoops<detail::Hif8Codec<R, O>>::quantize(
            x.data(), expected.data(), block_size, detail::KernelParams(scaling, key));
        const QuantizeStats counted{.count = block_size,
                                    .amax = detail::amax_from_word<float>(tally.amax),
                                    .overflowed = tally.overflowed,
                                    .demoted = tally.demoted,
                                    .flushed_to_zero = tally.flushed_to_zero,
                                    .non_finite = tally.non_finite};
        if (!(counted == stats) || codes != expected) {
          report.add("scaled block of " + codec_test::describe(rounding.expected, overflow.expected, first, 0, 0, 0));
        }
      }
    };
    std::vector<std::thread> pool;
    for (unsigned i = 0; i < threads; ++i) pool.emplace_back(work);
    for (std::thread& thread : pool) thread.join();
  });
}

}  // namespace

TEST_CASE("the kernels' work on all binary32 numbers is the codec's, for every policy") {
  codec_test::MismatchReport report;
  check_blocks(codec_test::full_run() ? 1 : 1021, report);
  CHECK_MESSAGE(report.count() == 0, report.lines());
}
