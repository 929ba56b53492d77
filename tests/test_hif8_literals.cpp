// 1.5_hif8: what the compiler computes from a literal.

#include <hifloat/limits.hpp>
#include <hifloat/literals.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <type_traits>

namespace test_hif8_literals {
namespace {

using namespace hifloat::literals;
using hifloat::hif8_t;
using Limits = std::numeric_limits<hif8_t>;

static_assert(std::is_same_v<decltype(1.5_hif8), hif8_t>);
static_assert(1.5_hif8 == hif8_t{1.5f} && -1.5_hif8 == hif8_t{-1.5f});
static_assert(0_hif8 == hif8_t{} && 0.0_hif8 == hif8_t{} && 7_hif8 == hif8_t{7} && 9_hif8 == hif8_t{9});
static_assert(1._hif8 == hif8_t{1} && .5_hif8 == hif8_t{0.5f} && 00.5_hif8 == hif8_t{0.5f} && 09.0_hif8 == hif8_t{9});
static_assert(1e3_hif8 == hif8_t{1024} && 1.5E-3_hif8 == hif8_t{0.0015} && 2.5e+1_hif8 == hif8_t{24});

// Digit separators and hexadecimal numbers.
static_assert(32'768_hif8 == Limits::max() && 1'0.2'5_hif8 == hif8_t{10});
static_assert(0x1.8p3_hif8 == hif8_t{12} && 0X1P-22_hif8 == Limits::denorm_min() && 0x10_hif8 == hif8_t{16});
static_assert(0x1'0p-4_hif8 == hif8_t{1});

// One rounding: these are a tie, and on either side of it by less than a float or a double can say.
static_assert(1.0625_hif8 == hif8_t{1.125f});
static_assert(1.06249999999999999999999999999999999999999_hif8 == hif8_t{1.0f});
static_assert(1.06250000000000000000000000000000000000001_hif8 == hif8_t{1.125f});

// Outside the range it is what hif8_t makes of any number.
static_assert(1e9_hif8 == Limits::max() && 1e99999999999_hif8 == Limits::max() && -40960_hif8 == Limits::lowest());
static_assert(1e-9_hif8 == hif8_t{} && 1e-99999999999_hif8 == hif8_t{});

}  // namespace

TEST_CASE("literals are found through the library's namespace, too") {
  using namespace hifloat;
  CHECK((0.25_hif8).bits() == hif8_t{0.25f}.bits());
}

}  // namespace test_hif8_literals
