// std::numeric_limits and std::hash of hif8.
#pragma once

#include <cstddef>
#include <limits>
#include <type_traits>
#include <typeindex>  // the cheapest header that declares std::hash

#include <hifloat/config.hpp>
#include <hifloat/format.hpp>
#include <hifloat/hif8.hpp>
#include <hifloat/rounding.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// floor(bits * log10(2)), for 0 <= bits <= 93: the decimal digits that so many bits hold.
[[nodiscard]] constexpr int decimal_digits(int bits) noexcept { return bits * 30103 / 100000; }

template <class Rounding>
inline constexpr bool rounds_to_nearest =
    std::is_same_v<Rounding, rounding::TiesAway> || std::is_same_v<Rounding, rounding::TiesEven>;

}  // namespace HIFLOAT_DETAIL_NAMESPACE

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"  // has_denorm, as of C++23
#endif

/// The properties of HiF8. Its precision tapers: `digits` (4) and what follows from it, digits10, max_digits10 and
/// epsilon(), hold for |E| <= 3 alone; a number has 3 digits where 4 <= |E| <= 7, 2 up to |E| = 15 and 1 below 2^-15.
/// hifloat::ulp has the step at a number. Infinity and NaN are codes of every hif8, whether or not its overflow policy
/// produces them.
template <class Rounding, class Overflow>
struct std::numeric_limits<hifloat::hif8<Rounding, Overflow>> {
 private:
  using Number = hifloat::hif8<Rounding, Overflow>;

 public:
  static constexpr bool is_specialized = true;
  static constexpr bool is_signed = true;
  static constexpr bool is_integer = false;
  static constexpr bool is_exact = false;
  static constexpr bool is_iec559 = false;
  static constexpr bool is_bounded = true;
  static constexpr bool is_modulo = false;
  static constexpr bool has_infinity = true;
  static constexpr bool has_quiet_NaN = true;
  static constexpr bool has_signaling_NaN = false;
  static constexpr std::float_denorm_style has_denorm = std::denorm_present;
  static constexpr bool has_denorm_loss = false;
  static constexpr bool traps = false;
  static constexpr bool tinyness_before = false;
  /// Indeterminate for the policies that are not one of the standard's styles: Hybrid, SimplifiedStochastic, Stochastic
  /// and users' own.
  static constexpr std::float_round_style round_style =
      hifloat::detail::rounds_to_nearest<Rounding>              ? std::round_to_nearest
      : std::is_same_v<Rounding, hifloat::rounding::TowardZero> ? std::round_toward_zero
                                                                : std::round_indeterminate;

  static constexpr int radix = 2;
  static constexpr int digits = hifloat::format::mantissa_width(0) + 1;
  static constexpr int digits10 = hifloat::detail::decimal_digits(digits - 1);
  static constexpr int max_digits10 = hifloat::detail::decimal_digits(digits) + 2;
  static constexpr int min_exponent = hifloat::format::min_normal_exponent + 1;
  static constexpr int max_exponent = hifloat::format::max_exponent + 1;
  static constexpr int min_exponent10 = -hifloat::detail::decimal_digits(-hifloat::format::min_normal_exponent);
  static constexpr int max_exponent10 = hifloat::detail::decimal_digits(hifloat::format::max_exponent);

  // In parentheses, as wherever the two are called: <windows.h> may have macros of these names.
  /// The least positive normal number, 2^-15.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD static constexpr Number(min)() noexcept {
    return Number::from_bits(hifloat::format::min_normal);
  }
  /// The greatest finite number, 2^15.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD static constexpr Number(max)() noexcept {
    return Number::from_bits(hifloat::format::max);
  }
  /// The least finite number, -2^15.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD static constexpr Number lowest() noexcept {
    return Number::from_bits(hifloat::format::lowest);
  }
  /// The distance from 1 to the next number, 0.125.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD static constexpr Number epsilon() noexcept {
    return Number::from_bits(hifloat::format::epsilon);
  }
  /// The largest rounding error in ulps: 1/2 where the policy rounds to nearest, else 1.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD static constexpr Number round_error() noexcept {
    return Number::from_bits(hifloat::format::compose(hifloat::detail::rounds_to_nearest<Rounding> ? -1 : 0, 0));
  }
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD static constexpr Number infinity() noexcept {
    return Number::from_bits(hifloat::format::infinity);
  }
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD static constexpr Number quiet_NaN() noexcept {
    return Number::from_bits(hifloat::format::nan);
  }
  /// There is none; this is the quiet one.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD static constexpr Number signaling_NaN() noexcept { return quiet_NaN(); }
  /// The least positive number, 2^-22.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD static constexpr Number denorm_min() noexcept {
    return Number::from_bits(hifloat::format::denorm_min);
  }
};

#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

/// Equal numbers have equal hashes: zero and NaN have one code each, so the code is the number.
template <class Rounding, class Overflow>
struct std::hash<hifloat::hif8<Rounding, Overflow>> {
  HIFLOAT_KEYED [[nodiscard]] constexpr std::size_t operator()(hifloat::hif8<Rounding, Overflow> x) const noexcept {
    return x.bits();
  }
};
