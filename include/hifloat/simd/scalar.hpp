// The scalar backend: the array kernels, one element at a time. It is what every other backend must agree with, bit for
// bit, what they fall back on, and all there is for formats other than HiF8.
#pragma once

#include <cstddef>
#include <cstdint>

#include <hifloat/bits.hpp>
#include <hifloat/codec.hpp>
#include <hifloat/config.hpp>
#include <hifloat/formats/quantization_format.hpp>
#include <hifloat/simd/element.hpp>
#include <hifloat/simd/exponent_classes.hpp>
#include <hifloat/simd/tables.hpp>
#include <hifloat/stats.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// A code, and whether the number that became it was past the format's largest value.
template <class Code>
struct Encoded {
  Code code;
  bool overflowed;
};

/// What the loops below are told of a format:
///  - `Code`, and `encode`: what becomes of one source number, with random bits where it `uses_random`;
///  - `encode_noting_overflow`: the same, and whether it overflowed;
///  - `is_zero` and `decode`, of a code; `demoted_from`, the magnitude from which on precision is lost.
template <class R, class O>
struct Hif8Codec {
  using Code = std::uint8_t;
  static constexpr bool uses_random = R::uses_random;
  static constexpr std::uint32_t demoted_from = hif8_demoted_from;

  [[nodiscard]] static Code encode(const Source& x, std::uint16_t random) noexcept {
    return encode_fast<R, O>(x, random);
  }
  [[nodiscard]] static Encoded<Code> encode_noting_overflow(const Source& x, std::uint16_t random) noexcept {
    const std::uint8_t rounded = encode_fast<R, overflow::Infinity>(x, random);
    return {apply_overflow<O>(rounded), format::is_infinite(rounded)};
  }
  [[nodiscard]] static bool is_zero(Code code) noexcept { return code == format::zero; }
  [[nodiscard]] static float decode(Code code) noexcept { return bit_cast<float>(decode_table.bits[code]); }
};

/// Any other format. Precision that tapers off at the top is HiF8's alone: nothing is demoted.
template <QuantizationFormat F>
struct FormatCodec {
  using Code = F;
  static constexpr bool uses_random = false;
  static constexpr std::uint32_t demoted_from = ~std::uint32_t{0};
  static constexpr std::uint32_t overflow_from = [] {
    if constexpr (requires { formats::traits<F>::overflow_from; }) {
      return bit_cast<std::uint32_t>(formats::traits<F>::overflow_from);
    } else {
      return bit_cast<std::uint32_t>(formats::traits<F>::largest) + 1;
    }
  }();

  [[nodiscard]] static Code encode(const Source& x, std::uint16_t) noexcept { return F(bit_cast<float>(x.bits)); }
  [[nodiscard]] static Encoded<Code> encode_noting_overflow(const Source& x, std::uint16_t random) noexcept {
    return {encode(x, random), (x.bits & binary32::magnitude_mask) >= overflow_from};
  }
  [[nodiscard]] static bool is_zero(Code code) noexcept {
    return (bit_cast<std::uint32_t>(decode(code)) & binary32::magnitude_mask) == 0;
  }
  [[nodiscard]] static float decode(Code code) noexcept { return static_cast<float>(code); }
};

template <class Code>
struct CodecOfCode {
  using type = FormatCodec<Code>;
};
template <class R, class O>
struct CodecOfCode<hif8<R, O>> {
  using type = Hif8Codec<R, O>;
};
template <class Code>
using CodecOf = typename CodecOfCode<Code>::type;

/// The kernels' loops over n elements.
template <class Codec>
struct ScalarLoops {
  using Code = typename Codec::Code;

  template <class T>
  HIFLOAT_ALWAYS_INLINE static void encode(const T* x, Code* codes, std::size_t n,
                                           const KernelParams& params) noexcept {
    RandomLanes<Codec::uses_random> random(params.key);
    if (!params.scaled && params.clamp_bits == binary32::infinity) {
      for (std::size_t i = 0; i < n; ++i) codes[i] = Codec::encode(unscaled_source(x[i]), random(i));
      return;
    }
    const KernelParams p = params;  // a copy: what is written might change the original, for all the compiler knows
    if (p.clamp_bits == binary32::infinity) {
      for (std::size_t i = 0; i < n; ++i) codes[i] = Codec::encode(scaled_source(x[i], p), random(i));
    } else {
      for (std::size_t i = 0; i < n; ++i) codes[i] = quantize_one(x[i], p, random(i));
    }
  }

  template <class T>
  HIFLOAT_ALWAYS_INLINE static void decode(const Code* codes, T* x, std::size_t n,
                                           const KernelParams& params) noexcept {
    const bool scaled = params.scaled;
    const float scale = params.scale;
    for (std::size_t i = 0; i < n; ++i) x[i] = dequantize_one<T>(codes[i], scaled, scale);
  }

  template <class T, class U>
  HIFLOAT_ALWAYS_INLINE static void fake_quantize(const T* x, U* y, std::size_t n,
                                                  const KernelParams& params) noexcept {
    const KernelParams p = params;
    const float inverse = reciprocal(p.scale);
    RandomLanes<Codec::uses_random> random(p.key);
    for (std::size_t i = 0; i < n; ++i) {
      y[i] = dequantize_one<U>(quantize_one(x[i], p, random(i)), p.scaled, inverse);
    }
  }

