// The text of a number, read exactly: decimal or hexadecimal, of any length.
#pragma once

#include <charconv>
#include <cstdint>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/exact.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// A nonnegative decimal number, digit by digit, as far as HiF8 can tell numbers apart.
///
/// Every value and every midpoint of HiF8 is a multiple of 2^-23, and 24 significant bits at the smallest value reach
/// down to 2^-47. A multiple of 2^-47 has at most 47 digits after the point, so 48 digits and the knowledge whether
/// others follow decide any comparison with one.
class Decimal {
 public:
  /// Adds digit * 10^weight. Each weight at most once.
  constexpr void add(unsigned digit, std::int64_t weight) noexcept {
    if (digit == 0) return;
    if (weight > top_weight) {
      huge_ = true;
    } else if (weight <= top_weight - digit_count) {
      beyond_ = true;
    } else {
      digits_[top_weight - weight] = static_cast<std::uint8_t>(digit);
    }
  }

  /// The number as a multiple of 2^-47, sticky where that cuts something off.
  [[nodiscard]] constexpr Exact exact(bool negative) const noexcept {
    if (huge_) return {negative, 1, 64, true};  // 10^5 or more: past every boundary of HiF8
    std::uint64_t result = horner(0, whole_digits);
    std::uint64_t limbs[3] = {};  // the fraction in base 10^16
    for (int i = 0; i < 3; ++i) limbs[i] = horner(whole_digits + i * limb_digits, limb_digits);
    for (int left = fraction_bits; left > 0; left -= 10) {
      const int step = left < 10 ? left : 10;  // limb * 2^10 fits in 64 bits
      std::uint64_t carry = 0;
      for (int i = 2; i >= 0; --i) {
        const std::uint64_t scaled = (limbs[i] << step) + carry;
        limbs[i] = scaled % limb_base;
        carry = scaled / limb_base;
      }
      result = result << step | carry;
    }
    const bool rest = beyond_ || limbs[0] != 0 || limbs[1] != 0 || limbs[2] != 0;
    return {negative, result, -fraction_bits, rest};
  }

 private:
  static constexpr int whole_digits = 5;  // 99999 lies past the largest value, and 99999 * 2^47 fits in 64 bits
  static constexpr int limb_digits = 16;
  static constexpr std::uint64_t limb_base = 10'000'000'000'000'000;
  static constexpr int digit_count = whole_digits + 3 * limb_digits;
  static constexpr int top_weight = whole_digits - 1;
  static constexpr int fraction_bits = 47;

  [[nodiscard]] constexpr std::uint64_t horner(int first, int count) const noexcept {
    std::uint64_t sum = 0;
    for (int i = first; i < first + count; ++i) sum = sum * 10 + digits_[i];
    return sum;
  }

  std::uint8_t digits_[digit_count] = {};  // first of all that of 10^4
  bool huge_ = false;
  bool beyond_ = false;
};

/// What was read: the number as binary32 bits, rounded to odd where binary32 does not have it, and where its text
/// ends. `end` is null where there is no number.
struct ReadNumber {
  const char* end = nullptr;
  std::uint32_t bits = 0;
};

