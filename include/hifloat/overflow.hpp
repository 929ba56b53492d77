// Overflow policies: what stands for a number past the largest value, and for NaN. Applied after rounding and
// independent of it.
#pragma once

#include <cstdint>

#include <hifloat/config.hpp>
#include <hifloat/format.hpp>

/// Overflow policies.
namespace HIFLOAT_NAMESPACE::overflow {

/// The contract of an overflow policy: two codes.
///  - `past_largest`: magnitude code for whatever rounds past 2^15, and for infinity (the sign is added);
///  - `nan`: code for every NaN.
template <class O>
concept OverflowPolicy = requires(std::uint8_t code) {
  code = O::past_largest;
  code = O::nan;
};

/// +-2^15; NaN stays NaN. The default.
struct Saturate {
  static constexpr std::uint8_t past_largest = format::max,  ///< 2^15
      nan = format::nan;                                     ///< itself
};

/// +-infinity; NaN stays NaN.
struct Infinity {
  static constexpr std::uint8_t past_largest = format::infinity,  ///< infinity
      nan = format::nan;                                          ///< itself
};

/// +-2^15; NaN becomes 0 (the Ascend 950's default mode).
struct SaturateNanToZero {
  static constexpr std::uint8_t past_largest = format::max,  ///< 2^15
      nan = format::zero;                                    ///< 0
};

}  // namespace HIFLOAT_NAMESPACE::overflow

namespace HIFLOAT_NAMESPACE {
using overflow::OverflowPolicy;
}
