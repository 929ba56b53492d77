// Sources wider than binary32 are rounded once from the exact value. The traps are numbers that a conversion to float
// on the way would move onto a midpoint, off a value, or to infinity.

#include "model/codec_under_test.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <random>

namespace test_codec_double {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

class Checker {
 public:
  ~Checker() { CHECK(mismatches_ == 0); }

  // The format gives SSR of a double no meaning, so it and Hybrid beyond |e| <= 3 are left out.
  void check(double number, std::uint16_t random) {
    const model::Source source = model::binary64(number);
    const double size = std::fabs(number);
    const bool near_one = size >= 0.125 && size < 16.0;
    codec_test::for_each_policy([&](auto rounding, auto overflow) {
      using model::Rounding;
      if (rounding.expected == Rounding::SimplifiedStochastic) return;
      if (rounding.expected == Rounding::Hybrid && !near_one) return;
      const std::uint8_t expected = model::encode(rounding.expected, overflow.expected, source, random);
      const std::uint8_t got = codec_test::encode(rounding, overflow, number, random);
      if (got == expected) return;
      if (++mismatches_ <= 20) {
        MESSAGE(codec_test::describe(rounding.expected, overflow.expected, std::bit_cast<std::uint64_t>(number), got,
                                     expected, random));
      }
    });
  }

  void check_both_signs(double number) {
    for (const int random : {0x0000, 0x7FFF, 0x8000, 0x8001, 0xFFFF}) {
      check(number, static_cast<std::uint16_t>(random));
      check(-number, static_cast<std::uint16_t>(random));
    }
  }

 private:
  int mismatches_ = 0;
};

}  // namespace

TEST_CASE("doubles beside every value and midpoint") {
  Checker checker;
  const auto& values = model::values();
  for (std::size_t i = 1; i < values.size(); ++i) {
    const double midpoint = (values[i - 1].magnitude + values[i].magnitude) / 2.0;
    for (const double center : {values[i].magnitude, midpoint}) {
      checker.check_both_signs(center);
      // 2^28 double ulps are half a float ulp: up to there a conversion to float returns to `center`.
      for (std::uint64_t distance = 1; distance <= (std::uint64_t{1} << 30); distance *= 2) {
        for (const std::uint64_t offset : {distance - 1, distance, distance + 1}) {
          checker.check_both_signs(std::bit_cast<double>(std::bit_cast<std::uint64_t>(center) + offset));
          checker.check_both_signs(std::bit_cast<double>(std::bit_cast<std::uint64_t>(center) - offset));
        }
      }
    }
  }
}

TEST_CASE("doubles beside the stochastic thresholds, with the random number that decides") {
  Checker checker;
  std::mt19937_64 engine(1);
  const auto& values = model::values();
  for (std::size_t i = 1; i < values.size(); ++i) {
    const double low = values[i - 1].magnitude;
    const double step = values[i].magnitude - low;
    for (int repeat = 0; repeat < 200; ++repeat) {
      const auto bits = static_cast<std::uint32_t>(1 + engine() % 0xFFFF);
      const double exact = low + step * static_cast<double>(bits) / 65536.0;
      for (const double number : {std::nextafter(exact, 0.0), exact, std::nextafter(exact, infinity)}) {
        checker.check(number, static_cast<std::uint16_t>(0x10000 - bits));
        checker.check(-number, static_cast<std::uint16_t>(0x10000 - bits - 1));
      }
    }
  }
}

TEST_CASE("random doubles inside the range, and random bit patterns") {
  Checker checker;
  std::mt19937_64 engine(2);
  for (int i = 0; i < 200000; ++i) {
    const std::uint64_t mantissa_and_sign = engine() & 0x800FFFFFFFFFFFFFu;
    const std::uint64_t exponent = 1023 - 42 + engine() % 60;
    checker.check(std::bit_cast<double>(mantissa_and_sign | (exponent << 52)), static_cast<std::uint16_t>(engine()));
    checker.check(std::bit_cast<double>(engine()), static_cast<std::uint16_t>(engine()));
  }
}

