// The text of a number, written: the decimal with the fewest digits that reads back.
#pragma once

#include <cstdint>

#include <hifloat/arithmetic.hpp>
#include <hifloat/codec.hpp>
#include <hifloat/config.hpp>
#include <hifloat/decimal.hpp>
#include <hifloat/exact.hpp>
#include <hifloat/small_text.hpp>

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
  int point = 0;  ///< digits before the point; negative for zeros after it

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
