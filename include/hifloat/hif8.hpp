// The value type: one HiF8 number in one byte, with arithmetic that is one rounding of the exact result.
#pragma once

#include <compare>
#include <cstdint>
#include <type_traits>

#include <hifloat/codec.hpp>
#include <hifloat/config.hpp>
#include <hifloat/exact.hpp>
#include <hifloat/format.hpp>
#include <hifloat/overflow.hpp>
#include <hifloat/rank.hpp>
#include <hifloat/rounding.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

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

/// A finite code.
[[nodiscard]] HIFLOAT_HD constexpr Exact exact_of(std::uint8_t code) noexcept {
#if HIFLOAT_DEVICE_CODE
  const Scaled scaled = compute_scaled(code);
#else
  const Scaled scaled = scaled_table.scaled[code];
#endif
  return {(code & format::sign_bit) != 0, scaled.integer, scaled.exponent, false};
}

/// A finite code as a multiple of the smallest value, 2^-22; at most 38 bits.
[[nodiscard]] HIFLOAT_HD constexpr std::int64_t fixed_point(std::uint8_t code) noexcept {
  const Exact x = exact_of(code);
  const auto magnitude =
      static_cast<std::int64_t>(x.magnitude << (x.magnitude == 0 ? 0 : x.exponent - format::min_exponent));
  return x.negative ? -magnitude : magnitude;
}

[[nodiscard]] HIFLOAT_HD constexpr std::uint32_t infinity_or_nan(bool valid, bool negative) noexcept {
  return valid ? binary32::infinity | (negative ? binary32::sign_mask : 0) : binary32::quiet_nan;
}
[[nodiscard]] HIFLOAT_HD constexpr bool is_negative(std::uint8_t code) noexcept {
  return (code & format::sign_bit) != 0;
}
[[nodiscard]] HIFLOAT_HD constexpr std::uint8_t negate(std::uint8_t code) noexcept {
  const bool has_no_sign = code == format::zero || code == format::nan;
  return has_no_sign ? code : static_cast<std::uint8_t>(code ^ format::sign_bit);
}

// The results of arithmetic as binary32 bits: rounded to odd where finite, so that the type's own rounding is the only
// one.

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

[[nodiscard]] HIFLOAT_HD constexpr std::uint32_t quotient(std::uint8_t a, std::uint8_t b) noexcept {
  if (format::is_nan(a) || format::is_nan(b)) return binary32::quiet_nan;
  const bool negative = is_negative(a) != is_negative(b);
  if (format::is_infinite(a)) return infinity_or_nan(!format::is_infinite(b), negative);
  if (format::is_infinite(b)) return 0;
  if (b == format::zero) return infinity_or_nan(a != format::zero, negative);
  const Exact x = exact_of(a);
  const Exact y = exact_of(b);
  const std::uint64_t dividend = x.magnitude << 40;
  return round_to_odd({negative, dividend / y.magnitude, x.exponent - y.exponent - 40, dividend % y.magnitude != 0});
}

