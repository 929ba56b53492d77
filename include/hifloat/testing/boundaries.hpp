// All codes in order, and where rounding changes from one to the next.
#pragma once

#include <vector>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/formats/grid.hpp>
#include <hifloat/formats/quantization_format.hpp>
#include <hifloat/hif8.hpp>
#include <hifloat/order.hpp>

/// For tests of quantization numerics, with any framework.
namespace HIFLOAT_NAMESPACE::testing {

/// Two neighbouring floats that a format gives two different numbers.
template <class Code>
struct RoundingBoundary {
  float below;  ///< the last float that becomes `lower`
  float at;     ///< the first that becomes `upper`
  float above;  ///< the one after it
  Code lower,   ///< what `below` becomes
      upper;    ///< what `at` becomes
};

}  // namespace HIFLOAT_NAMESPACE::testing

namespace HIFLOAT_TESTING_NAMESPACE {

using hifloat::finite_values;

/// The 255 codes that have a place in the order of values, from -infinity to infinity; NaN has none.
template <class Code = hif8_t>
  requires detail::is_hif8<Code>
[[nodiscard]] std::vector<Code> codes_in_order() {
  std::vector<Code> codes;
  for (int place = 0; place <= 2 * detail::place_of_zero; ++place)
    codes.push_back(Code::from_bits(detail::code_at(place)));
  return codes;
}

/// Every boundary, ascending. For formats whose rounding is monotonic: hif8 with TiesAway, TiesEven or TowardZero, and
/// the formats to compare with, between their largest values. Boundaries to infinity are among them where the overflow
/// policy has them.
template <QuantizationFormat Code = hif8_t>
  requires(!detail::is_hif8<Code> || detail::round_trips<Code>)
[[nodiscard]] std::vector<RoundingBoundary<Code>> rounding_boundaries() {
  const float infinity = detail::bit_cast<float>(detail::binary32::infinity);
  const bool endless = detail::ordinal(static_cast<float>(Code(infinity))) == detail::ordinal(infinity);
  const float last = endless ? infinity : formats::traits<Code>::largest;
  const auto end = detail::ordinal(static_cast<float>(Code(last)));
  std::vector<RoundingBoundary<Code>> boundaries;
  for (float at = -last; detail::ordinal(static_cast<float>(Code(at))) != end;) {
    at = detail::next_boundary<Code>(at, last);
    const float below = detail::float_at(detail::ordinal(at) - 1), above = detail::float_at(detail::ordinal(at) + 1);
    boundaries.push_back({below, at, above, Code(below), Code(at)});
  }
  return boundaries;
}

}  // namespace HIFLOAT_TESTING_NAMESPACE
