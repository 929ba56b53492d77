// Many numbers: encode, decode, abs_max, quantize, fake_quantize over contiguous ranges.
//
// Inputs are contiguous ranges of float, double, bfloat16, binary16, or of a type that storage_traits maps to them;
// codes are contiguous ranges of hif8<R, O>, whose type says how numbers are rounded, or of another of formats/.
// Everything is checked before anything is written: sizes that differ, a scale outside [2^-126, 2^126], a clamp that is
// no HiF8 value, or memory that overlaps, are std::invalid_argument. Results do not depend on the backend (active_isa),
// the caller's floating-point environment, compiler flags, or the executor that an input may come with (executor.hpp).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ranges>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include <hifloat/config.hpp>
#include <hifloat/error.hpp>
#include <hifloat/executor.hpp>
#include <hifloat/formats/quantization_format.hpp>
#include <hifloat/hif8.hpp>
#include <hifloat/memory_range.hpp>
#include <hifloat/philox.hpp>
#include <hifloat/pieces.hpp>
#include <hifloat/scale_params.hpp>
#include <hifloat/simd/dispatch.hpp>
#include <hifloat/simd/element.hpp>
#include <hifloat/simd/float_environment.hpp>
#include <hifloat/stats.hpp>

namespace HIFLOAT_NAMESPACE {

namespace detail {
template <class Range>
using element_t = std::remove_reference_t<decltype(*std::ranges::data(std::declval<Range&>()))>;
}  // namespace detail

/// A contiguous range that knows its size: a vector, an array, a span, or what `on` returns.
template <class T>
concept ContiguousSizedRange = std::ranges::contiguous_range<T> && std::ranges::sized_range<T>;

/// A contiguous range of floating-point numbers to read.
template <class T>
concept FloatRange = ContiguousSizedRange<T> && FloatingStorage<std::remove_cv_t<detail::element_t<T>>>;

/// One to write.
template <class T>
concept WritableFloatRange = FloatRange<T> && !std::is_const_v<detail::element_t<T>>;

/// A code type whose rounding needs no random bits: a HiF8 type, or any other format of formats/.
template <class Code>
concept DeterministicCode = QuantizationFormat<Code>;

/// One whose rounding does: hif8 with rounding::Stochastic.
template <class Code>
concept RandomCode = detail::is_hif8<Code> && Code::rounding_policy::uses_random;

/// A contiguous range of codes to read.
template <class T>
concept CodeRange = ContiguousSizedRange<T> &&
    (DeterministicCode<std::remove_cv_t<detail::element_t<T>>> || RandomCode<std::remove_cv_t<detail::element_t<T>>>);

/// One to write.
template <class T>
concept WritableCodeRange = CodeRange<T> && !std::is_const_v<detail::element_t<T>>;

/// Codes to write whose rounding needs no random bits.
template <class T>
concept DeterministicCodes = WritableCodeRange<T> && DeterministicCode<detail::element_t<T>>;

/// Codes to write whose rounding does.
template <class T>
concept RandomCodes = WritableCodeRange<T> && RandomCode<detail::element_t<T>>;

}  // namespace HIFLOAT_NAMESPACE

