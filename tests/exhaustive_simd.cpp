// Every vector backend that this CPU can run against the scalar one on binary32 numbers, all policies: every 1021st
// block of 4096 neighbouring bit patterns by default, all 2^32 with HIFLOAT_TEST_FULL=1 in the environment.
#include "model/backends_under_test.hpp"
#include "model/mismatch_report.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

using namespace simd_test;

namespace {

constexpr std::size_t block_size = 4096;
constexpr std::uint32_t all_blocks = std::uint32_t{1} << 20;
constexpr unsigned threads = 2;
constexpr hf::PhiloxKey key{.seed = 11, .stream = 12, .first_index = 0};

/// The usable backends' kernels for one rounding.
using Comparisons = std::vector<Comparison<float>>;

void check_block(const Comparisons& backends, const std::vector<float>& x, codec_test::MismatchReport& report) {
  const std::size_t n = x.size();
  std::vector<std::uint8_t> expected_codes(n), codes(n);
  std::vector<float> expected_y(n), y(n);
  for (const float scale : {1.0f, 1.7f}) {
    const detail::KernelParams params(hf::ScaleParams{.scale = scale}, key);
    for (const Comparison<float>& compared : backends) {
      if (&compared == &backends.front()) {
        compared.scalar.encode(x.data(), expected_codes.data(), n, params);
        compared.scalar.fake_quantize(x.data(), expected_y.data(), n, params);
      }
      compared.tested.encode(x.data(), codes.data(), n, params);
      compared.tested.fake_quantize(x.data(), y.data(), n, params);
      if (codes == expected_codes && same_bytes(y.data(), expected_y.data(), n)) continue;
      report.add(std::string(compared.name) + " scale " + std::to_string(scale) + " from " +
                 std::to_string(std::bit_cast<std::uint32_t>(x[0])));
    }
  }
}

void check_blocks(std::uint32_t step, codec_test::MismatchReport& report) {
  std::vector<Comparisons> roundings;
  for_each_rounding([&](auto rounding) {
    Comparisons& backends = roundings.emplace_back();
    for_each_backend(
        [&](auto backend) { backends.push_back(comparison<float>(backend, rounding, hf::overflow::Infinity{})); });
  });
  std::atomic<std::uint32_t> next{0};
  const auto work = [&] {
    std::vector<float> x(block_size);
    for (std::uint32_t block = next.fetch_add(step); block < all_blocks; block = next.fetch_add(step)) {
      const auto first = static_cast<std::uint32_t>(block * block_size);
      for (std::uint32_t i = 0; i < block_size; ++i) x[i] = std::bit_cast<float>(first + i);
      for (const Comparisons& backends : roundings) check_block(backends, x, report);
    }
  };
  std::vector<std::thread> pool;
  for (unsigned i = 0; i < threads; ++i) pool.emplace_back(work);
  for (std::thread& thread : pool) thread.join();
}

}  // namespace

TEST_CASE("vector backends encode and fake-quantize binary32 numbers as the scalar one does, for every rounding") {
  codec_test::MismatchReport report;
  check_blocks(codec_test::full_run() ? 1 : 1021, report);
  CHECK_MESSAGE(report.count() == 0, report.lines());
}
