// How every scaler quantizes a tensor: choose its scale, quantize, repair. None of it changes a scaler.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include <hifloat/array.hpp>
#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/error.hpp>
#include <hifloat/scaling/options.hpp>
#include <hifloat/scaling/quantized.hpp>
#include <hifloat/scaling/scale.hpp>
#include <hifloat/scaling/tensor_rules.hpp>

namespace HIFLOAT_NAMESPACE::detail {

/// A tensor's scale, and where it comes from.
struct ChosenScale {
  float scale;
  bool own;         ///< from the tensor's own amax
  bool repairable;  ///< may be given up for the tensor's own amax
  std::uint64_t epoch;
};

}  // namespace HIFLOAT_NAMESPACE::detail

namespace HIFLOAT_DETAIL_NAMESPACE {

/// The scale of a tensor from its own finite amax; 1 if that is zero.
[[nodiscard]] constexpr float own_scale(const ScalingOptions& options, float finite_amax) noexcept {
  const std::uint32_t bits = bit_cast<std::uint32_t>(finite_amax);
  return bits == 0 ? 1.0f : scale_for(options, widen(bits));
}

/// What a delayed scaler quantizes the next tensor with. `first_amax()` gives that tensor's finite amax, and is asked
/// only during a FirstAmax cold start. In Calibrate mode there is no such scale: std::logic_error.
template <class FirstAmax>
[[nodiscard]] ChosenScale choose_scale(const ScalingOptions& options, ScalingMode mode, const TensorState& tensor,
                                       FirstAmax&& first_amax) {
  if (mode == ScalingMode::Calibrate) {
    HIFLOAT_THROW(std::logic_error,
                  "hifloat: in Calibrate mode data passes through unquantized: there are no codes (use fake_quantize)");
  }
  const bool frozen = mode == ScalingMode::Frozen;
  if (!frozen && tensor.is_cold() && options.cold_start.uses_first_amax()) {
    return {own_scale(options, first_amax()), true, false, tensor.epoch};
  }
  return {tensor.scale, false, !frozen, tensor.epoch};
}

template <class X, class Codes, std::same_as<PhiloxKey>... Key>
[[nodiscard]] QuantizedInfo quantize_tensor(const ScalingOptions& options, const ChosenScale& chosen, const X& x,
                                            Codes& codes, const Key&... key) {
  const QuantizeStats stats = quantize(x, codes, ScaleParams{.scale = chosen.scale, .clamp = options.clamp}, key...);
  if (!chosen.repairable || !passes_repair_bound(options, stats.amax, chosen.scale)) {
    return {reciprocal(chosen.scale), chosen.epoch, stats, chosen.own};
  }
  const float scale = own_scale(options, stats.amax);
  const QuantizeStats repaired = quantize(x, codes, ScaleParams{.scale = scale, .clamp = options.clamp}, key...);
  return {reciprocal(scale), chosen.epoch, repaired, true};
}

/// The elements of x, unchanged, and their amax.
template <class X, class Y>
[[nodiscard]] QuantizeStats pass_through(const X& x, Y& y) {
  const auto in = span_of(x);
  const auto out = span_of(y);
  check_ranges(in, out, true);
  QuantizeStats stats;
  stats.count = in.size();
  stats.amax = abs_max(x);
  using Element = code_t<const X>;
  for (const Element& element : in) stats.non_finite += magnitude_word(element) >= Word<storage_t<Element>>::infinity;
  if (static_cast<const void*>(in.data()) != static_cast<const void*>(out.data())) {
    std::copy(in.begin(), in.end(), out.begin());
  }
  return stats;
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_NAMESPACE {

/// A range to write, of the same element type as X.
template <class Y, class X>
concept WritableRangeOf = WritableFloatRange<Y> && std::same_as<detail::code_t<const X>, detail::code_t<Y>>;

/// The quantizing part of a scaler's interface, the same for all of them. All of it is const: recomputation gives the
/// same codes.
///
/// x is any contiguous range of floating-point numbers. Codes whose rounding takes random bits need a PhiloxKey as the
/// last argument. Errors are those of the array functions, before anything is written; a scaler in Calibrate mode has
/// no codes, and quantize is std::logic_error.
template <class Scaler>
class Quantizes {
 public:
  /// The codes of x, in memory of their own, with all that it takes to read them.
  template <DeterministicCode Code = hif8_t, FloatRange X>
  [[nodiscard]] Quantized<Code> quantize(const X& x) const {
    return owning<Code>(x);
  }
  template <RandomCode Code, FloatRange X>
  [[nodiscard]] Quantized<Code> quantize(const X& x, const PhiloxKey& key) const {
    return owning<Code>(x, key);
  }

  /// The same into the user's storage, a range of codes of the same size, which must outlive the view.
  template <FloatRange X, DeterministicCodes Codes>
  QuantizedView<detail::code_t<Codes>> quantize(const X& x, Codes&& codes) const {
    const QuantizedInfo info = scaler().quantize_into(x, codes);
    return {detail::span_of(codes), info};
  }
  template <FloatRange X, RandomCodes Codes>
  QuantizedView<detail::code_t<Codes>> quantize(const X& x, Codes&& codes, const PhiloxKey& key) const {
    const QuantizedInfo info = scaler().quantize_into(x, codes, key);
    return {detail::span_of(codes), info};
  }

  /// y = the values of x's codes; in Calibrate mode, x itself. Both ranges have the same element type and may be the
  /// same range. Returns what a scaler wants to observe: the stats of quantize, or in Calibrate mode count, amax and
  /// non_finite alone.
  template <DeterministicCode Code = hif8_t, FloatRange X, WritableRangeOf<X> Y>
  QuantizeStats fake_quantize(const X& x, Y&& y) const {
    return on_grid<Code>(x, y);
  }
  template <RandomCode Code, FloatRange X, WritableRangeOf<X> Y>
  QuantizeStats fake_quantize(const X& x, Y&& y, const PhiloxKey& key) const {
    return on_grid<Code>(x, y, key);
  }

 private:
  [[nodiscard]] const Scaler& scaler() const noexcept { return static_cast<const Scaler&>(*this); }

  template <class Code, class X, class... Key>
  [[nodiscard]] Quantized<Code> owning(const X& x, const Key&... key) const {
    std::vector<Code> codes(std::ranges::size(x));
    const QuantizedInfo info = scaler().quantize_into(x, codes, key...);
    return {std::move(codes), info};
  }

  template <class Code, class X, class Y, class... Key>
  [[nodiscard]] QuantizeStats on_grid(const X& x, Y& y, const Key&... key) const {
    detail::check_ranges(detail::span_of(x), detail::span_of(y), true);
    if (scaler().mode() == ScalingMode::Calibrate) return detail::pass_through(x, y);
    const Quantized<Code> quantized = owning<Code>(x, key...);
    quantized.dequantize(y);
    return quantized.stats();
  }
};

}  // namespace HIFLOAT_NAMESPACE
