// The functions of <cmath> that make sense for eight bits: sign, order, neighbours, classes. They look at codes alone,
// so they work for every policy, are exact, and never round.
#pragma once

#include <compare>

#include <hifloat/arithmetic.hpp>
#include <hifloat/config.hpp>
#include <hifloat/format.hpp>
#include <hifloat/hif8.hpp>
#include <hifloat/order.hpp>

namespace HIFLOAT_FUNCTION_NAMESPACE {

// Classes.

/// Zero, Denormal (2^-22..2^-16: a power of two, no mantissa), Normal, Infinite or NaN: std::fpclassify's question,
/// answered by an enum.
template <class R, class O>
[[nodiscard]] HIFLOAT_HD constexpr format::Kind fpclassify(hif8<R, O> x) noexcept {
  return format::fields(x.bits()).kind;
}

/// Whether x is the one NaN.
template <class R, class O>
[[nodiscard]] HIFLOAT_HD constexpr bool isnan(hif8<R, O> x) noexcept {
  return format::is_nan(x.bits());
}

/// Whether x is one of the two infinities.
template <class R, class O>
[[nodiscard]] HIFLOAT_HD constexpr bool isinf(hif8<R, O> x) noexcept {
  return format::is_infinite(x.bits());
}

/// Whether x is neither infinite nor NaN.
template <class R, class O>
[[nodiscard]] HIFLOAT_HD constexpr bool isfinite(hif8<R, O> x) noexcept {
  return !isnan(x) && !isinf(x);
}

/// Whether x is neither zero, denormal, infinite nor NaN.
template <class R, class O>
[[nodiscard]] HIFLOAT_HD constexpr bool isnormal(hif8<R, O> x) noexcept {
  return fpclassify(x) == format::Kind::Normal;
}

/// Whether x is the one zero.
template <class R, class O>
[[nodiscard]] HIFLOAT_HD constexpr bool iszero(hif8<R, O> x) noexcept {
  return x.bits() == format::zero;
}

// Sign. There is no -0, and the one NaN (whose code is the bare sign bit) counts as positive.

/// Whether x is below zero, -infinity included.
template <class R, class O>
[[nodiscard]] HIFLOAT_HD constexpr bool signbit(hif8<R, O> x) noexcept {
  return detail::is_negative(x.bits()) && !isnan(x);
}

/// |x|, exact; NaN stays.
template <class R, class O>
[[nodiscard]] HIFLOAT_HD constexpr hif8<R, O> abs(hif8<R, O> x) noexcept {
  return signbit(x) ? -x : x;
}

/// `magnitude` with the sign of `sign`. 0 and NaN have no sign: as `magnitude` they come back unchanged, as `sign` they
/// are positive.
template <class R, class O>
[[nodiscard]] HIFLOAT_HD constexpr hif8<R, O> copysign(hif8<R, O> magnitude, hif8<R, O> sign) noexcept {
  return signbit(magnitude) == signbit(sign) ? magnitude : -magnitude;
}

// Order.

/// The smaller of the two; a NaN loses against a number (IEEE 754 minimumNumber), and two of them give NaN.
template <class R, class O>
[[nodiscard]] HIFLOAT_HD constexpr hif8<R, O> fmin(hif8<R, O> a, hif8<R, O> b) noexcept {
  return detail::place_of(b.bits()) < detail::place_of(a.bits()) ? b : a;  // NaN is last
}

/// The larger of the two; a NaN loses against a number (IEEE 754 maximumNumber), and two of them give NaN.
template <class R, class O>
[[nodiscard]] HIFLOAT_HD constexpr hif8<R, O> fmax(hif8<R, O> a, hif8<R, O> b) noexcept {
  if (isnan(a)) return b;
  return !isnan(b) && detail::place_of(b.bits()) > detail::place_of(a.bits()) ? b : a;
}

/// The order of all 256 codes: by value, and NaN, equal to itself, above +infinity. std::strong_order(a, b) finds it.
/// On the host, as std::strong_ordering lives there.
template <class R, class O>
[[nodiscard]] constexpr std::strong_ordering strong_order(hif8<R, O> a, hif8<R, O> b) noexcept {
  return detail::place_of(a.bits()) <=> detail::place_of(b.bits());
}

/// IEEE 754 totalOrder: true where `a` comes before `b` or is the same code, in the order of strong_order. (For
/// std::sort take strong_order: this one is reflexive.)
template <class R, class O>
[[nodiscard]] HIFLOAT_HD constexpr bool total_order(hif8<R, O> a, hif8<R, O> b) noexcept {
  return detail::place_of(a.bits()) <= detail::place_of(b.bits());
}

// Neighbours.

/// The least number above x: max() goes to infinity, infinity stays, -denorm_min() goes to 0, NaN stays.
template <class R, class O>
[[nodiscard]] HIFLOAT_HD constexpr hif8<R, O> nextup(hif8<R, O> x) noexcept {
  if (isnan(x) || x.bits() == format::infinity) return x;
  return hif8<R, O>::from_bits(detail::code_at(detail::place_of(x.bits()) + 1));
}

/// The greatest number below x: infinity goes to max(), -infinity stays, denorm_min() goes to 0, NaN stays.
template <class R, class O>
[[nodiscard]] HIFLOAT_HD constexpr hif8<R, O> nextdown(hif8<R, O> x) noexcept {
  return -nextup(-x);
}

/// The neighbour of `from` in the direction of `to`; `to` where they are equal, NaN where either is.
template <class R, class O>
[[nodiscard]] HIFLOAT_HD constexpr hif8<R, O> nextafter(hif8<R, O> from, hif8<R, O> to) noexcept {
  if (isnan(from)) return from;
  if (isnan(to) || from == to) return to;
  return from < to ? nextup(from) : nextdown(from);
}

/// Unit in the last place: the distance from |x| to the next larger magnitude, 2^(E - W) where W mantissa bits are
/// kept. ulp(0) is denorm_min(), ulp(max()) is 2^14 (infinity stands at 1.5 * 2^15), ulp of an infinity is infinity,
/// ulp of NaN is NaN.
template <class R, class O>
[[nodiscard]] HIFLOAT_HD constexpr hif8<R, O> ulp(hif8<R, O> x) noexcept {
  if (iszero(x)) return hif8<R, O>::from_bits(format::denorm_min);
  if (!isfinite(x)) return abs(x);
  const format::Fields f = format::fields(x.bits());
  return hif8<R, O>::from_bits(format::compose(f.exponent - f.mantissa_bits, 0));
}

}  // namespace HIFLOAT_FUNCTION_NAMESPACE
