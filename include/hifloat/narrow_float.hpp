// Binary floating-point formats narrower than binary32 whose exponent and mantissa fields have fixed widths: binary16,
// e4m3fn, e5m2. In all of them magnitude codes count up through subnormals and binades alike.
#pragma once

#include <cstdint>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// A format by its mantissa width and the exponent of its smallest normal number.
template <int MantissaWidth, int MinExponent>
struct NarrowFloat {
  static_assert(MantissaWidth > 0 && MantissaWidth < binary32::mantissa_width && MinExponent > -97);
  static constexpr int dropped_bits = binary32::mantissa_width - MantissaWidth;
  /// What the exponent fields of the two formats differ by.
  static constexpr std::uint32_t rebias = static_cast<std::uint32_t>(binary32::bias + MinExponent - 1)
                                          << binary32::mantissa_width;

  /// The magnitude code nearest to a binary32 magnitude, ties to even, in a format without an end: past the largest
  /// number, and for infinity, it goes on counting.
  [[nodiscard]] HIFLOAT_HD static constexpr std::uint32_t round(std::uint32_t magnitude) noexcept {
    // A carry out of the mantissa runs into the exponent, which is the next code.
    if (magnitude >= rebias + binary32::hidden_one) return shift_right_ties_even(magnitude - rebias, dropped_bits);
    const int exponent = static_cast<int>(magnitude >> binary32::mantissa_width) - binary32::bias;
    const std::uint32_t significand = (magnitude & binary32::mantissa_mask) | binary32::hidden_one;
    return shift_right_ties_even(significand, dropped_bits + MinExponent - exponent);
  }

  /// The binary32 magnitude of a finite magnitude code.
  [[nodiscard]] HIFLOAT_HD static constexpr std::uint32_t value(std::uint32_t code) noexcept {
    if (code >> MantissaWidth != 0) return (code << dropped_bits) + rebias;
    if (code == 0) return 0;
    const int top = bit_width(code) - 1;  // a subnormal: code * 2^(MinExponent - MantissaWidth)
    const std::uint32_t field = static_cast<std::uint32_t>(top + MinExponent - MantissaWidth + binary32::bias);
    return field << binary32::mantissa_width | (code << (binary32::mantissa_width - top) & binary32::mantissa_mask);
  }
};

}  // namespace HIFLOAT_DETAIL_NAMESPACE
