// Every vector backend that this CPU can run gives what the scalar one gives, bit for bit: codes, numbers, stats. One
// file for all policies, types and lengths: compiling the kernels takes longer than running them.
#include "model/backends_under_test.hpp"
#include "model/boundary_floats.hpp"
#include "model/guarded_pages.hpp"
#include "model/mismatch_report.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

#include <hifloat/array.hpp>

using namespace simd_test;

namespace {

constexpr hf::PhiloxKey key{.seed = 42, .stream = 7, .first_index = 5};
constexpr float inf = std::numeric_limits<float>::infinity();

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

/// What is done about overflow is done to ranks and codes, which know no source type: all policies are compiled for
/// float, those that differ most for bfloat16, whose scaled numbers have kernels of their own, and one for binary16.
template <class O, class T>
constexpr bool tells_apart =
    std::is_same_v<T, float> || !codec_test::every_policy || std::is_same_v<O, hf::overflow::Infinity> ||
    (std::is_same_v<T, hf::bfloat16> && std::is_same_v<O, hf::overflow::SaturateNanToZero>);

template <class T, class F>
void for_each_case(F f) {
  for_each_backend([&](auto backend) {
    for_each_rounding([&](auto rounding) {
      for_each_overflow([&](auto overflow) {
        if constexpr (tells_apart<decltype(overflow), T>) f(comparison<T>(backend, rounding, overflow));
      });
    });
  });
}

}  // namespace

TEST_CASE("which backends are tested") {
  const int usable = for_each_backend([](auto backend) {
    const std::string name = decltype(backend)::name;
    MESSAGE("testing ", name);
  });
  if (usable == 0) MESSAGE("this CPU runs none of the vector backends: nothing was tested");
}

TEST_CASE("every length, at every alignment") {
  const std::size_t step = codec_test::full_run() ? 1 : 7;
  for_each_type([&](auto type) {
    using T = decltype(type);
    const std::vector<T> numbers = elements<T>(finite_floats(600, 1));
    const auto check = [&](const Comparison<T>& compared) {
      for (std::size_t n = 0; n <= 300; ++n) {
        for (std::size_t offset = n % step; offset < 64; offset += step) {
          const hf::ScaleParams params{.scale = n % 2 == 0 ? 1.0f : 1.7f};
          const hf::PhiloxKey shifted{.seed = 3, .stream = n, .first_index = offset};
          const T* x = numbers.data() + (offset * 5) % 64;
          const std::string what = difference(compared, x, n, params, shifted, offset);
          REQUIRE_MESSAGE(what.empty(), what);
        }
      }
    };
    for_each_backend([&](auto backend) {
      for_each_rounding([&](auto rounding) { check(comparison<T>(backend, rounding, hf::overflow::Infinity{})); });
      for (std::size_t n = 0; n <= 300; ++n) REQUIRE(measures_alike<decltype(backend)>(numbers.data() + n, n));
    });
  });
}

TEST_CASE("NaN or infinity at any position") {
  const std::uint32_t odd[] = {0x7F800000, 0xFF800000, 0x7FC00000, 0x7F800001, 0xFFFFFFFF};
  for_each_type([&](auto type) {
    using T = decltype(type);
    for (const std::size_t n : {std::size_t{200}, std::size_t{9000}}) {
      std::vector<T> x = elements<T>(finite_floats(n, 2));
      for (std::size_t at = 0; at < n; at += n == 200 ? 1 : 997) {
        const T before = x[at];
        if constexpr (sizeof(T) == 4) {
          x[at] = std::bit_cast<float>(odd[at % 5]);
        } else {
          const bool half = std::is_same_v<T, hf::binary16>;
          x[at] = T::from_bits(static_cast<std::uint16_t>((at % 2) << 15 | (half ? 0x7C00u : 0x7F80u) | at % 3));
        }
        const auto check = [&](const Comparison<T>& compared) {
          for (const float scale : {1.0f, 0.3f}) {
            const std::string what = difference(compared, x.data(), n, {.scale = scale}, key);
            REQUIRE_MESSAGE(what.empty(), what);
          }
        };
        for_each_backend([&](auto backend) {
          check(comparison<T>(backend, hf::rounding::TiesAway{}, TestedOverflow<hf::overflow::Saturate>{}));
          check(comparison<T>(backend, TestedRounding<hf::rounding::TowardZero>{}, hf::overflow::Infinity{}));
          check(comparison<T>(backend, hf::rounding::Hybrid{}, TestedOverflow<hf::overflow::SaturateNanToZero>{}));
          check(comparison<T>(backend, hf::rounding::Stochastic{}, hf::overflow::Infinity{}));
          REQUIRE(measures_alike<decltype(backend)>(x.data(), n));
        });
        x[at] = before;
      }
    }
  });
}

