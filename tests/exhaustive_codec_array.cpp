// The array encoder on binary32 numbers, all policies, against the model: it may reach its codes by another way than
// the encoder of one number. Every 1021st block of 4096 neighbouring bit patterns by default, together with the
// boundaries; all 2^32 with HIFLOAT_TEST_FULL=1 in the environment.

#include "model/boundary_floats.hpp"
#include "model/codec_under_test.hpp"
#include "model/mismatch_report.hpp"

#include <hifloat/array.hpp>
#include <hifloat/philox.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

namespace {

constexpr std::size_t block_size = 4096;
constexpr std::uint32_t all_blocks = std::uint32_t{1} << 20;
constexpr unsigned threads = 2;
constexpr hifloat::PhiloxKey key{.seed = 11, .stream = 12, .first_index = 0};

void check_numbers(const std::vector<float>& numbers, codec_test::MismatchReport& report) {
  const std::size_t n = numbers.size();
  std::vector<model::Source> sources(n);
  std::vector<model::Bracket> brackets(n);
  std::vector<std::uint16_t> random(n);
  for (std::size_t i = 0; i < n; ++i) {
    sources[i] = model::binary32(std::bit_cast<std::uint32_t>(numbers[i]));
    brackets[i] = model::bracket(sources[i]);
    random[i] = hifloat::random_bits(key, i);
  }
  codec_test::for_each_policy([&](auto rounding, auto overflow) {
    using Code = hifloat::hif8<typename decltype(rounding)::library, typename decltype(overflow)::library>;
    std::vector<Code> codes(n);
    if constexpr (decltype(rounding)::takes_random) {
      hifloat::encode(numbers, codes, 1.0f, key);
    } else {
      hifloat::encode(numbers, codes);
    }
    for (std::size_t i = 0; i < n; ++i) {
      const model::Bracket& x = brackets[i];
      const std::size_t rank = x.nan ? 0 : model::rounded_rank(rounding.expected, x, sources[i], random[i]);
      const std::uint8_t expected = model::finish(overflow.expected, x.nan, x.negative, rank);
      if (codes[i].bits() == expected) continue;
      report.add(codec_test::describe(rounding.expected, overflow.expected, sources[i].stored, codes[i].bits(),
                                      expected, random[i]));
    }
  });
}

void check_blocks(std::uint32_t step, codec_test::MismatchReport& report) {
  std::atomic<std::uint32_t> next{0};
  const auto work = [&] {
    std::vector<float> numbers(block_size);
    for (std::uint32_t block = next.fetch_add(step); block < all_blocks; block = next.fetch_add(step)) {
      const auto first = static_cast<std::uint32_t>(block * block_size);
      for (std::uint32_t i = 0; i < block_size; ++i) numbers[i] = std::bit_cast<float>(first + i);
      check_numbers(numbers, report);
    }
  };
  std::vector<std::thread> pool;
  for (unsigned i = 0; i < threads; ++i) pool.emplace_back(work);
  for (std::thread& thread : pool) thread.join();
}

}  // namespace

TEST_CASE("arrays of binary32 numbers encode as the model does, for every policy") {
  codec_test::MismatchReport report;
  check_blocks(codec_test::full_run() ? 1 : 1021, report);
  CHECK_MESSAGE(report.count() == 0, report.lines());
}

TEST_CASE("arrays of the numbers at every boundary encode as the model does, for every policy") {
  codec_test::MismatchReport report;
  std::vector<float> numbers;
  for (const std::uint32_t bits : codec_test::boundary_magnitudes()) {
    numbers.push_back(std::bit_cast<float>(bits));
    numbers.push_back(std::bit_cast<float>(bits | 0x80000000u));
  }
  check_numbers(numbers, report);
  CHECK_MESSAGE(report.count() == 0, report.lines());
}