[[nodiscard]] HIFLOAT_HD constexpr std::uint32_t square_root(std::uint8_t a) noexcept {
  if (a == format::zero) return 0;
  if (is_negative(a)) return binary32::quiet_nan;  // NaN too: its code is the sign
  if (format::is_infinite(a)) return binary32::infinity;
  const Exact x = exact_of(a);
  const int odd = x.exponent & 1;
  const std::uint64_t square = x.magnitude << (40 + odd);
  std::uint64_t root = 0;
  for (std::uint64_t bit = std::uint64_t{1} << 22; bit != 0; bit >>= 1) {
    if ((root + bit) * (root + bit) <= square) root += bit;
  }
  return round_to_odd({false, root, (x.exponent - odd - 40) / 2, root * root != square});
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

/// HiFloat8 (arXiv 2409.16626): one number and many of them, the scales that tensors need, products, training. What a
/// caller does wrong is an exception, or, in a file compiled without them, a message and abort().
namespace HIFLOAT_NAMESPACE {

/// The rounding policies whose types have arithmetic and read text: one rounding that needs no random bits and leaves
/// HiF8 values as they are.
template <class R>
concept ArithmeticRounding = RoundingPolicy<R> && R::round_trips && !R::uses_random;

/// One HiFloat8 number. `Rounding` and `Overflow` say how other numbers become one; they are part of the type, not of
/// the bits.
///
/// Trivially copyable, one byte, default-initialised to zero. Arithmetic gives the exact result rounded once by the
/// type's policies (x / 0 and inf count as infinity, which Saturate turns into 2^15). Policies that take random bits
/// construct by `round` alone, and policies whose codes do not round-trip (Hybrid, SimplifiedStochastic) have no
/// arithmetic.
template <RoundingPolicy Rounding = rounding::TiesAway, OverflowPolicy Overflow = overflow::Saturate>
class hif8 {
 public:
  using rounding_policy = Rounding;  ///< the first argument
  using overflow_policy = Overflow;  ///< the second argument

  HIFLOAT_KEYED constexpr hif8() = default;

  /// From float, double, bfloat16, binary16 or a type that storage_traits maps to them: rounded once.
  template <FloatingStorage T>
    requires(!Rounding::uses_random)
  HIFLOAT_KEYED HIFLOAT_HD explicit constexpr hif8(T x) noexcept : bits_(encode<Rounding, Overflow>(x)) {}

  /// From an integer: rounded once from its exact value.
  template <class I>
    requires(std::is_integral_v<I> && sizeof(I) <= 8 && !Rounding::uses_random)
  HIFLOAT_KEYED HIFLOAT_HD explicit constexpr hif8(I x) noexcept : bits_(encode<Rounding, Overflow>(x)) {}

  /// From another policy's number: the same bits, the same value.
  template <class R, class O>
  HIFLOAT_KEYED HIFLOAT_HD explicit constexpr hif8(hif8<R, O> x) noexcept : bits_(x.bits()) {}

  /// Rounded with 16 random bits, uniform on 0..65535.
  template <FloatingStorage T>
    requires(Rounding::uses_random)
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD static constexpr hif8 round(T x, std::uint16_t random) noexcept {
    return from_bits(encode<Rounding, Overflow>(x, random));
  }

  /// The number with this code; all 256 are valid.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD static constexpr hif8 from_bits(std::uint8_t bits) noexcept {
    hif8 x;
    x.bits_ = bits;
    return x;
  }
  /// The code.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD constexpr std::uint8_t bits() const noexcept { return bits_; }

  /// Exact.
  HIFLOAT_KEYED HIFLOAT_HD explicit constexpr operator float() const noexcept { return decode(bits_); }
  /// Exact.
  HIFLOAT_KEYED HIFLOAT_HD explicit constexpr operator double() const noexcept {
    return static_cast<double>(decode(bits_));
  }

  /// Sign change. 0 and NaN have no sign and stay what they are.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD constexpr hif8 operator-() const noexcept {
    return from_bits(detail::negate(bits_));
  }
  /// The number itself.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD constexpr hif8 operator+() const noexcept { return *this; }

  /// By value; NaN differs from everything and is unordered.
  /// @{
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD friend constexpr bool operator==(hif8 a, hif8 b) noexcept {
    return a.bits_ == b.bits_ && !format::is_nan(a.bits_);
  }
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD friend constexpr bool operator<(hif8 a, hif8 b) noexcept {
    return detail::rank_of(a.bits_) < detail::rank_of(b.bits_) && !format::is_nan(b.bits_);  // NaN has the highest rank
  }
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD friend constexpr bool operator<=(hif8 a, hif8 b) noexcept {
    return detail::rank_of(a.bits_) <= detail::rank_of(b.bits_) && !format::is_nan(b.bits_);
  }
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD friend constexpr bool operator>(hif8 a, hif8 b) noexcept { return b < a; }
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD friend constexpr bool operator>=(hif8 a, hif8 b) noexcept { return b <= a; }
  /// @}
  /// On the host, as std::partial_ordering lives there; the operators above are for both sides.
  HIFLOAT_KEYED [[nodiscard]] friend constexpr std::partial_ordering operator<=>(hif8 a, hif8 b) noexcept {
    if (format::is_nan(a.bits_) || format::is_nan(b.bits_)) return std::partial_ordering::unordered;
    return detail::rank_of(a.bits_) <=> detail::rank_of(b.bits_);
  }

 private:
  std::uint8_t bits_ = format::zero;
};

