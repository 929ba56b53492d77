// All codes in order, and where rounding changes from one to the next.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include <hifloat/array.hpp>
#include <hifloat/config.hpp>
#include <hifloat/formats/grid.hpp>
#include <hifloat/formats/quantization_format.hpp>
#include <hifloat/hif8.hpp>
#include <hifloat/rank.hpp>

namespace HIFLOAT_NAMESPACE::testing {

/// Two neighbouring floats that a format gives two different numbers.
template <class Code>
struct RoundingBoundary {
  float below;  ///< the last float that becomes `lower`
  float at;     ///< the first that becomes `upper`
  float above;  ///< the one after it
  Code lower, upper;
};

}  // namespace HIFLOAT_NAMESPACE::testing

namespace HIFLOAT_TESTING_NAMESPACE {

using hifloat::finite_values;

/// The 255 codes that have a place in the order of values, from -infinity to infinity; NaN has none.
template <class Code = hif8_t>
  requires detail::is_hif8<Code>
[[nodiscard]] std::vector<Code> codes_in_order() {
  std::vector<Code> codes;
  for (int rank = 0; rank <= 2 * detail::rank_of_zero; ++rank)
    codes.push_back(Code::from_bits(detail::code_of_rank(rank)));
  return codes;
}

/// Every boundary, ascending. For formats whose rounding is monotonic: hif8 with TiesAway, TiesEven or TowardZero, and
/// the formats to compare with, between their largest values. Boundaries to infinity are among them where the overflow
/// policy has them.
template <QuantizationFormat Code = hif8_t>
  requires(!detail::is_hif8<Code> || detail::round_trips<Code>)
[[nodiscard]] std::vector<RoundingBoundary<Code>> rounding_boundaries() {
  const auto value = [](std::int64_t ordinal) {
    return static_cast<float>(static_cast<Code>(detail::float_at(ordinal)));
  };
  const std::int64_t infinity = detail::ordinal(std::numeric_limits<float>::infinity());
  const bool endless = detail::ordinal(value(infinity)) == infinity;
  const std::int64_t last = endless ? infinity : detail::ordinal(formats::traits<Code>::largest);
  std::vector<RoundingBoundary<Code>> boundaries;
  std::int64_t below = -last;
  while (value(below) != value(last)) {
    std::int64_t at = last;
    const float lower = value(below);
    while (at - below > 1) {
      const std::int64_t middle = below + (at - below) / 2;
      (value(middle) == lower ? below : at) = middle;
    }
    boundaries.push_back({detail::float_at(below), detail::float_at(at), detail::float_at(at + 1),
                          static_cast<Code>(detail::float_at(below)), static_cast<Code>(detail::float_at(at))});
    below = at;
  }
  return boundaries;
}

}  // namespace HIFLOAT_TESTING_NAMESPACE
