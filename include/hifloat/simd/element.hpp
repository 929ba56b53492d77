// How kernels read an element of any type: as a raw word, and as the source number that scaling and clamping make of
// it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <hifloat/bits.hpp>
#include <hifloat/codec.hpp>
#include <hifloat/config.hpp>
#include <hifloat/exact.hpp>
#include <hifloat/philox.hpp>
#include <hifloat/scale_params.hpp>
#include <hifloat/simd/float_environment.hpp>
#include <hifloat/storage.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// The raw word of a storage type. Magnitude words are ordered like magnitudes, with NaN above infinity: a maximum over
/// them keeps NaN.
template <class Storage>
struct Word;
template <>
struct Word<float> {
  using type = std::uint32_t;
  static constexpr type magnitude_mask = binary32::magnitude_mask, infinity = binary32::infinity;
};
template <>
struct Word<double> {
  using type = std::uint64_t;
  static constexpr type magnitude_mask = binary64::magnitude_mask, infinity = binary64::infinity;
};
template <>
struct Word<bfloat16> {
  using type = std::uint16_t;
  static constexpr type magnitude_mask = 0x7FFF, infinity = 0x7F80;
};
template <>
struct Word<binary16> {
  using type = std::uint16_t;
  static constexpr type magnitude_mask = 0x7FFF, infinity = 0x7C00;
};
template <class T>
using word_t = typename Word<storage_t<T>>::type;

template <class T>
[[nodiscard]] HIFLOAT_HD constexpr word_t<T> magnitude_word(T x) noexcept {
  return static_cast<word_t<T>>(bit_cast<word_t<T>>(x) & Word<storage_t<T>>::magnitude_mask);
}

/// The magnitude bits of a finite double rounded to binary32, to nearest even; a finite number stays finite.
[[nodiscard]] HIFLOAT_HD constexpr std::uint32_t nearest_binary32(std::uint64_t magnitude) noexcept {
  const int exponent = static_cast<int>(magnitude >> binary64::mantissa_width) - binary64::bias;
  if (exponent > binary32::bias) return binary32::largest;
  if (exponent < binary32::min_exponent - 1) return 0;
  const bool subnormal = exponent < binary32::min_normal_exponent;
  const int dropped_bits =
      binary64::mantissa_width - binary32::mantissa_width + (subnormal ? binary32::min_normal_exponent - exponent : 0);
  const std::uint64_t significand = (magnitude & binary64::mantissa_mask) | binary64::hidden_one;
  const auto rounded = static_cast<std::uint32_t>(shift_right_ties_even(significand, dropped_bits));
  if (subnormal) return rounded;
  const auto field = static_cast<std::uint32_t>(exponent + binary32::bias);
  const std::uint32_t bits = (field << binary32::mantissa_width) + (rounded - binary32::hidden_one);
  return bits < binary32::infinity ? bits : binary32::largest;
}

/// A magnitude word as the binary32 that scalers work with. NaN is 0x7FC00000. The choice is made among bits: under
/// -ffast-math, clang 19 takes for granted that no function returns a NaN that it could see.
template <class T>
[[nodiscard]] HIFLOAT_HD constexpr float amax_from_word(word_t<T> magnitude) noexcept {
  using W = Word<storage_t<T>>;
  std::uint32_t bits = 0;
  if (magnitude > W::infinity) {
    bits = binary32::quiet_nan;
  } else if (magnitude == W::infinity) {
    bits = binary32::infinity;
  } else if constexpr (std::is_same_v<storage_t<T>, double>) {
    bits = nearest_binary32(magnitude);
  } else {
    bits = bit_cast<std::uint32_t>(static_cast<float>(bit_cast<storage_t<T>>(magnitude)));
  }
  return bit_cast<float>(bits);
}

/// What a kernel is told besides the data. Checked and prepared once per array call.
struct KernelParams {
  /// `call_size`: the elements of the array call, of which a kernel may get a part.
  HIFLOAT_HD explicit KernelParams(const ScaleParams& params, const PhiloxKey& philox = {},
                                   std::size_t call_size = 0) noexcept
      : scale(params.scale),
        clamp_bits(bit_cast<std::uint32_t>(params.clamp)),
        scaled(bit_cast<std::uint32_t>(params.scale) != bit_cast<std::uint32_t>(1.0f)),
        power_of_two(is_power_of_two(params.scale)),
        key(philox),
        call_elements(call_size) {}

  /// For the elements from `first` on.
  [[nodiscard]] HIFLOAT_HD KernelParams starting_at(std::size_t first) const noexcept {
    KernelParams moved = *this;
    moved.key = hifloat::detail::starting_at(key, first);
    return moved;
  }

  float scale;
  std::uint32_t clamp_bits;
  bool scaled;        ///< scale != 1: there is floating-point work
  bool power_of_two;  ///< 16-bit sources then keep their own threshold
  PhiloxKey key;
  std::size_t call_elements;
};

template <class T>
[[nodiscard]] HIFLOAT_HD constexpr Source unscaled_source(T element) noexcept {
  return source_of(bit_cast<storage_t<T>>(element));
}