/// The default HiF8 number: ties away from zero, saturating.
using hif8_t = hif8<>;

namespace detail {
template <class T>
inline constexpr bool is_hif8 = false;
template <class R, class O>
inline constexpr bool is_hif8<hif8<R, O>> = true;
}  // namespace detail

}  // namespace HIFLOAT_NAMESPACE

namespace HIFLOAT_DETAIL_NAMESPACE {

template <class R, class O>
[[nodiscard]] HIFLOAT_HD constexpr hif8<R, O> rounded(std::uint32_t binary32_bits) noexcept {
  return hif8<R, O>::from_bits(encode_source<R, O>(source_of_binary32(binary32_bits), 0));
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_FUNCTION_NAMESPACE {

/// The exact result, rounded once by the type's policies. x / 0 is infinity with the sign of x; 0 / 0, 0 * inf, inf /
/// inf, inf - inf and roots of negative numbers are NaN, as is what has a NaN in it. Infinity and NaN then become what
/// the overflow policy says.
/// @{
template <ArithmeticRounding R, class O>
[[nodiscard]] HIFLOAT_HD constexpr hif8<R, O> operator+(hif8<R, O> a, hif8<R, O> b) noexcept {
  return detail::rounded<R, O>(detail::sum(a.bits(), b.bits()));
}
template <ArithmeticRounding R, class O>
[[nodiscard]] HIFLOAT_HD constexpr hif8<R, O> operator-(hif8<R, O> a, hif8<R, O> b) noexcept {
  return a + -b;
}
template <ArithmeticRounding R, class O>
[[nodiscard]] HIFLOAT_HD constexpr hif8<R, O> operator*(hif8<R, O> a, hif8<R, O> b) noexcept {
  return detail::rounded<R, O>(detail::product(a.bits(), b.bits()));
}
template <ArithmeticRounding R, class O>
[[nodiscard]] HIFLOAT_HD constexpr hif8<R, O> operator/(hif8<R, O> a, hif8<R, O> b) noexcept {
  return detail::rounded<R, O>(detail::quotient(a.bits(), b.bits()));
}
template <ArithmeticRounding R, class O>
[[nodiscard]] HIFLOAT_HD constexpr hif8<R, O> sqrt(hif8<R, O> x) noexcept {
  return detail::rounded<R, O>(detail::square_root(x.bits()));
}
template <ArithmeticRounding R, class O>
HIFLOAT_HD constexpr hif8<R, O>& operator+=(hif8<R, O>& a, hif8<R, O> b) noexcept {
  return a = a + b;
}
template <ArithmeticRounding R, class O>
HIFLOAT_HD constexpr hif8<R, O>& operator-=(hif8<R, O>& a, hif8<R, O> b) noexcept {
  return a = a - b;
}
template <ArithmeticRounding R, class O>
HIFLOAT_HD constexpr hif8<R, O>& operator*=(hif8<R, O>& a, hif8<R, O> b) noexcept {
  return a = a * b;
}
template <ArithmeticRounding R, class O>
HIFLOAT_HD constexpr hif8<R, O>& operator/=(hif8<R, O>& a, hif8<R, O> b) noexcept {
  return a = a / b;
}
/// @}

}  // namespace HIFLOAT_FUNCTION_NAMESPACE
