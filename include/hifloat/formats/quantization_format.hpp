// Number formats to compare HiF8 with. A format is a value type: a small number that is made from a float by rounding
// it, and that a float is made from exactly. Array functions and scalers take any of them where they take hif8.
#pragma once

#include <concepts>
#include <string_view>
#include <type_traits>

#include <hifloat/config.hpp>
#include <hifloat/format.hpp>
#include <hifloat/hif8.hpp>
#include <hifloat/storage.hpp>

/// Number formats beside HiF8, and what array functions and scalers know of each.
namespace HIFLOAT_NAMESPACE::formats {

/// What is known of a format. Specialise it for your own:
///  - `name`;
///  - `largest`: the largest finite value;
///  - `default_target`: where a scaler best puts the amax, for ScalingOptions::target;
///  - optional `overflow_from`: the smallest magnitude that rounds past the largest value. Without it everything above
///    `largest` counts as overflowed.
template <class F>
struct traits {};

/// A value type with `explicit F(float)`, which rounds; an explicit conversion to float, exact; and traits.
template <class F>
concept QuantizationFormat = std::is_trivially_copyable_v<F> && std::default_initializable<F> &&
    requires(float x, F f) {
  static_cast<F>(x);
  static_cast<float>(f);
  { traits<F>::name } -> std::convertible_to<std::string_view>;
  { traits<F>::largest } -> std::convertible_to<float>;
  { traits<F>::default_target } -> std::convertible_to<float>;
};

/// HiF8, with the policies that need no random bits. The target is the top of the tier with three mantissa bits.
template <class R, class O>
struct traits<hif8<R, O>> {
  static constexpr std::string_view name = "hif8";
  static constexpr float largest = detail::bit_cast<float>(format::binary32_bits(format::max));
  static constexpr float default_target = 15.0f;
};

/// bfloat16 needs no scale: the target keeps numbers about where they are likely to be.
template <>
struct traits<bfloat16> {
  static constexpr std::string_view name = "bfloat16";
  static constexpr float largest = 0x1.FEp127f;
  static constexpr float overflow_from = 0x1.FFp127f;
  static constexpr float default_target = 1.0f;
};

}  // namespace HIFLOAT_NAMESPACE::formats

namespace HIFLOAT_NAMESPACE {
using formats::QuantizationFormat;
}
