// binary32 sources, all policies, against the model: a strided run over all bit patterns together with every boundary
// neighbourhood by default, all 2^32 with HIFLOAT_TEST_FULL=1 in the environment. Stochastic is tried with fixed, with
// hashed, and with the two decisive random numbers of each input: the least that rounds it up, and that minus 1.

#include "model/boundary_floats.hpp"
#include "model/codec_under_test.hpp"
#include "model/mismatch_report.hpp"

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

namespace {

constexpr std::uint64_t all_floats = std::uint64_t{1} << 32;
constexpr std::uint64_t stride = 1021;  // odd, so that every low bit pattern comes up
constexpr unsigned threads = 2;

// Returns how many codes were compared.
std::uint64_t check_one(std::uint32_t bits, codec_test::MismatchReport& report) {
  const model::Source source = model::binary32(bits);
  const model::Bracket x = model::bracket(source);
  const float number = std::bit_cast<float>(bits);
  std::uint64_t compared = 0;
  const auto check = [&](auto rounding, std::uint16_t random) {
    const std::size_t rank = x.nan ? 0 : model::rounded_rank(rounding.expected, x, source, random);
    codec_test::for_each_overflow([&](auto overflow) {
      const std::uint8_t expected = model::finish(overflow.expected, x.nan, x.negative, rank);
      const std::uint8_t got = codec_test::encode(rounding, overflow, number, random);
      ++compared;
      if (got != expected) {
        report.add(codec_test::describe(rounding.expected, overflow.expected, bits, got, expected, random));
      }
    });
  };
  codec_test::for_each_rounding([&](auto rounding) {
    if constexpr (decltype(rounding)::takes_random) {
      std::array<std::uint16_t, 6> random{0, 0x8000, 0xFFFF, codec_test::hashed_random(bits)};
      if (!x.nan && x.lower != model::infinity_rank) {
        const std::uint32_t least = 0x10000u - model::discarded_bits(x, 16);
        random[4] = static_cast<std::uint16_t>(least);
        random[5] = static_cast<std::uint16_t>(least - 1);
      }
      for (const std::uint16_t r : random) check(rounding, r);
    } else {
      check(rounding, 0);
    }
  });
  return compared;
}

// Runs check_one for first, first + step, ... below `end`, split into blocks that the threads take in turn.
std::uint64_t check_range(std::uint64_t step, std::uint64_t end, codec_test::MismatchReport& report) {
  constexpr std::uint64_t block = 1 << 18;
  std::atomic<std::uint64_t> next{0};
  std::atomic<std::uint64_t> compared{0};
  const auto work = [&] {
    for (std::uint64_t first = next.fetch_add(block * step); first < end; first = next.fetch_add(block * step)) {
      std::uint64_t compared_here = 0;
      for (std::uint64_t i = 0; i < block && first + i * step < end; ++i) {
        compared_here += check_one(static_cast<std::uint32_t>(first + i * step), report);
      }
      compared += compared_here;
    }
  };
  std::vector<std::thread> pool;
  for (unsigned i = 0; i < threads; ++i) pool.emplace_back(work);
  for (std::thread& thread : pool) thread.join();
  return compared;
}

}  // namespace

TEST_CASE("binary32 numbers at every boundary encode as the model does, for every policy") {
  codec_test::MismatchReport report;
  const std::vector<std::uint32_t> magnitudes = codec_test::boundary_magnitudes();
  std::uint64_t compared = 0;
  for (const std::uint32_t bits : magnitudes) {
    compared += check_one(bits, report);
    compared += check_one(bits | 0x80000000u, report);
  }
  MESSAGE(magnitudes.size() << " magnitudes, " << compared << " codes compared");
  CHECK_MESSAGE(report.count() == 0, report.lines());
}

TEST_CASE("binary32 numbers encode as the model does, for every policy") {
  codec_test::MismatchReport report;
  const std::uint64_t compared = check_range(codec_test::full_run() ? 1 : stride, all_floats, report);
  MESSAGE(compared << " codes compared, " << report.count() << " differ");
  CHECK(compared >= all_floats / (codec_test::full_run() ? 1 : stride) * 33);  // (5 roundings + 6 random numbers) x 3
  CHECK_MESSAGE(report.count() == 0, report.lines());
}
