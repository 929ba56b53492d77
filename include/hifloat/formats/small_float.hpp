// The 8-bit floats of other hardware: e4m3fn and e5m2 ("FP8 Formats for Deep Learning", arXiv 2209.05433). Rounding is
// to nearest, ties to even, as CUDA's cuda_fp8.h does it.
#pragma once

#include <cstdint>
#include <string_view>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/equal.hpp>
#include <hifloat/formats/quantization_format.hpp>
#include <hifloat/narrow_float.hpp>
#include <hifloat/overflow.hpp>

namespace HIFLOAT_NAMESPACE::formats {

/// What tells one layout of 8 bits from another. The code after `largest` stands for what is past it: here NaN, as
/// there is no infinity.
struct E4M3fn {
  static constexpr std::string_view name = "e4m3fn";  ///< of formats::traits
  static constexpr int mantissa_width = 3,            ///< in bits
      min_exponent = -6;                              ///< of the least normal number
  static constexpr std::uint8_t largest = 0x7E,       ///< 448
      first_nan = 0x7F;                               ///< magnitude codes from here on are NaN
};
/// The same of the other layout, in which that code is infinity.
struct E5M2 {
  static constexpr std::string_view name = "e5m2";  ///< of formats::traits
  static constexpr int mantissa_width = 2,          ///< in bits
      min_exponent = -14;                           ///< of the least normal number
  static constexpr std::uint8_t largest = 0x7B,     ///< 57344
      first_nan = 0x7D;                             ///< magnitude codes from here on are NaN
};

/// An 8-bit float. The overflow policy says what becomes of what is past the largest value, as for hif8; with
/// overflow::Infinity a layout without infinity gives NaN. NaN is 0x7F.
template <class Layout, OverflowPolicy Overflow = overflow::Saturate>
class small_float {
  using Narrow = detail::NarrowFloat<Layout::mantissa_width, Layout::min_exponent>;

 public:
  using layout = Layout;             ///< the first argument
  using overflow_policy = Overflow;  ///< the second argument

  HIFLOAT_KEYED constexpr small_float() = default;
  /// Nearest, ties to even. What becomes of NaN, and of what rounds past the largest value, the overflow policy says.
  HIFLOAT_KEYED HIFLOAT_HD explicit constexpr small_float(float x) noexcept
      : bits_(encode(detail::bit_cast<std::uint32_t>(x))) {}

  /// The number with this code; all 256 are valid.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD static constexpr small_float from_bits(std::uint8_t bits) noexcept {
    small_float x;
    x.bits_ = bits;
    return x;
  }
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD constexpr std::uint8_t bits() const noexcept { return bits_; }  ///< the code
  /// Exact.
  HIFLOAT_KEYED HIFLOAT_HD explicit constexpr operator float() const noexcept {
    return detail::bit_cast<float>(decode(bits_));
  }

  /// By value: 0 equals -0, NaN nothing.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD friend constexpr bool operator==(small_float a, small_float b) noexcept {
    return detail::is_equal_number(a.bits_, b.bits_, Layout::first_nan - 1u);
  }

 private:
  static constexpr std::uint8_t sign_bit = 0x80, nan = 0x7F;

  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD static constexpr std::uint8_t encode(std::uint32_t bits) noexcept {
    const std::uint32_t magnitude = bits & detail::binary32::magnitude_mask;
    if (magnitude > detail::binary32::infinity) return Overflow::nan == format::zero ? 0 : nan;
    constexpr std::uint32_t past_largest =
        Overflow::past_largest == format::max ? Layout::largest : Layout::largest + 1;
    const std::uint32_t rounded = Narrow::round(magnitude);
    return static_cast<std::uint8_t>((bits >> 24 & sign_bit) | (rounded <= Layout::largest ? rounded : past_largest));
  }
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD static constexpr std::uint32_t decode(std::uint8_t code) noexcept {
    const std::uint32_t sign = static_cast<std::uint32_t>(code & sign_bit) << 24;
    const std::uint32_t magnitude = code & 0x7Fu;
    if (magnitude >= Layout::first_nan) return detail::binary32::quiet_nan;
    return sign | (magnitude > Layout::largest ? detail::binary32::infinity : Narrow::value(magnitude));
  }

  std::uint8_t bits_ = 0;
};

/// 4 exponent and 3 mantissa bits, largest value 448, no infinity.
using e4m3fn = small_float<E4M3fn>;
/// 5 exponent and 2 mantissa bits, largest value 57344.
using e5m2 = small_float<E5M2>;

/// Small floats: scaled so that the amax is the largest value.
template <class Layout, class Overflow>
struct traits<small_float<Layout, Overflow>> {
 private:
  using Narrow = detail::NarrowFloat<Layout::mantissa_width, Layout::min_exponent>;
  static constexpr std::uint32_t largest_bits = Narrow::value(Layout::largest);
  static constexpr std::uint32_t half_step = std::uint32_t{1}
                                             << (detail::binary32::mantissa_width - 1 - Layout::mantissa_width);
  static constexpr bool tie_overflows = Layout::largest % 2 != 0;

 public:
  static constexpr std::string_view name = Layout::name;
  static constexpr float largest = detail::bit_cast<float>(largest_bits);
  static constexpr float overflow_from = detail::bit_cast<float>(largest_bits + half_step + (tie_overflows ? 0 : 1));
  static constexpr float default_target = largest;
};

}  // namespace HIFLOAT_NAMESPACE::formats
