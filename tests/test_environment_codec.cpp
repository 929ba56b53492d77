// The codec neither reads nor writes the floating-point environment: the same codes under every rounding mode, with
// flush-to-zero and denormals-are-zero set, and the caller's state as it was. The model runs in the default state only.

#include "model/boundary_floats.hpp"
#include "model/codec_under_test.hpp"
#include "model/float_control.hpp"

#include <hifloat/formats/grid.hpp>
#include <hifloat/storage.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cfenv>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <vector>

namespace test_environment_codec {
namespace {

struct Inputs {
  std::vector<std::uint32_t> floats;
  std::vector<std::uint64_t> doubles;
};

// As integers, so that no floating-point operation happens between setting the state and the call.
Inputs inputs() {
  Inputs list;
  const std::vector<std::uint32_t> boundaries = codec_test::boundary_magnitudes();
  for (std::size_t i = 0; i < boundaries.size(); i += 3) list.floats.push_back(boundaries[i]);
  for (std::uint64_t bits = 0; bits < (std::uint64_t{1} << 32); bits += 262147) {
    list.floats.push_back(static_cast<std::uint32_t>(bits));
  }
  const auto& values = model::values();
  for (std::size_t i = 1; i < values.size(); ++i) {
    const double midpoint = (values[i - 1].magnitude + values[i].magnitude) / 2.0;
    for (std::uint64_t bits :
         {std::bit_cast<std::uint64_t>(midpoint), std::bit_cast<std::uint64_t>(values[i].magnitude)}) {
      for (std::uint64_t step = 0; step <= 4; ++step) list.doubles.push_back(bits + step - 2);
    }
  }
  std::mt19937_64 engine(5);
  for (int i = 0; i < 20000; ++i) list.doubles.push_back(engine());
  for (int bit = 0; bit < 63; ++bit) list.doubles.push_back(std::uint64_t{1} << bit);
  return list;
}

#if defined(__GNUC__)
#define HIFLOAT_TEST_NOINLINE __attribute__((noinline))
#else
#define HIFLOAT_TEST_NOINLINE
#endif

// Every code that the library makes of the inputs, and every value that it makes of a code. Not inlined, so that the
// compiler cannot move it across a change of the state.
HIFLOAT_TEST_NOINLINE void run_library(const Inputs& list, std::vector<std::uint32_t>& results) {
  results.clear();
  codec_test::for_each_policy([&](auto rounding, auto overflow) {
    for (const std::uint32_t bits : list.floats) {
      const std::uint16_t random = codec_test::hashed_random(bits);
      results.push_back(codec_test::encode(rounding, overflow, std::bit_cast<float>(bits), random));
      results.push_back(codec_test::encode(rounding, overflow, std::bit_cast<float>(bits ^ 0x80000000u), random));
      const auto word = static_cast<std::uint16_t>(bits >> 16);
      results.push_back(codec_test::encode(rounding, overflow, hifloat::bfloat16::from_bits(word), random));
      results.push_back(codec_test::encode(rounding, overflow, hifloat::binary16::from_bits(word), random));
    }
    for (const std::uint64_t bits : list.doubles) {
      const std::uint16_t random = codec_test::hashed_random(static_cast<std::uint32_t>(bits));
      results.push_back(codec_test::encode(rounding, overflow, std::bit_cast<double>(bits), random));
    }
  });
  for (int code = 0; code < 256; ++code) {
    results.push_back(std::bit_cast<std::uint32_t>(hifloat::decode(static_cast<std::uint8_t>(code))));
  }
  for (const std::uint32_t bits : list.floats) {
    results.push_back(hifloat::bfloat16() == hifloat::bfloat16::from_bits(static_cast<std::uint16_t>(bits >> 16)));
  }
}

struct Fixture {
  Inputs list = inputs();
  std::vector<std::uint32_t> expected;
  std::vector<std::uint32_t> got;

  Fixture() { run_library(list, expected); }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "the same codes under every rounding mode, which stays as it was") {
  // The reference run itself is what the model says, so that both cannot be wrong in the same way.
  std::size_t next = 0;
  std::size_t mismatches = 0;
  codec_test::for_each_policy([&](auto rounding, auto overflow) {
    for (const std::uint32_t bits : list.floats) {
      const std::uint16_t random = codec_test::hashed_random(bits);
      const auto code = model::encode(rounding.expected, overflow.expected, model::binary32(bits), random);
      if (expected[next] != code) ++mismatches;
      next += 4;
    }
    next += list.doubles.size();
  });
  CHECK(mismatches == 0);

  for (const int mode : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO, FE_TONEAREST}) {
    REQUIRE(std::fesetround(mode) == 0);
    run_library(list, got);
    const int mode_afterwards = std::fegetround();
    std::fesetround(FE_TONEAREST);
    CAPTURE(mode);
    CHECK(mode_afterwards == mode);
    CHECK(got == expected);
  }
}

#if defined(HIFLOAT_TEST_HAS_FLOAT_CONTROL)
TEST_CASE_FIXTURE(Fixture, "the same codes whatever the control register says, which stays, exception flags included") {
  const std::uint64_t before = float_control::read();
  for (const std::uint64_t extra : float_control::hostile) {
    const std::uint64_t wanted = (before | extra) & ~float_control::exception_flags;
    got.reserve(expected.size());
    float_control::write(wanted);
    run_library(list, got);
    const std::uint64_t afterwards = float_control::read();
    float_control::write(before);
    CAPTURE(extra);
    CHECK(afterwards == wanted);  // integer fields only: not even the inexact flag is raised
    CHECK(got == expected);
  }
}

TEST_CASE("a grid has its subnormal values whatever the control register says") {
  const auto bits_of_values = [] {
    std::vector<std::uint32_t> bits;
    for (const float value : hifloat::finite_values<hifloat::bfloat16>()) {
      bits.push_back(std::bit_cast<std::uint32_t>(value));
    }
    return bits;
  };
  const std::vector<std::uint32_t> expected = bits_of_values();
  const std::uint64_t before = float_control::read();
  for (const std::uint64_t extra : float_control::hostile) {
    float_control::write(before | extra);
    const std::vector<std::uint32_t> got = bits_of_values();
    float_control::write(before);
    CHECK(got == expected);
  }
}
#endif

}  // namespace test_environment_codec
