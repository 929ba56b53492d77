// e4m3fn and e5m2 against CUDA's own host emulation (cuda_fp8.h), both saturation modes: a strided run over all floats
// by default, all 2^32 with HIFLOAT_TEST_FULL=1 in the environment. Skipped, with a message, where there is no CUDA
// toolkit.
#include <doctest/doctest.h>

#if __has_include(<cuda_fp8.h>)

#include "model/mismatch_report.hpp"

#include <bit>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include <cuda_fp8.h>

#include <hifloat/formats/small_float.hpp>

namespace hf = hifloat;

namespace {

constexpr std::uint64_t all_floats = std::uint64_t{1} << 32;

template <class Layout, class Overflow>
void check_one(std::uint32_t bits, __nv_saturation_t saturation, __nv_fp8_interpretation_t interpretation,
               codec_test::MismatchReport& report) {
  const float x = std::bit_cast<float>(bits);
  const std::uint8_t expected = __nv_cvt_float_to_fp8(x, saturation, interpretation);
  const std::uint8_t got = hf::formats::small_float<Layout, Overflow>(x).bits();
  if (got != expected) {
    report.add(std::string(Layout::name) + " of " + std::to_string(bits) + ": " + std::to_string(got) + ", not " +
               std::to_string(expected));
  }
}

}  // namespace

TEST_CASE("e4m3fn and e5m2 encode as cuda_fp8.h does") {
  using hf::formats::E4M3fn;
  using hf::formats::E5M2;
  codec_test::MismatchReport report;
  const std::uint64_t stride = codec_test::full_run() ? 1 : 509;
  const auto work = [&](std::uint64_t first) {
    for (std::uint64_t i = first; i < all_floats; i += 2 * stride) {
      const auto bits = static_cast<std::uint32_t>(i);
      check_one<E4M3fn, hf::overflow::Saturate>(bits, __NV_SATFINITE, __NV_E4M3, report);
      check_one<E4M3fn, hf::overflow::Infinity>(bits, __NV_NOSAT, __NV_E4M3, report);
      check_one<E5M2, hf::overflow::Saturate>(bits, __NV_SATFINITE, __NV_E5M2, report);
      check_one<E5M2, hf::overflow::Infinity>(bits, __NV_NOSAT, __NV_E5M2, report);
    }
  };
  std::thread other(work, stride);
  work(0);
  other.join();
  MESSAGE((all_floats / stride) << " floats, " << report.count() << " codes differ");
  CHECK_MESSAGE(report.count() == 0, report.lines());
}

TEST_CASE("e4m3fn and e5m2 decode as cuda_fp8.h does") {
  for (unsigned code = 0; code < 256; ++code) {
    const auto bits = static_cast<std::uint8_t>(code);
    const auto value = [&](__nv_fp8_interpretation_t interpretation) {
      const __half_raw raw = __nv_cvt_fp8_to_halfraw(bits, interpretation);
      return static_cast<float>(hf::binary16::from_bits(raw.x));
    };
    const auto same = [](float a, float b) {
      return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b) || (a != a && b != b);
    };
    CHECK(same(static_cast<float>(hf::formats::e4m3fn::from_bits(bits)), value(__NV_E4M3)));
    CHECK(same(static_cast<float>(hf::formats::e5m2::from_bits(bits)), value(__NV_E5M2)));
  }
}

#else

TEST_CASE("e4m3fn and e5m2 against cuda_fp8.h") { MESSAGE("skipped: no cuda_fp8.h"); }

#endif