TEST_CASE("decode: every code at every position, every length, every type, scaled and not") {
  std::vector<std::uint8_t> codes(3 * 256 + 300);
  for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = static_cast<std::uint8_t>(i * 37);
  std::vector<std::uint8_t> finite;
  for (const std::uint8_t code : codes) {
    if (code != hf::format::nan && !hf::format::is_infinite(code)) finite.push_back(code);
  }
  for_each_type([&](auto type) {
    using T = decltype(type);
    for_each_backend([&](auto backend) {
      using B = decltype(backend);
      for (const float scale : {1.0f, 0.5f, 3.7f, 0x1p126f, 0x1p-126f, 0x1.8p-120f, 0x1.1p-14f}) {
        for (std::size_t n = 0; n <= 300; n += scale == 3.7f ? 1 : 50) {
          REQUIRE(decodes_alike<B, T>(codes.data() + n, n, scale));
          REQUIRE(decodes_alike<B, T>(finite.data() + n, n, scale));
        }
        REQUIRE(decodes_alike<B, T>(codes.data(), codes.size(), scale));
        REQUIRE(decodes_alike<B, T>(finite.data(), finite.size(), scale));
      }
    });
  });
}

TEST_CASE("every code is counted under its exponent, at every length") {
  std::mt19937 random(4);
  std::vector<std::uint8_t> codes(40000);
  for (std::uint8_t& code : codes) code = static_cast<std::uint8_t>(random());
  for_each_backend([&](auto backend) {
    for (std::size_t n = 0; n <= codes.size(); n += n < 300 ? 1 : n < 5000 ? 97 : 4999) {
      std::array<std::uint64_t, hf::detail::exponent_classes> counts{}, expected{};
      decltype(backend)::count_exponents(codes.data() + n % 3, n - n % 3, counts.data());
      for (std::size_t i = n % 3; i < n; ++i) {
        const hf::format::Fields fields = hf::format::fields(codes[i]);
        std::size_t at = 39;  // zero and NaN
        if (fields.kind == hf::format::Kind::Infinite) at = 7;
        for (std::size_t k = 0; k < 39 && at == 39 && fields.kind != hf::format::Kind::Zero; ++k) {
          if (k != 7 && hf::detail::exponent_class.exponent[k] == fields.exponent) at = k;
        }
        if (fields.kind == hf::format::Kind::NaN) at = 39;
        ++expected[at];
      }
      CHECK(counts == expected);
    }
  });
}

TEST_CASE("fake_quantize from any type to any other") {
  const std::vector<float> numbers = finite_floats(1000, 3);
  for_each_type([&](auto from) {
    using T = decltype(from);
    const std::vector<T> x = elements<T>(numbers);
    for_each_type([&](auto to) {
      using U = decltype(to);
      for_each_backend([&](auto backend) {
        using B = decltype(backend);
        for (const float scale : {1.0f, 3.7f, 0x1p-100f, 0x1p120f}) {
          const auto alike = [&](auto rounding, auto overflow) {
            return fake_quantizes_alike<B, decltype(rounding), decltype(overflow), U>(x.data(), x.size(),
                                                                                      {.scale = scale});
          };
          CHECK(alike(hf::rounding::TiesAway{}, TestedOverflow<hf::overflow::Saturate>{}));
          CHECK(alike(hf::rounding::TiesEven{}, hf::overflow::Infinity{}));
        }
      });
    });
  });
}

