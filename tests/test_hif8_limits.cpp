// numeric_limits against what the golden table says, and hash.

#include "model/golden_codes.hpp"

#include <hifloat/limits.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <unordered_map>
#include <unordered_set>

namespace test_hif8_limits {
namespace {

namespace hf = hifloat;
using hf::hif8;
using hf::hif8_t;
using Limits = std::numeric_limits<hif8_t>;

static_assert(Limits::is_specialized && Limits::is_signed && !Limits::is_integer && !Limits::is_exact);
static_assert(!Limits::is_iec559 && Limits::is_bounded && !Limits::is_modulo && !Limits::traps);
static_assert(Limits::has_infinity && Limits::has_quiet_NaN && !Limits::has_signaling_NaN && !Limits::tinyness_before);
static_assert(Limits::radix == 2 && Limits::digits == 4 && Limits::digits10 == 0 && Limits::max_digits10 == 3);
static_assert(Limits::min_exponent == -14 && Limits::max_exponent == 16);
static_assert(Limits::min_exponent10 == -4 && Limits::max_exponent10 == 4);
static_assert(Limits::min().bits() == 0x7E && Limits::max().bits() == 0x6E && Limits::lowest().bits() == 0xEE);
static_assert(Limits::denorm_min().bits() == 0x01 && Limits::epsilon().bits() == 0x38);
static_assert(Limits::infinity().bits() == 0x6F && Limits::quiet_NaN().bits() == 0x80);
static_assert(Limits::round_error() == hif8_t{0.5f});
static_assert(std::numeric_limits<const hif8_t>::digits == 4 && std::numeric_limits<volatile hif8_t>::is_specialized);

template <class Rounding>
constexpr std::float_round_style style = std::numeric_limits<hif8<Rounding, hf::overflow::Infinity>>::round_style;
static_assert(style<hf::rounding::TiesAway> == std::round_to_nearest);
static_assert(style<hf::rounding::TiesEven> == std::round_to_nearest);
static_assert(style<hf::rounding::TowardZero> == std::round_toward_zero);
static_assert(style<hf::rounding::Hybrid> == std::round_indeterminate);
static_assert(style<hf::rounding::SimplifiedStochastic> == std::round_indeterminate);
static_assert(style<hf::rounding::Stochastic> == std::round_indeterminate);
static_assert(static_cast<float>(std::numeric_limits<hif8<hf::rounding::TowardZero>>::round_error()) == 1.0f);

hif8_t of(int code) { return hif8_t::from_bits(static_cast<std::uint8_t>(code)); }

}  // namespace

TEST_CASE("the named numbers are what the golden table has") {
  double max = 0.0;
  double min_normal = 1.0;
  double min_positive = 1.0;
  double above_one = 2.0;
  for (const double x : golden::hif8_codes()) {
    if (!std::isfinite(x)) continue;
    if (x > max) max = x;
    if (x > 0.0 && x < min_positive) min_positive = x;
    if (x >= 0x1p-15 && x < min_normal) min_normal = x;
    if (x > 1.0 && x < above_one) above_one = x;
  }
  CHECK(static_cast<double>(Limits::max()) == max);
  CHECK(static_cast<double>(Limits::lowest()) == -max);
  CHECK(static_cast<double>(Limits::min()) == min_normal);
  CHECK(static_cast<double>(Limits::denorm_min()) == min_positive);
  CHECK(static_cast<double>(Limits::epsilon()) == above_one - 1.0);
  CHECK(std::isinf(static_cast<double>(Limits::infinity())));
  CHECK(std::isnan(static_cast<double>(Limits::quiet_NaN())));
}

TEST_CASE("the exponents are those of max and min") {
  CHECK(std::ldexp(0.5, Limits::max_exponent) == static_cast<double>(Limits::max()));
  CHECK(std::ldexp(0.5, Limits::min_exponent) == static_cast<double>(Limits::min()));
  CHECK(std::pow(10.0, Limits::max_exponent10) <= static_cast<double>(Limits::max()));
  CHECK(std::pow(10.0, Limits::max_exponent10 + 1) > static_cast<double>(Limits::max()));
  CHECK(std::pow(10.0, Limits::min_exponent10) >= static_cast<double>(Limits::min()));
  CHECK(std::pow(10.0, Limits::min_exponent10 - 1) < static_cast<double>(Limits::min()));
}

TEST_CASE("hash: the 256 codes have 256 hashes, NaN one that stays") {
  const std::hash<hif8_t> hash;
  std::set<std::size_t> hashes;
  for (int code = 0; code < 256; ++code) hashes.insert(hash(of(code)));
  CHECK(hashes.size() == 256);
  CHECK(hash(hif8_t{-0.0f}) == hash(hif8_t{0.0f}));
  CHECK(hash(hif8_t{std::numeric_limits<float>::quiet_NaN()}) ==
        hash(hif8_t{-std::numeric_limits<float>::quiet_NaN()}));
}

TEST_CASE("hash: unordered containers take every policy's numbers") {
  std::unordered_set<hif8_t> set{hif8_t{1.0f}, hif8_t{1.01f}, hif8_t{2.0f}};
  CHECK(set.size() == 2);
  CHECK(set.contains(hif8_t{1}));
  std::unordered_map<hif8<hf::rounding::Stochastic>, int> map;
  map[hif8<hf::rounding::Stochastic>::round(1.0f, 7)] = 3;
  CHECK(map.at(hif8<hf::rounding::Stochastic>::from_bits(0x08)) == 3);
}

}  // namespace test_hif8_limits
