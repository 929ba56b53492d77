// Text: to_chars, from_chars, stream output, and a view of the fields.
#pragma once

#include <charconv>
#include <cstdint>
#include <iosfwd>
#include <system_error>
#include <type_traits>

#include <hifloat/arithmetic.hpp>
#include <hifloat/config.hpp>
#include <hifloat/decimal.hpp>
#include <hifloat/format.hpp>
#include <hifloat/hif8.hpp>
#include <hifloat/rounding.hpp>
#include <hifloat/shortest_decimal.hpp>
#include <hifloat/small_text.hpp>

namespace HIFLOAT_FUNCTION_NAMESPACE {

/// The number as text; see to_chars.
template <class R, class O>
[[nodiscard]] constexpr SmallText to_text(hif8<R, O> x) noexcept {
  // Policies that cannot read text are written for ties away.
  using Reader = std::conditional_t<ArithmeticRounding<R>, R, rounding::TiesAway>;
  SmallText text;
  const std::uint8_t code = x.bits();
  if (format::is_nan(code)) return text += "nan";
  if (detail::is_negative(code)) text += '-';
  if (format::is_infinite(code)) return text += "inf";
  if (code == format::zero) return text += '0';
  detail::append<Reader>(text, static_cast<std::uint8_t>(code & ~format::sign_bit));
  return text;
}

/// Writes the shortest decimal that from_chars takes back to the same code: 1.5, 0.19, 2e-07, 32768, inf, -inf, nan.
///
/// Shortest is meant as by std::to_chars: fewest digits after the point, then nearest to the value, in the style of %f
/// or, where shorter, %e. So integers are written out, and fractions only as far as the type can tell them apart:
/// 0.1875 is 0.19, and 0.2 under TowardZero, which takes all of [0.1875, 0.203125) for it. static_cast<float>(x) has
/// every digit of the value. For the policies that cannot read text it is TiesAway's.
///
/// Returns {end of the text, {}}, or {last, std::errc::value_too_large} where it does not fit; then the range's
/// contents are unspecified. At most `SmallText::capacity` characters; no null character follows.
template <class R, class O>
constexpr std::to_chars_result to_chars(char* first, char* last, hif8<R, O> x) noexcept {
  for (const char c : to_text(x)) {
    if (first == last) return {last, std::errc::value_too_large};
    *first++ = c;
  }
  return {first, std::errc{}};
}

/// Reads a number as std::from_chars does for float (no leading space, '+' or 0x; hexadecimal with chars_format::hex;
/// inf, infinity and nan in any case) and rounds it once, straight from the text, by the type's policies. Any number of
/// digits and any exponent.
///
/// What lies outside the range is not an error, since HiF8 says what stands for it: 1e9 is 2^15 or infinity, 1e-9 is 0,
/// as converted from float; "inf" and "nan" likewise become what the overflow policy says. So every finite code returns
/// from to_chars under every policy, and all 256 under overflow::Infinity.
///
/// Returns {end of the number, {}}. Where no number begins at `first`: {first, std::errc::invalid_argument}, and x is
/// unchanged.
template <class R, class O>
  requires ArithmeticRounding<R>
constexpr std::from_chars_result from_chars(const char* first, const char* last, hif8<R, O>& x,
                                            std::chars_format format = std::chars_format::general) noexcept {
  const detail::ReadNumber number = detail::read_number(first, last, format);
  if (number.end == nullptr) return {first, std::errc::invalid_argument};
  x = detail::rounded<R, O>(number.bits);
  return {number.end, std::errc{}};
}

/// The bits field by field, sign|dot|exponent|mantissa, the exponent's sign apart from its bits: 6 is 0|01|0 0|100. A
/// field without bits is empty. Denormals have their three bits in the last one: 2^-22 is 0|0000||001. Zero, NaN and
/// infinity show their bit patterns.
template <class R, class O>
[[nodiscard]] constexpr SmallText fields_text(hif8<R, O> x) noexcept {
  const format::Fields f = format::fields(x.bits());
  const int widths[] = {1, f.dot_bits, f.exponent_bits, 7 - f.dot_bits - f.exponent_bits};
  int bit = 8;
  SmallText text;
  for (int field = 0; field < 4; ++field) {
    if (field > 0) text += '|';
    for (int i = 0; i < widths[field]; ++i) {
      if (field == 2 && i == 1) text += ' ';
      text += (x.bits() >> --bit & 1) != 0 ? '1' : '0';
    }
  }
  return text;
}

/// Writes to_text(x) as a string is written: with the stream's width, fill and alignment. Precision and the number
/// styles have no effect.
template <class Character, class Traits, class R, class O>
std::basic_ostream<Character, Traits>& operator<<(std::basic_ostream<Character, Traits>& out, hif8<R, O> x) {
  return out << to_text(x);
}

}  // namespace HIFLOAT_FUNCTION_NAMESPACE