TEST_CASE("nothing outside is read or written") {
  const GuardedPages input, output;
  for_each_type([&](auto type) {
    using T = decltype(type);
    const std::vector<T> numbers = elements<T>(finite_floats(300, 5));
    for_each_backend([&](auto backend) {
      using B = decltype(backend);
      const auto check = [&](const auto& kernels, bool at_end, std::size_t n) {
        const detail::KernelParams params(hf::ScaleParams{.scale = n % 3 == 0 ? 1.0f : 0.7f});
        T* x = input.place<T>(n, at_end);
        std::copy_n(numbers.data(), n, x);
        auto* codes = output.place<std::uint8_t>(n, at_end);
        kernels.encode(x, codes, n, params);
        kernels.quantize(x, codes, n, params);
        kernels.fake_quantize(x, output.place<T>(n, at_end), n, params);
        auto* same_codes = input.place<std::uint8_t>(n, at_end);
        B::decode(same_codes, output.place<T>(n, at_end), n, params);
        return measures_alike<B>(x, n);
      };
      using O = TestedOverflow<hf::overflow::SaturateNanToZero>;
      const auto ties_away = comparison<T>(backend, hf::rounding::TiesAway{}, O{});
      const auto hybrid = comparison<T>(backend, hf::rounding::Hybrid{}, O{});
      for (std::size_t n = 0; n <= 300; ++n) {
        for (const bool at_end : {false, true}) {
          REQUIRE(check(ties_away.tested, at_end, n));
          REQUIRE(check(hybrid.tested, at_end, n));
        }
      }
    });
  });
}

TEST_CASE("random bits do not depend on where a call begins") {
  const std::vector<float> x = finite_floats(10000, 4);
  for_each_backend([&](auto backend) {
    const auto compared = comparison<float>(backend, hf::rounding::Stochastic{}, hf::overflow::Infinity{});
    for (const std::uint64_t first : {0ull, 1ull, 7ull, 4095ull, (1ull << 35) - 3, ~0ull - 20000, ~0ull - 3}) {
      const hf::PhiloxKey shifted{.seed = 0x123456789ABCDEF0, .stream = 0xFEDCBA9876543210, .first_index = first};
      const std::string what = difference(compared, x.data(), x.size(), {}, shifted);
      CHECK_MESSAGE(what.empty(), what);
    }
  });
}

TEST_CASE("every boundary, by policy and type, scaled and not, clamped and not") {
  for_each_type([](auto type) {
    using T = decltype(type);
    const std::vector<T> x = boundaries<T>(true);
    const std::vector<T> with_specials = boundaries<T>(false);
    for_each_case<T>([&](const Comparison<T>& compared) {
      for (const float scale : {1.0f, 2.0f, 0x1p-9f, 3.7f, 0x1.fffffep-1f, 0x1p126f, 0x1p-126f, 0x1.234568p100f}) {
        for (const float clamp : {inf, 32768.0f, 15.0f, 0x1p-22f}) {
          if (clamp < 32768.0f && scale != 1.0f && scale != 3.7f) continue;
          const std::string what = difference(compared, x.data(), x.size(), {.scale = scale, .clamp = clamp}, key);
          CHECK_MESSAGE(what.empty(), what);
        }
      }
      const std::string what = difference(compared, with_specials.data(), with_specials.size(), {.scale = 3.7f}, key);
      CHECK_MESSAGE(what.empty(), what);
    });
  });
}