  template <class T>
  HIFLOAT_ALWAYS_INLINE static QuantizeStats quantize(const T* x, Code* codes, std::size_t n,
                                                      const KernelParams& params) noexcept {
    const KernelParams p = params;
    RandomLanes<Codec::uses_random> random(p.key);
    Tally<T, std::uint64_t> tally;
    for (std::size_t i = 0; i < n; ++i) {
      const word_t<T> magnitude = magnitude_word(x[i]);
      const Source scaled = scaled_source(x[i], p);
      const auto [code, overflowed] = Codec::encode_noting_overflow(clamped<T>(scaled, p), random(i));
      codes[i] = code;
      tally.add_amax(magnitude);
      tally.add_counts(magnitude, scaled.bits & binary32::magnitude_mask, p.clamp_bits, Codec::demoted_from, overflowed,
                       Codec::is_zero(code));
    }
    return {.count = n,
            .amax = amax_from_word<T>(tally.amax),
            .overflowed = tally.overflowed,
            .demoted = tally.demoted,
            .flushed_to_zero = tally.flushed_to_zero,
            .non_finite = tally.non_finite};
  }

 private:
  template <class T>
  [[nodiscard]] static Code quantize_one(T x, const KernelParams& params, std::uint16_t random) noexcept {
    return Codec::encode(clamped<T>(scaled_source(x, params), params), random);
  }

  template <class T>
  [[nodiscard]] static T dequantize_one(Code code, bool scaled, float scale) noexcept {
    const float value = Codec::decode(code);
    return element_from<T>(scaled ? multiply(value, scale) : value);
  }
};

/// A backend is a type with these static functions; each is one kernel, never inlined, so that the caller's
/// floating-point environment is set when it runs.
struct scalar {
  static constexpr const char* name = "scalar";
  [[nodiscard]] static bool is_usable() noexcept { return true; }

  template <class R, class O, class T>
  HIFLOAT_NOINLINE static void encode(const T* x, std::uint8_t* codes, std::size_t n,
                                      const KernelParams& params) noexcept {
    ScalarLoops<Hif8Codec<R, O>>::encode(x, codes, n, params);
  }
  template <class T>
  HIFLOAT_NOINLINE static void decode(const std::uint8_t* codes, T* x, std::size_t n,
                                      const KernelParams& params) noexcept {
    ScalarLoops<Hif8Codec<rounding::TiesAway, overflow::Saturate>>::decode(codes, x, n, params);
  }
  template <class R, class O, class T, class U>
  HIFLOAT_NOINLINE static void fake_quantize(const T* x, U* y, std::size_t n, const KernelParams& params) noexcept {
    ScalarLoops<Hif8Codec<R, O>>::fake_quantize(x, y, n, params);
  }
  template <class R, class O, class T>
  HIFLOAT_NOINLINE static QuantizeStats quantize(const T* x, std::uint8_t* codes, std::size_t n,
                                                 const KernelParams& params) noexcept {
    return ScalarLoops<Hif8Codec<R, O>>::quantize(x, codes, n, params);
  }

  /// Largest magnitude; with FiniteOnly over the finite elements, else NaN if there is one.
  template <bool FiniteOnly, class T>
  [[nodiscard]] HIFLOAT_NOINLINE static float abs_max(const T* x, std::size_t n) noexcept {
    word_t<T> amax = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const word_t<T> magnitude = magnitude_word(x[i]);
      const bool counts = !FiniteOnly || magnitude < Word<storage_t<T>>::infinity;
      amax = counts && magnitude > amax ? magnitude : amax;
    }
    return amax_from_word<T>(amax);
  }

  /// Adds to counts[exponent_classes] how many codes there are of each exponent class.
  HIFLOAT_NOINLINE static void count_exponents(const std::uint8_t* codes, std::size_t n,
                                               std::uint64_t* counts) noexcept {
    for (std::size_t i = 0; i < n; ++i) ++counts[exponent_class.of_code[codes[i]]];
  }
};

/// The kernels of any other format, on every CPU.
template <QuantizationFormat F>
struct FormatKernels {
  using Loops = ScalarLoops<FormatCodec<F>>;

  template <class T>
  HIFLOAT_NOINLINE static void encode(const T* x, F* codes, std::size_t n, const KernelParams& params) noexcept {
    Loops::encode(x, codes, n, params);
  }
  template <class T>
  HIFLOAT_NOINLINE static void decode(const F* codes, T* x, std::size_t n, const KernelParams& params) noexcept {
    Loops::decode(codes, x, n, params);
  }
  template <class T, class U>
  HIFLOAT_NOINLINE static void fake_quantize(const T* x, U* y, std::size_t n, const KernelParams& params) noexcept {
    Loops::fake_quantize(x, y, n, params);
  }
  template <class T>
  HIFLOAT_NOINLINE static QuantizeStats quantize(const T* x, F* codes, std::size_t n,
                                                 const KernelParams& params) noexcept {
    return Loops::quantize(x, codes, n, params);
  }
};

}  // namespace HIFLOAT_DETAIL_NAMESPACE