[[nodiscard]] constexpr char lower_case(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// The value of a digit, or 16 for any other character.
[[nodiscard]] constexpr unsigned digit_value(char c) noexcept {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  const char lower = lower_case(c);
  return lower >= 'a' && lower <= 'f' ? static_cast<unsigned>(lower - 'a') + 10 : 16;
}

/// Where `word` ends that begins at `p`, in either case; null where something else does.
[[nodiscard]] constexpr const char* skip_word(const char* p, const char* last, const char* word) noexcept {
  for (; *word != '\0'; ++word, ++p) {
    if (p == last || lower_case(*p) != *word) return nullptr;
  }
  return p;
}

/// "inf", "infinity", "nan", "nan(letters, digits, underscores)".
[[nodiscard]] constexpr ReadNumber read_special(const char* p, const char* last, std::uint32_t sign) noexcept {
  if (const char* inf = skip_word(p, last, "inf")) {
    const char* infinity = skip_word(inf, last, "inity");
    return {infinity != nullptr ? infinity : inf, sign | binary32::infinity};
  }
  const char* nan = skip_word(p, last, "nan");
  if (nan == nullptr || nan == last || *nan != '(') return {nan, binary32::quiet_nan};
  const char* q = nan + 1;
  while (q != last && (*q == '_' || (*q >= '0' && *q <= '9') || (lower_case(*q) >= 'a' && lower_case(*q) <= 'z'))) ++q;
  return {q != last && *q == ')' ? q + 1 : nan, binary32::quiet_nan};
}

/// The digits of a number: where they are, and the weight of the first one as a power of the base.
struct Digits {
  const char* first;
  const char* last;
  std::int64_t weight;
};

[[nodiscard]] constexpr Exact exact_of_decimal(Digits digits, std::int64_t exponent, bool negative) noexcept {
  Decimal number;
  std::int64_t weight = digits.weight + exponent;
  for (const char* p = digits.first; p != digits.last; ++p) {
    if (*p != '.') number.add(digit_value(*p), weight--);
  }
  return number.exact(negative);
}

[[nodiscard]] constexpr Exact exact_of_hexadecimal(Digits digits, std::int64_t exponent, bool negative) noexcept {
  Exact x{negative, 0, 0, false};
  std::int64_t weight = digits.weight + 1;  // of the last digit kept
  for (const char* p = digits.first; p != digits.last; ++p) {
    if (*p == '.') continue;
    if (x.magnitude >> 60 == 0) {
      x.magnitude = x.magnitude << 4 | digit_value(*p);
      --weight;
    } else {
      x.sticky |= digit_value(*p) != 0;
    }
  }
  const std::int64_t power = weight * 4 + exponent;
  constexpr std::int64_t limit = 1'000'000;  // far outside binary32, yet an int
  x.exponent = static_cast<int>(power < -limit ? -limit : power > limit ? limit : power);
  return x;
}

/// Reads a number as std::from_chars does: no leading space or '+', no "0x". The longest prefix that is a number
/// counts.
[[nodiscard]] constexpr ReadNumber read_number(const char* first, const char* last, std::chars_format format) noexcept {
  const bool hexadecimal = format == std::chars_format::hex;
  const bool scientific = (format & std::chars_format::scientific) == std::chars_format::scientific;
  const bool fixed = (format & std::chars_format::fixed) == std::chars_format::fixed;

  // 1. Sign and words.
  const bool negative = first != last && *first == '-';
  const char* p = negative ? first + 1 : first;
  const ReadNumber special = read_special(p, last, negative ? binary32::sign_mask : 0);
  if (special.end != nullptr) return special;

  // 2. Digits with at most one point among or around them.
  const unsigned base = hexadecimal ? 16 : 10;
  const char* const digits = p;
  const char* point = nullptr;
  for (; p != last; ++p) {
    if (*p == '.' && point == nullptr) {
      point = p;
    } else if (digit_value(*p) >= base) {
      break;
    }
  }
  if (p - digits == (point != nullptr ? 1 : 0)) return {};
  const Digits mantissa{digits, p, (point != nullptr ? point : p) - digits - 1};

  // 3. The exponent. A bound that no text's length reaches keeps it, and its tenfold, from overflowing.
  constexpr std::int64_t limit = 100'000'000'000'000'000;
  std::int64_t exponent = 0;
  bool has_exponent = false;
  if ((hexadecimal || scientific || !fixed) && p != last && lower_case(*p) == (hexadecimal ? 'p' : 'e')) {
    const char* q = p + 1;
    const bool below_one = q != last && *q == '-';
    if (q != last && (*q == '-' || *q == '+')) ++q;
    for (; q != last && digit_value(*q) < 10; ++q) {
      exponent = exponent * 10 + digit_value(*q);
      exponent = exponent < limit ? exponent : limit;
      has_exponent = true;
      p = q + 1;
    }
    if (below_one) exponent = -exponent;
  }
  if (scientific && !fixed && !has_exponent) return {};

  // 4. The value.
  const Exact x =
      hexadecimal ? exact_of_hexadecimal(mantissa, exponent, negative) : exact_of_decimal(mantissa, exponent, negative);
  return {p, round_to_odd(x)};
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
