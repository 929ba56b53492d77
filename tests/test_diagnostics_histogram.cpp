// TierHistogram against a count of one element at a time.

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <random>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <hifloat/diagnostics/tier_histogram.hpp>

namespace test_diagnostics_histogram {

namespace hf = hifloat;
using hf::diagnostics::TierHistogram;

namespace {

constexpr float inf = std::numeric_limits<float>::infinity();

struct Naive {
  std::uint64_t zero = 0, flushed = 0, overflowed = 0, non_finite = 0;
  std::map<int, std::uint64_t> exponents;
};

/// By the values of codes, which are powers of two times 1 to 2, and not by their bits.
template <class Code>
Naive count(std::span<const float> x, hf::ScaleParams params) {
  Naive naive;
  for (const float element : x) {
    using Passing = hf::hif8<typename Code::rounding_policy, hf::overflow::Infinity>;
    const float scaled = element * params.scale;
    const float clamped = std::fabs(scaled) > params.clamp ? std::copysign(params.clamp, scaled) : scaled;
    const float value = static_cast<float>(Passing(clamped));
    if (!std::isfinite(element)) {
      ++naive.non_finite;
    } else if (std::fabs(scaled) > params.clamp || std::isinf(value)) {
      ++naive.overflowed;
    } else if (element == 0) {
      ++naive.zero;
    } else if (value == 0) {
      ++naive.flushed;
    } else {
      ++naive.exponents[std::ilogb(value)];
    }
  }
  return naive;
}

void check(const TierHistogram& histogram, const Naive& naive, std::size_t n) {
  CHECK(histogram.count() == n);
  CHECK(histogram.zero() == naive.zero);
  CHECK(histogram.flushed() == naive.flushed);
  CHECK(histogram.overflowed() == naive.overflowed);
  CHECK(histogram.non_finite() == naive.non_finite);
  std::uint64_t tiers[4] = {}, sum = naive.zero + naive.flushed + naive.overflowed + naive.non_finite;
  for (int e = -30; e <= 20; ++e) {
    const auto found = naive.exponents.find(e);
    const std::uint64_t expected = found == naive.exponents.end() ? 0 : found->second;
    CHECK(histogram.at_exponent(e) == expected);
    const int distance = std::abs(e);
    tiers[distance <= 3 ? 3 : distance <= 7 ? 2 : distance <= 15 ? 1 : 0] += expected;
    sum += expected;
  }
  for (int bits = 0; bits < 4; ++bits) CHECK(histogram.in_tier(bits) == tiers[bits]);
  CHECK(sum == n);
}

std::vector<float> anything(std::size_t n, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> x(n);
  for (float& element : x) {
    const auto bits = static_cast<std::uint32_t>(random());
    const std::uint32_t exponent = 127 - 30 + bits % 50;  // 2^-30 to 2^19
    element = std::bit_cast<float>((bits & 0x807FFFFFu) | exponent << 23);
    if (bits % 11 == 0) element = 0.0f;
  }
  return x;
}

}  // namespace

TEST_CASE_TEMPLATE("every element counts once, where it belongs", Code, hf::hif8_t,
                   hf::hif8<hf::rounding::TiesEven, hf::overflow::Infinity>,
                   hf::hif8<hf::rounding::TowardZero, hf::overflow::SaturateNanToZero>,
                   hf::hif8<hf::rounding::Hybrid>) {
  std::vector<float> x = anything(40000, 1);
  for (const float scale : {1.0f, 0.3f, 0x1p20f}) {
    for (const float clamp : {hf::no_clamp, 15.0f}) {
      TierHistogram histogram;
      histogram.add<Code>(x, hf::ScaleParams{.scale = scale, .clamp = clamp});
      check(histogram, count<Code>(x, {.scale = scale, .clamp = clamp}), x.size());
    }
  }
  x[0] = inf;
  x[17000] = -inf;
  x[39999] = std::numeric_limits<float>::quiet_NaN();
  TierHistogram histogram;
  histogram.add<Code>(x);
  check(histogram, count<Code>(x, {}), x.size());
  CHECK(histogram.non_finite() == 3);
}

TEST_CASE("nothing overflows: blocks whose codes are counted as they are, at every length about a block's") {
  std::vector<float> x = anything(33000, 2);
  for (float& element : x) element = std::fmod(element, 1000.0f);
  for (const std::size_t n : {0u, 1u, 7u, 8u, 9u, 16383u, 16384u, 16385u, 32768u, 33000u}) {
    TierHistogram histogram;
    const std::span<const float> part(x.data(), n);
    histogram.add(part);
    check(histogram, count<hf::hif8_t>(part, {}), n);
  }
}

TEST_CASE("merging, several cores and several types say the same") {
  struct Backwards {
    static std::size_t concurrency() { return 3; }
    void operator()(std::size_t pieces, const hf::Task& task) const {
      while (pieces-- != 0) task(pieces);
    }
  };
  std::vector<float> x = anything(400000, 3);
  x[123456] = inf;
  TierHistogram whole, split, merged, wide;
  whole.add(x, 0.5f);
  split.add(hf::on(Backwards{}, x), 0.5f);
  CHECK(split == whole);
  merged.add(std::span(x).first(1000), 0.5f);
  TierHistogram rest;
  rest.add(std::span(x).subspan(1000), 0.5f);
  merged += rest;
  CHECK(merged == whole);
  wide.add(std::vector<double>(x.begin(), x.end()), 0.5f);
  CHECK(wide == whole);
}

TEST_CASE("a refused call counts nothing; the print names what there is") {
  TierHistogram histogram;
  const std::vector<float> x{1.0f, 1.5f, 20.0f, 0.0f, 1e-9f, 1e9f, inf, 0x1p-20f};
  CHECK_THROWS_AS(histogram.add(x, 0.0f), std::invalid_argument);
  CHECK_THROWS_AS(histogram.add(x, hf::ScaleParams{.clamp = 17.0f}), std::invalid_argument);
  CHECK(histogram == TierHistogram());
  histogram.add(x);
  std::ostringstream out;
  out << std::hex << histogram;
  const std::string text = out.str();
  for (const char* line : {"3 mantissa bits                    2   25.000 %", "  2^0 ", "  2^4 ", "  2^-20 ",
                           "flushed to zero                    1   12.500 %", "not finite"}) {
    CHECK_MESSAGE(text.find(line) != std::string::npos, text);
  }
  CHECK(text.find("2^5") == std::string::npos);
}

}  // namespace test_diagnostics_histogram
