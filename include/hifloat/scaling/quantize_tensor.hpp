// How every scaler quantizes a tensor: choose its scale, quantize, repair. None of it changes a scaler.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <ranges>
#include <span>
#include <utility>
#include <vector>

#include <hifloat/array.hpp>
#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/error.hpp>
#include <hifloat/philox.hpp>
#include <hifloat/scale_params.hpp>
#include <hifloat/scaling/options.hpp>
#include <hifloat/scaling/quantized.hpp>
#include <hifloat/scaling/scale.hpp>
#include <hifloat/scaling/tensor_rules.hpp>
#include <hifloat/stats.hpp>

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

/// The scale of a tensor from its own amax, whose sign is ignored; 1 where it is zero or not finite.
[[nodiscard]] constexpr float own_scale(const ScalingOptions& options, float amax) noexcept {
  const std::uint32_t bits = bit_cast<std::uint32_t>(amax) & binary32::magnitude_mask;
  return bits == 0 || bits >= binary32::infinity ? 1.0f : scale_for(options, widen(bits));
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
    return {.scale = own_scale(options, first_amax()), .own = true, .repairable = false, .epoch = tensor.epoch};
  }
  return {.scale = tensor.scale, .own = false, .repairable = !frozen, .epoch = tensor.epoch};
}

/// Quantizes under a chosen scale, and repairs: `pass(params)` quantizes all elements and returns their stats.
template <class Pass>
[[nodiscard]] QuantizedInfo quantize_in_passes(const ScalingOptions& options, const ChosenScale& chosen,
                                               const Pass& pass) {
  const QuantizeStats stats = pass(ScaleParams{.scale = chosen.scale, .clamp = options.clamp});
  if (!chosen.repairable || !passes_repair_bound(options, stats.amax, chosen.scale)) {
    return {reciprocal(chosen.scale), chosen.epoch, stats, chosen.own};
  }
  const float scale = own_scale(options, stats.amax);
  return {reciprocal(scale), chosen.epoch, pass(ScaleParams{.scale = scale, .clamp = options.clamp}), true};
}

/// Chooses the scale and quantizes; `choose()` returns a ChosenScale, and is asked (it may talk to other ranks) only
/// once the ranges are known to fit.
template <class Choose, class X, class Codes, std::same_as<PhiloxKey>... Key>
[[nodiscard]] QuantizedInfo quantize_tensor(const ScalingOptions& options, Choose&& choose, const X& x, Codes& codes,
                                            const Key&... key) {
  check_ranges(span_of(x), span_of(codes), InPlace::refused);
  return quantize_in_passes(options, choose(),
                            [&](const ScaleParams& params) { return quantize(x, codes, params, key...); });
}

/// What x is multiplied with and limited to, a repair included, known before it is quantized.
template <class X>
[[nodiscard]] ScaleParams params_of(const ScalingOptions& options, const ChosenScale& chosen, const X& x) {
  ScaleParams params{.scale = chosen.scale, .clamp = options.clamp};
  if (chosen.repairable && is_repair_on(options)) {
    const float amax = abs_max(x);
    if (passes_repair_bound(options, amax, chosen.scale)) params.scale = own_scale(options, amax);
  }
  return params;
}

/// The same with values in place of codes, which exist for a block of elements at a time only. y may be x, so that a
/// repair must be known beforehand.
template <class Code, class Choose, class X, class Y, std::same_as<PhiloxKey>... Key>
[[nodiscard]] QuantizeStats fake_quantize_tensor(const ScalingOptions& options, Choose&& choose, const X& x, Y& y,
                                                 const Key&... key) {
  constexpr std::size_t block = 4096;
  const auto in = span_of(x);
  const auto out = span_of(y);
  check_ranges(in, out, InPlace::allowed);
  const ScaleParams params = params_of(options, choose(), x);
  return in_pieces(executor_of(x), in.size(), out.data(), sizeof(out[0]), [&](std::size_t first, std::size_t count) {
    QuantizeStats stats{};
    Code codes[block];
    for (std::size_t begin = first; begin < first + count; begin += block) {
      const std::size_t n = (std::min)(block, first + count - begin);
      const std::span<Code> part(codes, n);
      stats += quantize(in.subspan(begin, n), part, params, starting_at(key, begin)...);
      decode(part, out.subspan(begin, n), reciprocal(params.scale));
    }
    return stats;
  });
}

/// What there is to tell of a tensor that is not scaled: count, amax, non_finite.
template <class X>
[[nodiscard]] QuantizeStats unscaled_stats(const X& x) {
  QuantizeStats stats{};
  stats.count = std::ranges::size(x);
  stats.amax = abs_max(x);
  if (bit_cast<std::uint32_t>(stats.amax) < binary32::infinity) return stats;
  using Element = code_t<const X>;
  for (const Element& element : span_of(x)) {
    stats.non_finite += magnitude_word(element) >= Word<storage_t<Element>>::infinity;
  }
  return stats;
}

