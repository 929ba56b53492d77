// Every vector backend that this CPU can run against the scalar one at every boundary of the format: all policies, all
// types, scaled and clamped.
#include "model/backends_under_test.hpp"
#include "model/boundary_floats.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <hifloat/array.hpp>

using namespace simd_test;

namespace {

constexpr float inf = std::numeric_limits<float>::infinity();
constexpr hf::PhiloxKey key{.seed = 42, .stream = 7, .first_index = 5};

// All magnitudes that matter, both signs. Blocks with NaN or infinity go another way: `finite` leaves them out.
template <class T>
std::vector<T> boundaries(bool finite) {
  std::vector<T> x;
  if constexpr (sizeof(T) == 2) {
    for (std::uint32_t word = 0; word < 0x10000; ++word) {
      const T number = T::from_bits(static_cast<std::uint16_t>(word));
      if (!finite || std::isfinite(static_cast<float>(number))) x.push_back(number);
    }
  } else {
    for (const std::uint32_t bits : codec_test::boundary_magnitudes()) {
      if (finite && bits >= 0x7F800000) continue;
      x.push_back(std::bit_cast<float>(bits));
      x.push_back(std::bit_cast<float>(bits | 0x80000000));
    }
  }
  return x;
}

template <class F>
void for_each_case(F f) {
  for_each_backend([&](auto backend) {
    for_each_rounding(
        [&](auto rounding) { for_each_overflow([&](auto overflow) { f(backend, rounding, overflow); }); });
  });
}

}  // namespace

TEST_CASE("every boundary, every policy, every type, scaled and not, clamped and not") {
  for_each_type([](auto type) {
    using T = decltype(type);
    const std::vector<T> x = boundaries<T>(true);
    const std::vector<T> with_specials = boundaries<T>(false);
    for_each_case([&](auto backend, auto rounding, auto overflow) {
      using B = decltype(backend);
      using R = decltype(rounding);
      using O = decltype(overflow);
      for (const float scale : {1.0f, 2.0f, 0x1p-9f, 3.7f, 0x1.fffffep-1f, 0x1p126f, 0x1p-126f, 0x1.234568p100f}) {
        for (const float clamp : {inf, 32768.0f, 15.0f, 0x1p-22f}) {
          if (clamp < 32768.0f && scale != 1.0f && scale != 3.7f) continue;
          const hf::ScaleParams params{.scale = scale, .clamp = clamp};
          const std::string what = difference<B, R, O>(x.data(), x.size(), params, key);
          CHECK_MESSAGE(what.empty(), (describe<B, R, O, T>(params, what)));
        }
      }
      const std::string what = difference<B, R, O>(with_specials.data(), with_specials.size(), {.scale = 3.7f}, key);
      CHECK_MESSAGE(what.empty(), (describe<B, R, O, T>({}, what)));
    });
  });
}
