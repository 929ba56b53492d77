// Symmetric integer grids: int8, int6, int4.
#pragma once

#include <cstdint>
#include <string_view>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/formats/quantization_format.hpp>
#include <hifloat/narrow_float.hpp>

namespace HIFLOAT_NAMESPACE::formats {

/// An integer of `Bits` bits, 2 to 8, in [-largest, largest] with largest = 2^(Bits-1) - 1: symmetric, the most
/// negative pattern is not used. A float is rounded to nearest, ties to even, and saturates; NaN becomes 0.
template <int Bits>
class int_grid {
  static_assert(Bits >= 2 && Bits <= 8);

 public:
  static constexpr int largest = (1 << (Bits - 1)) - 1;  ///< the greatest integer; -largest is the least

  HIFLOAT_KEYED constexpr int_grid() = default;
  /// Rounded, see above; infinities saturate.
  HIFLOAT_KEYED HIFLOAT_HD explicit constexpr int_grid(float x) noexcept
      : value_(round(detail::bit_cast<std::uint32_t>(x))) {}

  /// Two's complement in a byte, whatever `Bits` is.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD static constexpr int_grid from_bits(std::uint8_t bits) noexcept {
    int_grid x;
    x.value_ = static_cast<std::int8_t>(bits);
    return x;
  }
  /// Two's complement in a byte.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD constexpr std::uint8_t bits() const noexcept {
    return static_cast<std::uint8_t>(value_);
  }
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD constexpr int value() const noexcept { return value_; }  ///< the integer
  /// The integer, exact.
  HIFLOAT_KEYED HIFLOAT_HD explicit constexpr operator float() const noexcept { return static_cast<float>(value_); }

  /// By value.
  HIFLOAT_KEYED [[nodiscard]] friend constexpr bool operator==(int_grid, int_grid) = default;

 private:
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD static constexpr std::int8_t round(std::uint32_t bits) noexcept {
    namespace b32 = detail::binary32;
    const std::uint32_t magnitude = bits & b32::magnitude_mask;
    if (magnitude > b32::infinity) return 0;
    std::uint32_t rounded = largest;
    if (magnitude < detail::bit_cast<std::uint32_t>(static_cast<float>(largest))) {
      const int exponent = static_cast<int>(magnitude >> b32::mantissa_width) - b32::bias;
      const std::uint32_t significand = (magnitude & b32::mantissa_mask) | b32::hidden_one;
      rounded = detail::shift_right_ties_even(significand, b32::mantissa_width - exponent);
    }
    const auto value = static_cast<int>(rounded);
    return static_cast<std::int8_t>((bits & b32::sign_mask) != 0 ? -value : value);
  }

  std::int8_t value_ = 0;
};

/// Integers: scaled so that the amax is the largest one.
template <int Bits>
struct traits<int_grid<Bits>> {
 private:
  static constexpr char text[] = {'i', 'n', 't', static_cast<char>('0' + Bits)};

 public:
  static constexpr std::string_view name{text, sizeof(text)};
  static constexpr float largest = int_grid<Bits>::largest;
  static constexpr float overflow_from = largest + 0.5f;  // the largest value is odd: its upper tie goes to the next
  static constexpr float default_target = largest;
};

}  // namespace HIFLOAT_NAMESPACE::formats
