// Text: to_chars, from_chars, stream output, and a view of the fields.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string_view>
#include <system_error>
#include <type_traits>

#include <hifloat/arithmetic.hpp>
#include <hifloat/codec.hpp>
#include <hifloat/config.hpp>
#include <hifloat/decimal.hpp>
#include <hifloat/exact.hpp>
#include <hifloat/format.hpp>
#include <hifloat/hif8.hpp>
#include <hifloat/rounding.hpp>

namespace HIFLOAT_NAMESPACE {

/// A few characters in place, without allocation; ends with a null character.
class SmallText {
 public:
  static constexpr std::size_t capacity = 31;  ///< characters, without the null

  /// Empty.
  HIFLOAT_KEYED constexpr SmallText() = default;

  HIFLOAT_KEYED [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }  ///< in characters
  /// size() characters and a null.
  HIFLOAT_KEYED [[nodiscard]] constexpr const char* data() const noexcept { return characters_; }
  HIFLOAT_KEYED [[nodiscard]] constexpr const char* c_str() const noexcept { return characters_; }  ///< the same
  /// The first character.
  HIFLOAT_KEYED [[nodiscard]] constexpr const char* begin() const noexcept { return characters_; }
  /// Behind the last, where the null is.
  HIFLOAT_KEYED [[nodiscard]] constexpr const char* end() const noexcept { return characters_ + size_; }
  /// Good while this object lives.
  HIFLOAT_KEYED constexpr operator std::string_view() const noexcept { return {characters_, size_}; }

  /// Appends; at most `capacity` characters in all, which is not checked.
  /// @{
  HIFLOAT_KEYED constexpr SmallText& operator+=(char c) noexcept {
    characters_[size_++] = c;
    return *this;
  }
  HIFLOAT_KEYED constexpr SmallText& operator+=(std::string_view text) noexcept {
    for (const char c : text) *this += c;
    return *this;
  }
  /// @}

 private:
  char characters_[capacity + 1] = {};
  std::size_t size_ = 0;
};

}  // namespace HIFLOAT_NAMESPACE

namespace HIFLOAT_DETAIL_NAMESPACE {

/// A number as `digits` * 10^-decimals.
struct ShortDecimal {
  std::uint64_t digits;
  int decimals;
};

template <class R>
[[nodiscard]] constexpr bool reads_back(ShortDecimal x, std::uint8_t magnitude_code) noexcept {
  Decimal number;
  std::int64_t weight = -x.decimals;
  for (std::uint64_t rest = x.digits; rest != 0; rest /= 10) number.add(static_cast<unsigned>(rest % 10), weight++);
  return round_magnitude<R>(round_to_odd(number.exact(false)), 0, 0) == magnitude_code;
}

enum class Style { Fixed, Scientific };

/// The decimal with the fewest digits that rounds to this code, which is that of a positive finite number; of two, the
/// nearer. Fixed counts digits after the point, and so may be 0.1 for 0.094; Scientific counts from the first digit of
/// the value itself.
template <class R>
[[nodiscard]] constexpr ShortDecimal shortest_decimal(std::uint8_t code, Style style) noexcept {
  const Exact x = exact_of(code);
  if (x.exponent >= 0) return {x.magnitude << x.exponent, 0};
  std::uint64_t scaled = x.magnitude;  // x * 10^decimals is scaled * 2^(exponent + decimals); 15 * 5^22 has 56 bits
  for (int decimals = 0;; ++decimals, scaled *= 5) {
    const int shift = -x.exponent - decimals;
    if (shift == 0) return {scaled, decimals};  // exact
    const std::uint64_t below = scaled >> shift;
    if (style == Style::Scientific && below == 0) continue;
    const std::uint64_t rest = scaled & ((std::uint64_t{1} << shift) - 1);
    const std::uint64_t half = std::uint64_t{1} << (shift - 1);
    const bool above_is_nearer = rest > half || (rest == half && (below & 1) != 0);
    const ShortDecimal nearer{below + (above_is_nearer ? 1 : 0), decimals};
    const ShortDecimal farther{below + (above_is_nearer ? 0 : 1), decimals};
    if (reads_back<R>(nearer, code)) return nearer;
    if (reads_back<R>(farther, code)) return farther;
  }
}

/// The digits of a decimal, the first one first.
struct DigitText {
  char digits[20] = {};
  int count = 0;
  int point = 0;  ///< digits before the point; negative for zeros behind it

  explicit constexpr DigitText(ShortDecimal x) noexcept {
    std::uint64_t power = 1;
    for (std::uint64_t rest = x.digits; rest >= 10; rest /= 10) power *= 10;
    for (std::uint64_t rest = x.digits; power != 0; rest %= power, power /= 10) {
      digits[count++] = static_cast<char>('0' + rest / power);
    }
    point = count - x.decimals;
    while (count > point && digits[count - 1] == '0') --count;  // 10e-06 is 1e-05
  }
};

/// A positive finite number in the style of %f, or of %e where that is shorter, as only numbers below 1 can be.
template <class R>
constexpr void append(SmallText& text, std::uint8_t code) noexcept {
  const DigitText fixed(shortest_decimal<R>(code, Style::Fixed));
  const DigitText scientific(shortest_decimal<R>(code, Style::Scientific));
  const int fixed_size =
      fixed.point > 0 ? fixed.count + (fixed.count > fixed.point ? 1 : 0) : fixed.count + 2 - fixed.point;
  const int scientific_size = scientific.count + (scientific.count > 1 ? 1 : 0) + 4;
  if (fixed_size <= scientific_size) {
    for (int i = fixed.point < 1 ? fixed.point - 1 : 0; i < fixed.count; ++i) {
      if (i == fixed.point) text += '.';
      text += i < 0 ? '0' : fixed.digits[i];
    }
    return;
  }
  for (int i = 0; i < scientific.count; ++i) {
    if (i == 1) text += '.';
    text += scientific.digits[i];
  }
  const int exponent = 1 - scientific.point;
  text += "e-";
  text += static_cast<char>('0' + exponent / 10);
  text += static_cast<char>('0' + exponent % 10);
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

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

/// As a string.
template <class Character, class Traits>
std::basic_ostream<Character, Traits>& operator<<(std::basic_ostream<Character, Traits>& out, const SmallText& text) {
  return out << text.c_str();
}

/// Writes to_text(x) as a string is written: with the stream's width, fill and alignment. Precision and the number
/// styles have no effect.
template <class Character, class Traits, class R, class O>
std::basic_ostream<Character, Traits>& operator<<(std::basic_ostream<Character, Traits>& out, hif8<R, O> x) {
  return out << to_text(x);
}

}  // namespace HIFLOAT_FUNCTION_NAMESPACE
