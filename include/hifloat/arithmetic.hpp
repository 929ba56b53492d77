// Arithmetic on codes: the exact result as binary32 bits, rounded to odd where it is finite, so that the rounding which
// makes a code of it is the only one.
#pragma once

#include <cstdint>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/exact.hpp>
#include <hifloat/format.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// Whether the code has its sign bit, as NaN has too.
[[nodiscard]] HIFLOAT_HD constexpr bool is_negative(std::uint8_t code) noexcept {
  return (code & format::sign_bit) != 0;
}
/// 0 and NaN stay what they are.
[[nodiscard]] HIFLOAT_HD constexpr std::uint8_t negate(std::uint8_t code) noexcept {
  const bool has_no_sign = code == format::zero || code == format::nan;
  return has_no_sign ? code : static_cast<std::uint8_t>(code ^ format::sign_bit);
}

/// A finite magnitude as integer times power of two.
struct Scaled {
  std::uint8_t integer;
  std::int8_t exponent;
};
[[nodiscard]] HIFLOAT_HD constexpr Scaled compute_scaled(std::uint8_t code) noexcept {
  const format::Fields f = format::fields(code);
  if (f.kind == format::Kind::Zero || f.kind == format::Kind::NaN) return {};
  return {static_cast<std::uint8_t>(1u << f.mantissa_bits | f.mantissa),
          static_cast<std::int8_t>(f.exponent - f.mantissa_bits)};
}

struct ScaledTable {
  Scaled scaled[256];
};
inline constexpr ScaledTable scaled_table = [] {
  ScaledTable table{};
  for (unsigned code = 0; code < 256; ++code) table.scaled[code] = compute_scaled(static_cast<std::uint8_t>(code));
  return table;
}();

/// The value of a finite code.
[[nodiscard]] HIFLOAT_HD constexpr Exact exact_of(std::uint8_t code) noexcept {
#if HIFLOAT_DEVICE_CODE
  const Scaled scaled = compute_scaled(code);
#else
  const Scaled scaled = scaled_table.scaled[code];
#endif
  return {is_negative(code), scaled.integer, scaled.exponent, false};
}

/// The value of a finite code as a multiple of the smallest value, 2^-22; at most 38 bits.
[[nodiscard]] HIFLOAT_HD constexpr std::int64_t fixed_point(std::uint8_t code) noexcept {
  const Exact x = exact_of(code);
  const auto magnitude =
      static_cast<std::int64_t>(x.magnitude << (x.magnitude == 0 ? 0 : x.exponent - format::min_exponent));
  return x.negative ? -magnitude : magnitude;
}

/// An infinite result, or NaN for an operation that has none.
[[nodiscard]] HIFLOAT_HD constexpr std::uint32_t infinity_or_nan(bool valid, bool negative) noexcept {
  return valid ? binary32::infinity | (negative ? binary32::sign_mask : 0) : binary32::quiet_nan;
}

[[nodiscard]] HIFLOAT_HD constexpr std::uint32_t sum(std::uint8_t a, std::uint8_t b) noexcept {
  if (format::is_nan(a) || format::is_nan(b)) return binary32::quiet_nan;
  if (format::is_infinite(a) || format::is_infinite(b)) {
    const bool opposed = format::is_infinite(a) && format::is_infinite(b) && a != b;
    return infinity_or_nan(!opposed, is_negative(format::is_infinite(a) ? a : b));
  }
  const std::int64_t total = fixed_point(a) + fixed_point(b);
  return round_to_odd({total < 0, static_cast<std::uint64_t>(total < 0 ? -total : total), format::min_exponent, false});
}

[[nodiscard]] HIFLOAT_HD constexpr std::uint32_t product(std::uint8_t a, std::uint8_t b) noexcept {
  if (format::is_nan(a) || format::is_nan(b)) return binary32::quiet_nan;
  const bool negative = is_negative(a) != is_negative(b);
  if (format::is_infinite(a) || format::is_infinite(b))
    return infinity_or_nan(a != format::zero && b != format::zero, negative);
  const Exact x = exact_of(a);
  const Exact y = exact_of(b);
  return round_to_odd({negative, x.magnitude * y.magnitude, x.exponent + y.exponent, false});
}

/// Bits below its operands' last one to which a quotient, or a square, is worked out: far more than HiF8 keeps of the
/// result. Whether anything is left over is the sticky bit.
inline constexpr int fraction_bits = 40;

[[nodiscard]] HIFLOAT_HD constexpr std::uint32_t quotient(std::uint8_t a, std::uint8_t b) noexcept {
  if (format::is_nan(a) || format::is_nan(b)) return binary32::quiet_nan;
  const bool negative = is_negative(a) != is_negative(b);
  if (format::is_infinite(a)) return infinity_or_nan(!format::is_infinite(b), negative);
  if (format::is_infinite(b)) return 0;
  if (b == format::zero) return infinity_or_nan(a != format::zero, negative);
  const Exact x = exact_of(a);
  const Exact y = exact_of(b);
  const std::uint64_t dividend = x.magnitude << fraction_bits;
  return round_to_odd(
      {negative, dividend / y.magnitude, x.exponent - y.exponent - fraction_bits, dividend % y.magnitude != 0});
}

[[nodiscard]] HIFLOAT_HD constexpr std::uint32_t square_root(std::uint8_t a) noexcept {
  if (a == format::zero) return 0;
  if (is_negative(a)) return binary32::quiet_nan;  // NaN too: its code is the sign
  if (format::is_infinite(a)) return binary32::infinity;
  const Exact x = exact_of(a);
  const int odd = x.exponent & 1;
  const std::uint64_t square = x.magnitude << (fraction_bits + odd);  // below 2^45
  std::uint64_t root = 0;
  for (std::uint64_t bit = std::uint64_t{1} << 22; bit != 0; bit >>= 1) {
    if ((root + bit) * (root + bit) <= square) root += bit;
  }
  return round_to_odd({false, root, (x.exponent - odd - fraction_bits) / 2, root * root != square});
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