namespace HIFLOAT_DETAIL_NAMESPACE {

template <class Range>
[[nodiscard]] constexpr auto span_of(Range&& range) noexcept {
  return std::span<element_t<Range>>(std::ranges::data(range), std::ranges::size(range));
}

template <class Range>
using code_t = std::remove_cv_t<element_t<Range>>;

/// What kernels take: codes as bytes.
template <class R, class O>
[[nodiscard]] std::uint8_t* raw(hif8<R, O>* codes) noexcept {
  return reinterpret_cast<std::uint8_t*>(codes);
}
template <class R, class O>
[[nodiscard]] const std::uint8_t* raw(const hif8<R, O>* codes) noexcept {
  return reinterpret_cast<const std::uint8_t*>(codes);
}
template <class T>
[[nodiscard]] T* raw(T* elements) noexcept {
  return elements;
}

/// Whether input and output may be the same range, of elements of one size.
enum class InPlace : bool { refused, allowed };

/// Sizes are equal, and the memory is disjoint or, where that is allowed, the same.
template <class In, class Out>
void check_ranges(std::span<In> in, std::span<Out> out, InPlace in_place) {
  if (in.size() != out.size()) {
    refuse_sizes("hifloat: input and output have different sizes: ", in.size(), " and ", out.size());
  }
  const MemoryRange read(in.data(), in.size_bytes()), written(out.data(), out.size_bytes());
  const bool same = read.begin == written.begin && sizeof(In) == sizeof(Out);
  if (!(same && in_place == InPlace::allowed) && read.overlaps(written)) {
    HIFLOAT_THROW(std::invalid_argument, "hifloat: input and output overlap");
  }
}

/// One array call: checks everything, then runs the kernel, on each thread under the default floating-point environment
/// where it computes in floating point.
template <class Kernel, class E, class In, class Out>
auto run(const E& executor, std::span<In> in, std::span<Out> out, InPlace in_place, const ScaleParams& params,
         const PhiloxKey& key) {
  check_ranges(in, out, in_place);
  check(params);
  const KernelParams prepared(params, key, in.size());
  const auto call = kernel_for<Kernel>(in.size());
  const auto work = [&](std::size_t first, std::size_t n, const KernelParams& of_piece) {
    if (!prepared.scaled) return call(raw(in.data()) + first, raw(out.data()) + first, n, of_piece);
    const FloatEnvironment environment;
    return call(raw(in.data()) + first, raw(out.data()) + first, n, of_piece);
  };
  if constexpr (std::is_same_v<E, hifloat::executor::Serial>) return work(0, in.size(), prepared);
  return in_pieces(executor, in.size(), out.data(), sizeof(Out),
                   [&](std::size_t first, std::size_t n) { return work(first, n, prepared.starting_at(first)); });
}

template <class X, class Codes>
void encode_array(const X& x, Codes&& codes, const ScaleParams& params, const PhiloxKey& key) {
  using Codec = CodecOf<code_t<Codes>>;
  const auto in = span_of(x);
  const auto out = span_of(codes);
  if (!Codec::uses_random && in.size() < few_elements && is_neutral(params)) {  // done before a kernel would be called
    check_ranges(in, out, InPlace::refused);
    (void)active_backend();  // its mistakes are reported here too
    for (std::size_t i = 0; i < in.size(); ++i) raw(out.data())[i] = Codec::encode(unscaled_source(in[i]), 0);
    return;
  }
  run<EncodeKernel<code_t<Codes>, code_t<const X>>>(executor_of(x), in, out, InPlace::refused, params, key);
}

template <class X, class Codes>
[[nodiscard]] QuantizeStats quantize_array(const X& x, Codes&& codes, const ScaleParams& params, const PhiloxKey& key) {
  return run<QuantizeKernel<code_t<Codes>, code_t<const X>>>(executor_of(x), span_of(x), span_of(codes),
                                                             InPlace::refused, params, key);
}

template <class Code, class X, class Y>
void fake_quantize_array(const X& x, Y&& y, const ScaleParams& params, const PhiloxKey& key) {
  run<FakeQuantizeKernel<Code, code_t<const X>, element_t<Y>>>(executor_of(x), span_of(x), span_of(y), InPlace::allowed,
                                                               params, key);
}

/// The elements of x in y, which may be the same range.
template <class X, class Y>
void copy_array(const X& x, Y&& y) {
  const auto in = span_of(x);
  const auto out = span_of(y);
  check_ranges(in, out, InPlace::allowed);
  if (static_cast<const void*>(in.data()) != static_cast<const void*>(out.data())) std::ranges::copy(in, out.begin());
}

template <bool FiniteOnly, class X>
[[nodiscard]] float abs_max_array(const X& x) {
  const auto in = span_of(x);
  const auto call = kernel<AbsMaxKernel<FiniteOnly, code_t<const X>>>();
  return in_pieces(executor_of(x), in.size(), in.data(), sizeof(in[0]),
                   [&](std::size_t first, std::size_t n) { return call(in.data() + first, n); });
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_FUNCTION_NAMESPACE {

/// The instruction set in use: "scalar", "avx2", "avx512bw", "avx512vbmi" or "neon". The environment variable
/// HIFLOAT_ISA forces one; one that is unknown or that this CPU can't run is std::runtime_error, here and in every
/// array call.
[[nodiscard]] inline std::string_view active_isa() { return detail::AllBackends::names[detail::active_backend()]; }

/// codes[i] = x[i] * scale, limited to the clamp, rounded. A double is rounded once from its exact product. NaN passes
/// the clamp, and is what the codes' overflow policy makes of it. Errors: see the top of this file.
template <FloatRange X, DeterministicCodes Codes>
void encode(const X& x, Codes&& codes, ScaleParams params) {
  detail::encode_array(x, codes, params, {});
}
/// The same without a clamp.
template <FloatRange X, DeterministicCodes Codes>
void encode(const X& x, Codes&& codes, float scale = 1.0f) {
  detail::encode_array(x, codes, {.scale = scale}, {});
}

/// The same with random bits: element i takes number key.first_index + i of the key's sequence.
template <FloatRange X, RandomCodes Codes>
void encode(const X& x, Codes&& codes, ScaleParams params, const PhiloxKey& key) {
  detail::encode_array(x, codes, params, key);
}
/// The same without a clamp.
template <FloatRange X, RandomCodes Codes>
void encode(const X& x, Codes&& codes, float scale, const PhiloxKey& key) {
  detail::encode_array(x, codes, {.scale = scale}, key);
}

/// x[i] = value of codes[i] * inverse_scale: one binary32 multiplication, then one rounding to the element type. NaN is
/// the type's quiet one (0x7FC00000 in binary32). The inverse scale has the limits of a scale.
template <CodeRange Codes, WritableFloatRange X>
void decode(const Codes& codes, X&& x, float inverse_scale = 1.0f) {
  using Kernel = detail::DecodeKernel<detail::code_t<const Codes>, detail::element_t<X>>;
  detail::run<Kernel>(detail::executor_of(codes), detail::span_of(codes), detail::span_of(x), detail::InPlace::refused,
                      {.scale = inverse_scale}, {});
}

/// The largest |x[i]|: NaN if any element is NaN, else infinity if any is infinite, 0 for an empty range. A double is
/// rounded to nearest, and stays finite.
template <FloatRange X>
[[nodiscard]] float abs_max(const X& x) {
  return detail::abs_max_array<false>(x);
}

/// The largest finite |x[i]|; 0 if there is none. CurrentScaler, and a scaler that starts cold, take it for their
/// scale.
template <FloatRange X>
[[nodiscard]] float finite_abs_max(const X& x) {
  return detail::abs_max_array<true>(x);
}

/// encode, and in the same pass the amax of the input and what happened to its elements.
template <FloatRange X, DeterministicCodes Codes>
QuantizeStats quantize(const X& x, Codes&& codes, ScaleParams params) {
  return detail::quantize_array(x, codes, params, {});
}
/// The same without a clamp.
template <FloatRange X, DeterministicCodes Codes>
QuantizeStats quantize(const X& x, Codes&& codes, float scale = 1.0f) {
  return detail::quantize_array(x, codes, {.scale = scale}, {});
}
/// The same with the random bits of encode.
template <FloatRange X, RandomCodes Codes>
QuantizeStats quantize(const X& x, Codes&& codes, ScaleParams params, const PhiloxKey& key) {
  return detail::quantize_array(x, codes, params, key);
}
/// The same without a clamp.
template <FloatRange X, RandomCodes Codes>
QuantizeStats quantize(const X& x, Codes&& codes, float scale, const PhiloxKey& key) {
  return detail::quantize_array(x, codes, {.scale = scale}, key);
}

/// y[i] = x[i] on the grid that `Code` has under this scale: decode(encode(x, scale), 1 / scale) without the codes. x
/// and y may be the same range.
template <DeterministicCode Code = hif8_t, FloatRange X, WritableFloatRange Y>
void fake_quantize(const X& x, Y&& y, ScaleParams params) {
  detail::fake_quantize_array<Code>(x, y, params, {});
}
/// The same without a clamp.
template <DeterministicCode Code = hif8_t, FloatRange X, WritableFloatRange Y>
void fake_quantize(const X& x, Y&& y, float scale = 1.0f) {
  detail::fake_quantize_array<Code>(x, y, {.scale = scale}, {});
}
/// The same with the random bits of encode.
template <RandomCode Code, FloatRange X, WritableFloatRange Y>
void fake_quantize(const X& x, Y&& y, ScaleParams params, const PhiloxKey& key) {
  detail::fake_quantize_array<Code>(x, y, params, key);
}
/// The same without a clamp.
template <RandomCode Code, FloatRange X, WritableFloatRange Y>
void fake_quantize(const X& x, Y&& y, float scale, const PhiloxKey& key) {
  detail::fake_quantize_array<Code>(x, y, {.scale = scale}, key);
}

}  // namespace HIFLOAT_FUNCTION_NAMESPACE
