// Compile-time promises of the codec: every policy is usable in a constant expression, without exceptions, and random
// bits are an argument that must be given where they are used and cannot be given where they are not.

#include "model/codec_under_test.hpp"

#include <doctest/doctest.h>

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace test_codec_constexpr {
namespace {

namespace rounding = hifloat::rounding;
namespace overflow = hifloat::overflow;
using hifloat::bfloat16;
using hifloat::binary16;
using hifloat::encode;

constexpr float infinity = std::numeric_limits<float>::infinity();

template <class R, class O, class Number>
concept encodes = requires(Number x) {
  { encode<R, O>(x) } -> std::same_as<std::uint8_t>;
};
template <class R, class O, class Number>
concept encodes_with_random = requires(Number x, std::uint16_t random) {
  { encode<R, O>(x, random) } -> std::same_as<std::uint8_t>;
};

template <class R, class O, class Number>
consteval bool signature_holds() {
  if constexpr (std::is_same_v<R, rounding::Stochastic>) {
    return encodes_with_random<R, O, Number> &&
           !encodes<R, O, Number>&& noexcept(encode<R, O>(Number{}, std::uint16_t{}));
  } else {
    return encodes<R, O, Number> && !encodes_with_random<R, O, Number>&& noexcept(encode<R, O>(Number{}));
  }
}

// Every pair of policies, from every kind of source, evaluated by the compiler.
consteval bool every_policy_is_constexpr() {
  bool good = true;
  codec_test::for_each_policy([&](auto r, auto o) {
    using R = typename decltype(r)::library;
    using O = typename decltype(o)::library;
    good = good && signature_holds<R, O, float>() && signature_holds<R, O, double>() &&
           signature_holds<R, O, bfloat16>() && signature_holds<R, O, binary16>();
    // SSR alone rounds an exact binary32 up.
    const int one = r.expected == model::Rounding::SimplifiedStochastic ? 0x09 : 0x08;
    good = good && codec_test::encode(r, o, 1.0f) == one && codec_test::encode(r, o, -1.0) == (one | 0x80);
    good = good && codec_test::encode(r, o, bfloat16::from_bits(0x3F80), std::uint16_t{0xFFFF}) == 0x08;
    good = good && codec_test::encode(r, o, binary16::from_bits(0xBC00), std::uint16_t{0xFFFF}) == 0x88;
    good = good && codec_test::encode(r, o, -0.0f) == 0x00;
    const bool keeps_infinity = o.expected == model::Overflow::Infinity;
    good = good && codec_test::encode(r, o, -infinity) == (keeps_infinity ? 0xEF : 0xEE);
    good = good && codec_test::encode(r, o, 1e30f) ==
                       (keeps_infinity && r.expected != model::Rounding::TowardZero ? 0x6F : 0x6E);
    const bool keeps_nan = o.expected != model::Overflow::SaturateNanToZero;
    good = good && codec_test::encode(r, o, std::numeric_limits<float>::quiet_NaN()) == (keeps_nan ? 0x80 : 0x00);
  });
  return good;
}

static_assert(every_policy_is_constexpr());

// The rules tell these apart at 17 (W = 2, a tie at 18) and at 40960.
static_assert(encode<rounding::TiesAway, overflow::Saturate>(18.0f) == 0x41);
static_assert(encode<rounding::TiesEven, overflow::Saturate>(18.0f) == 0x40);
static_assert(encode<rounding::TowardZero, overflow::Saturate>(19.5f) == 0x40);
static_assert(encode<rounding::Hybrid, overflow::Saturate>(16.0f) == 0x41);
static_assert(encode<rounding::SimplifiedStochastic, overflow::Saturate>(1.0f + 0x1p-9f) == 0x09);
static_assert(encode<rounding::Stochastic, overflow::Saturate>(17.0f, std::uint16_t{0xBFFF}) == 0x40);
static_assert(encode<rounding::Stochastic, overflow::Saturate>(17.0f, std::uint16_t{0xC000}) == 0x41);
static_assert(encode<rounding::TiesAway, overflow::Infinity>(40960.0f) == 0x6F);
static_assert(encode<rounding::TiesEven, overflow::Infinity>(40960.0f) == 0x6E);
static_assert(encode<rounding::TowardZero, overflow::Infinity>(1e38f) == 0x6E);

// The defaults are TiesAway and Saturate.
static_assert(encode(18.0f) == 0x41 && encode(40960.0f) == 0x6E && encode(infinity) == 0x6E);
static_assert(encode<rounding::TiesEven>(infinity) == 0x6E);
static_assert(encode(18) == 0x41 && encode(40960) == 0x6E);
static_assert(encode<rounding::Stochastic>(infinity, std::uint16_t{0}) == 0x6E);

// A user's policy sees whether anything is cut off, however small.
struct AwayFromZero : rounding::TiesAway {
  static constexpr bool rounds_up(const rounding::Truncated& t) noexcept { return t.discarded != 0; }
};
static_assert(encode<AwayFromZero>(0.0f) == 0x00 && encode<AwayFromZero>(16.0f) == 0x40);
static_assert(encode<AwayFromZero>(0x1p-149f) == 0x01 && encode<AwayFromZero>(-0x1p-126f) == 0x81);

static_assert(noexcept(hifloat::decode(std::uint8_t{})));
static_assert(std::same_as<decltype(hifloat::decode(std::uint8_t{})), float>);
static_assert(hifloat::decode(0x00) == 0.0f && hifloat::decode(0x01) == 0x1p-22f && hifloat::decode(0x6E) == 32768.0f);
static_assert(hifloat::decode(0x6F) == infinity && hifloat::decode(0xEF) == -infinity);
static_assert(hifloat::decode(0x80) != hifloat::decode(0x80));

constexpr std::array<float, 256> decoded = [] {
  std::array<float, 256> values{};
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = hifloat::decode(static_cast<std::uint8_t>(i));
  return values;
}();

}  // namespace

TEST_CASE("decoding at compile time gives the same bits as at run time") {
  for (std::size_t i = 0; i < decoded.size(); ++i) {
    volatile auto code = static_cast<std::uint8_t>(i);
    CHECK(std::bit_cast<std::uint32_t>(decoded[i]) == std::bit_cast<std::uint32_t>(hifloat::decode(code)));
  }
}

}  // namespace test_codec_constexpr