/// The elements of x, unchanged.
template <class X, class Y>
[[nodiscard]] QuantizeStats pass_through(const X& x, Y& y) {
  const QuantizeStats stats = unscaled_stats(x);  // may throw: before anything is written
  copy_array(x, y);
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
  HIFLOAT_KEYED [[nodiscard]] Quantized<Code> quantize(const X& x) const {
    return owning<Code>(x);
  }
  /// With random bits.
  template <RandomCode Code, FloatRange X>
  HIFLOAT_KEYED [[nodiscard]] Quantized<Code> quantize(const X& x, const PhiloxKey& key) const {
    return owning<Code>(x, key);
  }

  /// The same into the user's storage, a range of codes of the same size, which must outlive the view, unchanged.
  template <FloatRange X, DeterministicCodes Codes>
  HIFLOAT_KEYED QuantizedView<detail::code_t<Codes>> quantize(const X& x, Codes&& codes) const {
    return {detail::span_of(codes), detail::quantize_tensor(scaler().options(), chooser(x), x, codes)};
  }
  /// With random bits.
  template <FloatRange X, RandomCodes Codes>
  HIFLOAT_KEYED QuantizedView<detail::code_t<Codes>> quantize(const X& x, Codes&& codes, const PhiloxKey& key) const {
    return {detail::span_of(codes), detail::quantize_tensor(scaler().options(), chooser(x), x, codes, key)};
  }

  /// The same for a tensor whose elements do not lie together. `finite_amax()` is the largest finite |x|, 0 if there is
  /// none; it is asked where the scale depends on it. `pass(params)` quantizes all elements under these ScaleParams and
  /// returns their stats; it is called a second time where the tensor is repaired.
  template <std::invocable FiniteAmax, std::invocable<ScaleParams> Pass>
  HIFLOAT_KEYED QuantizedInfo quantize_in_passes(const FiniteAmax& finite_amax, const Pass& pass) const {
    return detail::quantize_in_passes(scaler().options(), scaler().choose_scale_by(finite_amax), pass);
  }

  /// y = the values of x's codes; in Calibrate mode, x itself. Both ranges have the same element type and may be the
  /// same range. Returns what a scaler wants to observe: the stats of quantize, or in Calibrate mode count, amax and
  /// non_finite alone.
  template <DeterministicCode Code = hif8_t, FloatRange X, WritableRangeOf<X> Y>
  HIFLOAT_KEYED QuantizeStats fake_quantize(const X& x, Y&& y) const {
    return on_grid<Code>(x, y);
  }
  /// With random bits.
  template <RandomCode Code, FloatRange X, WritableRangeOf<X> Y>
  HIFLOAT_KEYED QuantizeStats fake_quantize(const X& x, Y&& y, const PhiloxKey& key) const {
    return on_grid<Code>(x, y, key);
  }

  /// The scale and clamp that x would be quantized with now: of its own where the scaler is cold or x needs repair. In
  /// Calibrate mode, where there are none, std::logic_error.
  template <FloatRange X>
  HIFLOAT_KEYED [[nodiscard]] ScaleParams params_for(const X& x) const {
    return detail::params_of(scaler().options(), choose_scale(x), x);
  }

 private:
  HIFLOAT_KEYED [[nodiscard]] const Scaler& scaler() const noexcept { return static_cast<const Scaler&>(*this); }

  /// How a scaler picks the scale of a tensor: its member `choose_scale_by(finite_amax)`.
  template <class X>
  HIFLOAT_KEYED [[nodiscard]] detail::ChosenScale choose_scale(const X& x) const {
    return scaler().choose_scale_by([&] { return finite_abs_max(x); });
  }
  template <class X>
  HIFLOAT_KEYED [[nodiscard]] auto chooser(const X& x) const noexcept {
    return [this, &x] { return choose_scale(x); };
  }

  template <class Code, class X, class... Key>
  HIFLOAT_KEYED [[nodiscard]] Quantized<Code> owning(const X& x, const Key&... key) const {
    std::vector<Code> codes(std::ranges::size(x));
    const QuantizedInfo info = detail::quantize_tensor(scaler().options(), chooser(x), x, codes, key...);
    return {std::move(codes), info};
  }

  template <class Code, class X, class Y, class... Key>
  HIFLOAT_KEYED [[nodiscard]] QuantizeStats on_grid(const X& x, Y& y, const Key&... key) const {
    if (scaler().mode() == ScalingMode::Calibrate) return detail::pass_through(x, y);
    return detail::fake_quantize_tensor<Code>(scaler().options(), chooser(x), x, y, key...);
  }
};

}  // namespace HIFLOAT_NAMESPACE
