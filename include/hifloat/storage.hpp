// The 16-bit storage types bfloat16 and binary16, and the trait by which any floating type becomes a source or a target
// of HiF8.
#pragma once

#include <cstdint>
#include <type_traits>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/equal.hpp>
#include <hifloat/narrow_float.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

[[nodiscard]] HIFLOAT_HD constexpr std::uint16_t to_bfloat16_word(std::uint32_t bits) noexcept {
  if ((bits & binary32::magnitude_mask) > binary32::infinity) return 0x7FC0;
  return static_cast<std::uint16_t>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

using Binary16 = NarrowFloat<10, -14>;

[[nodiscard]] HIFLOAT_HD constexpr std::uint16_t to_binary16_word(std::uint32_t bits) noexcept {
  constexpr std::uint32_t infinity = 0x7C00;
  const std::uint32_t sign = bits >> 16 & 0x8000;
  const std::uint32_t magnitude = bits & binary32::magnitude_mask;
  if (magnitude > binary32::infinity) return 0x7E00;
  const std::uint32_t rounded = Binary16::round(magnitude);
  return static_cast<std::uint16_t>(sign | (rounded < infinity ? rounded : infinity));
}

[[nodiscard]] HIFLOAT_HD constexpr std::uint32_t from_binary16_word(std::uint16_t word) noexcept {
  const std::uint32_t sign = (word & 0x8000u) << 16;
  const std::uint32_t magnitude = word & 0x7FFFu;
  if (magnitude >= 0x7C00) return sign | binary32::infinity | (magnitude & 0x3FF) << 13;
  return sign | Binary16::value(magnitude);
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_NAMESPACE {

/// A bfloat16 word: 1 sign, 8 exponent, 7 mantissa bits. Storage only; compute in float.
class bfloat16 {
 public:
  HIFLOAT_KEYED constexpr bfloat16() = default;
  /// Nearest, ties to even; past the largest number infinity, every NaN becomes 0x7FC0.
  HIFLOAT_KEYED HIFLOAT_HD explicit constexpr bfloat16(float x) noexcept
      : bits_(detail::to_bfloat16_word(detail::bit_cast<std::uint32_t>(x))) {}
  /// The number that is this word; all are valid.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD static constexpr bfloat16 from_bits(std::uint16_t bits) noexcept {
    bfloat16 x;
    x.bits_ = bits;
    return x;
  }
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD constexpr std::uint16_t bits() const noexcept { return bits_; }  ///< the word
  /// Exact.
  HIFLOAT_KEYED HIFLOAT_HD explicit constexpr operator float() const noexcept {
    return detail::bit_cast<float>(static_cast<std::uint32_t>(bits_) << 16);
  }

  /// By value: 0 equals -0, NaN nothing.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD friend constexpr bool operator==(bfloat16 a, bfloat16 b) noexcept {
    return detail::is_equal_number(a.bits_, b.bits_, 0x7F80);
  }

 private:
  std::uint16_t bits_ = 0;
};

/// An IEEE binary16 word: 1 sign, 5 exponent, 10 mantissa bits. Storage only; compute in float.
class binary16 {
 public:
  HIFLOAT_KEYED constexpr binary16() = default;
  /// Nearest, ties to even; |x| >= 65520 becomes infinity, every NaN 0x7E00.
  HIFLOAT_KEYED HIFLOAT_HD explicit constexpr binary16(float x) noexcept
      : bits_(detail::to_binary16_word(detail::bit_cast<std::uint32_t>(x))) {}
  /// The number that is this word; all are valid.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD static constexpr binary16 from_bits(std::uint16_t bits) noexcept {
    binary16 x;
    x.bits_ = bits;
    return x;
  }
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD constexpr std::uint16_t bits() const noexcept { return bits_; }  ///< the word
  /// Exact; a NaN keeps its payload.
  HIFLOAT_KEYED HIFLOAT_HD explicit constexpr operator float() const noexcept {
    return detail::bit_cast<float>(detail::from_binary16_word(bits_));
  }

  /// By value: 0 equals -0, NaN nothing.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD friend constexpr bool operator==(binary16 a, binary16 b) noexcept {
    return detail::is_equal_number(a.bits_, b.bits_, 0x7C00);
  }

 private:
  std::uint16_t bits_ = 0;
};

/// Says how a type's bits are to be read: `storage_traits<T>::type` is float, double, bfloat16 or binary16, of the same
/// size and layout as T. Specialise it for your own 16-bit types.
template <class T>
struct storage_traits {};
template <>
struct storage_traits<float> {
  using type = float;
};
template <>
struct storage_traits<double> {
  using type = double;
};
template <>
struct storage_traits<bfloat16> {
  using type = bfloat16;
};
template <>
struct storage_traits<binary16> {
  using type = binary16;
};
#if defined(__FLT16_MANT_DIG__) && defined(__STDCPP_FLOAT16_T__)
template <>
struct storage_traits<_Float16> {
  using type = binary16;
};
#endif
#if defined(__STDCPP_BFLOAT16_T__)
template <>
struct storage_traits<decltype(0.0bf16)> {
  using type = bfloat16;
};
#endif

/// What storage_traits maps T to; const or not.
template <class T>
using storage_t = typename storage_traits<std::remove_cv_t<T>>::type;

namespace detail {
template <class T>
concept HasStorage = requires {
  typename storage_t<T>;
};
template <class T>
inline constexpr bool has_layout_of_storage = sizeof(T) == sizeof(storage_t<T>) && std::is_trivially_copyable_v<T>;
}  // namespace detail

/// A type whose elements can be quantized: float, double, bfloat16, binary16, or one that storage_traits maps to them.
template <class T>
concept FloatingStorage = detail::HasStorage<T> && detail::has_layout_of_storage<T>;

}  // namespace HIFLOAT_NAMESPACE
