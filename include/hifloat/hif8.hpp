// The value type: one HiF8 number in one byte, with arithmetic that is one rounding of the exact result.
#pragma once

#include <compare>
#include <cstdint>
#include <type_traits>

#include <hifloat/arithmetic.hpp>
#include <hifloat/codec.hpp>
#include <hifloat/config.hpp>
#include <hifloat/format.hpp>
#include <hifloat/order.hpp>
#include <hifloat/overflow.hpp>
#include <hifloat/rounding.hpp>

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
  template <class Integer>
    requires(std::is_integral_v<Integer> && sizeof(Integer) <= 8 && !Rounding::uses_random)
  HIFLOAT_KEYED HIFLOAT_HD explicit constexpr hif8(Integer x) noexcept : bits_(encode<Rounding, Overflow>(x)) {}

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
    return detail::place_of(a.bits_) < detail::place_of(b.bits_) && !format::is_nan(b.bits_);  // NaN is last
  }
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD friend constexpr bool operator<=(hif8 a, hif8 b) noexcept {
    return detail::place_of(a.bits_) <= detail::place_of(b.bits_) && !format::is_nan(b.bits_);
  }
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD friend constexpr bool operator>(hif8 a, hif8 b) noexcept { return b < a; }
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD friend constexpr bool operator>=(hif8 a, hif8 b) noexcept { return b <= a; }
  /// @}
  /// On the host, as std::partial_ordering lives there; the operators above are for both sides.
  HIFLOAT_KEYED [[nodiscard]] friend constexpr std::partial_ordering operator<=>(hif8 a, hif8 b) noexcept {
    if (format::is_nan(a.bits_) || format::is_nan(b.bits_)) return std::partial_ordering::unordered;
    return detail::place_of(a.bits_) <=> detail::place_of(b.bits_);
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

/// The number that binary32 bits become; those of a wider number, rounded to odd, are rounded here alone.
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