/// The number itself, as binary32; a NaN stays one. A GPU has an instruction for binary16.
[[nodiscard]] HIFLOAT_HD inline float widened(float x) noexcept { return x; }
[[nodiscard]] HIFLOAT_HD inline float widened(bfloat16 x) noexcept { return bit_cast<float>(source_of(x).bits); }
[[nodiscard]] HIFLOAT_HD inline float widened(binary16 x) noexcept {
#if HIFLOAT_DEVICE_CODE
  float wide;
  asm("cvt.f32.f16 %0, %1;" : "=f"(wide) : "h"(x.bits()));
  return wide;
#else
  return bit_cast<float>(source_of(x).bits);
#endif
}

/// x * scale as a source number; see ScaleParams. The clamp is not yet applied.
template <class T>
[[nodiscard]] HIFLOAT_HD inline Source scaled_source(T element, const KernelParams& params) noexcept {
  const auto x = bit_cast<storage_t<T>>(element);
  if (!params.scaled) return source_of(x);
  if constexpr (std::is_same_v<storage_t<T>, double>) {
    return source_of_binary32(product_to_odd(x, params.scale));
  } else if constexpr (std::is_same_v<storage_t<T>, float>) {
    return source_of(multiply(x, params.scale));
  } else {
    Source product = source_of(multiply(widened(x), params.scale));
    if (params.power_of_two) product.threshold = threshold_of_word(bit_cast<std::uint16_t>(x));
    return product;
  }
}

/// Limits |source| to the clamp, infinity included. The clamp itself is a number with few bits: its threshold is that
/// of an exact value.
template <class T>
[[nodiscard]] HIFLOAT_HD constexpr Source clamped(Source source, const KernelParams& params) noexcept {
  const std::uint32_t magnitude = source.bits & binary32::magnitude_mask;
  if (magnitude <= params.clamp_bits || magnitude > binary32::infinity) return source;
  const std::uint32_t bits = (source.bits & binary32::sign_mask) | params.clamp_bits;
  return {bits, sizeof(T) == 2 && params.power_of_two ? threshold_of_word(0) : 0};
}

/// The magnitude from which on HiF8 keeps fewer than three mantissa bits.
inline constexpr std::uint32_t hif8_demoted_from = bit_cast<std::uint32_t>(16.0f);

/// What a kernel counts; see QuantizeStats.
template <class T, class Count>
struct Tally {
  Count overflowed = 0, demoted = 0, flushed_to_zero = 0, non_finite = 0;
  word_t<T> amax = 0;

  HIFLOAT_HD constexpr void add_amax(word_t<T> magnitude) noexcept { amax = magnitude > amax ? magnitude : amax; }
  /// An element's magnitude before and after scaling, and what became of it. `demoted_from`: the scaled magnitude
  /// from which on precision is lost.
  HIFLOAT_HD constexpr void add_counts(word_t<T> magnitude, std::uint32_t scaled_magnitude, std::uint32_t clamp_bits,
                                       std::uint32_t demoted_from, bool rounded_past_largest, bool zero) noexcept {
    const bool finite = magnitude < Word<storage_t<T>>::infinity;
    non_finite += !finite;
    demoted += finite && scaled_magnitude >= demoted_from;
    overflowed += finite && (scaled_magnitude > clamp_bits || rounded_past_largest);
    flushed_to_zero += finite && magnitude != 0 && zero;
  }
};

/// Random bits for neighbours: one Philox block serves eight of them.
template <bool Needed>
class RandomLanes {
 public:
  HIFLOAT_HD explicit RandomLanes(const PhiloxKey& key) noexcept : key_(key) {}

  /// For i = 0, 1, 2, ... in this order.
  [[nodiscard]] HIFLOAT_HD std::uint16_t operator()(std::uint64_t i) noexcept {
    const std::uint64_t index = key_.first_index + i;
    if (i == 0 || index % 8 == 0) block_ = philox4x32_7(key_.seed, key_.stream, index / 8);
    return philox_lane(block_, index);
  }

 private:
  PhiloxKey key_;
  PhiloxBlock block_{};
};
template <>
class RandomLanes<false> {
 public:
  HIFLOAT_HD explicit RandomLanes(const PhiloxKey&) noexcept {}
  [[nodiscard]] HIFLOAT_HD std::uint16_t operator()(std::uint64_t) const noexcept { return 0; }
};

/// A binary32 as an element of any target type, rounded once to nearest even; every NaN becomes the type's own quiet
/// one.
template <class T>
[[nodiscard]] HIFLOAT_HD inline T element_from(float x) noexcept {
  const std::uint32_t bits = bit_cast<std::uint32_t>(x);
  const bool nan = (bits & binary32::magnitude_mask) > binary32::infinity;
  if constexpr (std::is_same_v<storage_t<T>, float>) {
    return bit_cast<T>(nan ? +binary32::quiet_nan : bits);  // as a value: device code has no such variable
  } else if constexpr (std::is_same_v<storage_t<T>, double>) {
    const auto wide = bit_cast<std::uint64_t>(static_cast<double>(x));
    return bit_cast<T>(nan ? std::uint64_t{0x7FF8000000000000} : wide);
  } else {
    return bit_cast<T>(storage_t<T>(x));
  }
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
