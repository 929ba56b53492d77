// Why a number became its code.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <type_traits>

#include <hifloat/bits.hpp>
#include <hifloat/codec.hpp>
#include <hifloat/config.hpp>
#include <hifloat/equal.hpp>
#include <hifloat/format.hpp>
#include <hifloat/hif8.hpp>
#include <hifloat/number_text.hpp>
#include <hifloat/rounding.hpp>
#include <hifloat/scale_params.hpp>
#include <hifloat/simd/element.hpp>
#include <hifloat/simd/float_environment.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// A policy in words; "own rule" for one of the user's.
template <class R>
[[nodiscard]] std::string rounding_name() {
  if constexpr (std::is_same_v<R, rounding::TiesAway>) return "nearest, ties away";
  if constexpr (std::is_same_v<R, rounding::TiesEven>) return "nearest, ties to even";
  if constexpr (std::is_same_v<R, rounding::TowardZero>) return "toward zero";
  if constexpr (std::is_same_v<R, rounding::Hybrid>) return "hybrid";
  if constexpr (std::is_same_v<R, rounding::SimplifiedStochastic>) return "simplified stochastic";
  if constexpr (std::is_same_v<R, rounding::Stochastic>) return "stochastic";
  return "own rule";
}

[[nodiscard]] inline std::string power_text(int exponent) { return "2^" + std::to_string(exponent); }

/// "sign 0, dot 001, exponent 1 (-1), mantissa 010"
[[nodiscard]] inline std::string fields_in_words(std::uint8_t code) {
  const format::Fields f = format::fields(code);
  if (f.kind == format::Kind::Zero) return "the only zero";
  if (f.kind == format::Kind::NaN) return "NaN";
  int bit = 8;
  const auto take = [&](int width) {
    std::string bits;
    for (int i = 0; i < width; ++i) bits += (code >> --bit & 1) != 0 ? '1' : '0';
    return bits;
  };
  std::string text = "sign " + take(1);
  text += ", dot " + take(f.dot_bits);
  if (f.kind == format::Kind::Infinite) return text + ", the pattern of infinity";
  if (f.exponent_bits != 0) text += ", exponent " + take(f.exponent_bits);
  text += " (" + std::to_string(f.exponent) + ")";
  if (bit != 0) text += std::string(f.kind == format::Kind::Denormal ? ", denormal " : ", mantissa ") + take(bit);
  return text;
}

/// What rounding sees of a finite nonzero number, and which way it goes.
template <class R>
[[nodiscard]] std::string rounding_in_words(const Source& x, std::uint16_t random) {
  const std::uint32_t magnitude = x.bits & binary32::magnitude_mask;
  const int exponent = static_cast<int>(magnitude >> binary32::mantissa_width) - binary32::bias;
  if (exponent > format::max_exponent) return "past the largest value, " + power_text(format::max_exponent);
  const rounding::Truncated cut = cut_magnitude(magnitude, x.threshold, random).truncated;
  std::string text;
  if (exponent < format::min_exponent) {
    text = "below " + power_text(format::min_exponent) + ", the smallest value: ";
  } else {
    text = "at " + power_text(exponent) + " HiF8 keeps " + std::to_string(cut.mantissa_width) + " mantissa bit" +
           (cut.mantissa_width == 1 ? "" : "s") + ": ";
  }
  const double fraction = std::ldexp(static_cast<double>(cut.discarded), -64);
  if (is_zero(fraction) && !R::rounds_up(cut)) return text + "exact";
  text += "what is cut off is " + number_text(fraction) + " of a step";
  if (is_equal(fraction, 0.5)) text += ", a tie";
  if constexpr (R::uses_random) {
    text += ", the random number " + number_text(static_cast<double>(random) / 65536);
  } else if constexpr (!R::round_trips) {
    const bool compares = !std::is_same_v<R, rounding::Hybrid> || cut.mantissa_width != 3;
    if (compares)
      text += ", the source's lowest bits T " + number_text(std::ldexp(static_cast<double>(cut.threshold), -64));
  }
  return text + (R::rounds_up(cut) ? ", up" : ", down");
}

template <class Code>
[[nodiscard]] std::string explanation(float x, const ScaleParams& params, std::uint16_t random) {
  using R = typename Code::rounding_policy;
  using O = typename Code::overflow_policy;
  check(params);
  const float scaled = multiply(x, params.scale);
  const Source source = clamped<float>(source_of(scaled), KernelParams(params));
  const std::uint32_t magnitude = source.bits & binary32::magnitude_mask;
  const std::uint8_t rounded = round_source<R>(source, random), code = apply_overflow<O>(rounded);

  std::string text = number_text(x);
  if (!is_equal(params.scale, 1.0f)) text += " * " + number_text(params.scale) + " = " + number_text(scaled);
  if (source.bits != bit_cast<std::uint32_t>(scaled))
    text += ", limited to " + number_text(bit_cast<float>(source.bits));
  if (magnitude > binary32::infinity) {
    text += ": NaN";
  } else if (magnitude == binary32::infinity) {
    text += ": infinite";
  } else if (magnitude == 0) {
    text += ": zero";
  } else {
    text += ": " + rounding_in_words<R>(source, random) + " (" + rounding_name<R>() + ")";
  }
  if (format::is_infinite(rounded)) text += code == rounded ? ", overflows to infinity" : ", saturates";
  if (rounded == format::nan && code != rounded) text += ", which the overflow policy turns into 0";
  if (rounded == format::zero && magnitude != 0) text += ", flushed to zero";
  return text + " -> " + number_text(bit_cast<float>(format::binary32_bits(code))) + " = " + code_text(code) + ": " +
         fields_in_words(code);
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_TESTING_NAMESPACE {

/// One line: the scaled number, what is cut off and which way that rounds, the value, the code and its fields. A scale
/// or a clamp that is not allowed is std::invalid_argument.
template <class Code = hif8_t>
  requires(detail::is_hif8<Code> && !Code::rounding_policy::uses_random)
[[nodiscard]] std::string explain(float x, ScaleParams params) { return detail::explanation<Code>(x, params, 0); }
/// The same without a clamp.
template <class Code = hif8_t>
  requires(detail::is_hif8<Code> && !Code::rounding_policy::uses_random)
[[nodiscard]] std::string explain(float x, float scale = 1.0f) {
  return detail::explanation<Code>(x, {.scale = scale}, 0);
}
/// The same for Stochastic, with its 16 random bits.
template <class Code>
  requires(detail::is_hif8<Code>&& Code::rounding_policy::uses_random)
[[nodiscard]] std::string explain(float x, float scale, std::uint16_t random) {
  return detail::explanation<Code>(x, {.scale = scale}, random);
}

}  // namespace HIFLOAT_TESTING_NAMESPACE