TEST_CASE("huge, tiny, denormal, infinite and not a number") {
  Checker checker;
  constexpr auto float_max = static_cast<double>(std::numeric_limits<float>::max());
  for (const double number : {0.0,
                              std::numeric_limits<double>::denorm_min(),
                              std::numeric_limits<double>::min(),
                              1e-300,
                              0x1p-149,
                              0x1p-150,
                              0x1p-38,
                              0x1p-39,
                              0x1p-126,
                              0x1p-127,
                              32768.0,
                              40960.0,
                              49152.0,
                              65536.0,
                              float_max,
                              std::nextafter(float_max, infinity),
                              0x1.ffffffp127,
                              0x1p128,
                              1e300,
                              std::numeric_limits<double>::max(),
                              infinity,
                              std::numeric_limits<double>::quiet_NaN()}) {
    checker.check_both_signs(number);
    checker.check_both_signs(std::nextafter(number, infinity));
    checker.check_both_signs(std::nextafter(number, 0.0));
  }
  for (int bit = 0; bit < 52; ++bit) {
    checker.check_both_signs(std::bit_cast<double>(std::uint64_t{1} << bit));
    // A NaN whose payload would vanish in binary32 is not an infinity.
    checker.check_both_signs(std::bit_cast<double>(0x7FF0000000000000u | (std::uint64_t{1} << bit)));
  }
}

TEST_CASE("a double that is a binary32 number encodes as that number, under every policy") {
  int mismatches = 0;
  std::mt19937_64 engine(3);
  for (int i = 0; i < 300000; ++i) {
    const float number = std::bit_cast<float>(static_cast<std::uint32_t>(engine()));
    const auto random = static_cast<std::uint16_t>(engine());
    codec_test::for_each_policy([&](auto rounding, auto overflow) {
      const auto from_float = codec_test::encode(rounding, overflow, number, random);
      if (codec_test::encode(rounding, overflow, static_cast<double>(number), random) != from_float) ++mismatches;
    });
  }
  CHECK(mismatches == 0);
}

TEST_CASE("integers are rounded once from their exact value") {
  using hifloat::rounding::TiesEven;
  using hifloat::rounding::TowardZero;
  // Integers that a narrower type on the way would wrap.
  CHECK(hifloat::encode((std::int64_t{1} << 32) + 1) == 0x6E);
  CHECK(hifloat::encode(-(std::int64_t{1} << 32)) == 0xEE);
  CHECK(hifloat::encode(std::int64_t{40959}) == 0x6E);
  CHECK(hifloat::encode<hifloat::rounding::TiesAway, hifloat::overflow::Infinity>(40960) == 0x6F);
  CHECK(hifloat::encode<TiesEven, hifloat::overflow::Infinity>(40961) == 0x6F);
  CHECK(hifloat::encode<TowardZero, hifloat::overflow::Infinity>(std::numeric_limits<std::uint64_t>::max()) == 0x6E);
  CHECK(hifloat::encode(std::numeric_limits<std::int64_t>::min()) == 0xEE);
  CHECK(hifloat::encode(0) == 0x00);
  int mismatches = 0;
  for (std::int32_t i = -70000; i <= 70000; ++i) {
    codec_test::for_each_policy([&](auto rounding, auto overflow) {
      using model::Rounding;
      if constexpr (!decltype(rounding)::takes_random) {
        if (rounding.expected == Rounding::Hybrid || rounding.expected == Rounding::SimplifiedStochastic) return;
        const auto expected = model::encode(rounding.expected, overflow.expected, model::binary64(i));
        if (codec_test::encode(rounding, overflow, i) != expected) ++mismatches;
      }
    });
  }
  CHECK(mismatches == 0);
}

}  // namespace test_codec_double
