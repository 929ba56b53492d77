// A tensor on the grid of HiF8 in a network that is otherwise computed in float: forward rounds, backward lets the
// gradient through.
//
//   qat::FakeQuantizer<> quantizer;               // one per tensor
//   quantizer.forward(x, y);                      // y = the values of x's codes
//   quantizer.backward(y_gradient, x_gradient);   // straight through
//   quantizer.commit();                           // once a step
#pragma once

#include <cstddef>
#include <cstdint>
#include <ranges>
#include <utility>

#include <hifloat/array.hpp>
#include <hifloat/config.hpp>
#include <hifloat/hif8.hpp>
#include <hifloat/qat/gradient.hpp>
#include <hifloat/qat/precision.hpp>
#include <hifloat/qat/state.hpp>
#include <hifloat/qat/tensor_quantizer.hpp>
#include <hifloat/scaling/delayed_scaler.hpp>
#include <hifloat/scaling/quantize_tensor.hpp>
#include <hifloat/stats.hpp>

namespace HIFLOAT_NAMESPACE::qat {

/// `Code` says how values are rounded, `Scaler` under which scale, `Gradient` what backward does.
template <class Code = hif8_t, ScalerOf<Code> Scaler = DelayedScaler<>,
          GradientPolicy Gradient = gradient::StraightThrough>
class FakeQuantizer {
 public:
  using state_type = FakeQuantizerState;  ///< what state() returns

  /// The seed matters where the rounding takes random bits: quantizers should differ in it.
  HIFLOAT_KEYED explicit FakeQuantizer(Scaler scaler = Scaler(), std::uint64_t seed = 0)
      : quantizer_(std::move(scaler), seed, 0) {}

  /// y = x on the grid, by scaler.fake_quantize, and the amax is observed; in BF16 y = x rounded to bfloat16, with no
  /// other stats than count, amax and non_finite. x and y have one element type and may be one range. To be called as
  /// often as there are micro-batches; what is wrong with the ranges is std::invalid_argument, before anything is
  /// written or observed.
  template <FloatRange X, WritableRangeOf<X> Y>
  HIFLOAT_KEYED QuantizeStats forward(const X& x, Y&& y, Precision precision = Precision::hif8) {
    detail::check_ranges(detail::span_of(x), detail::span_of(y), detail::InPlace::allowed);
    const std::size_t n = std::ranges::size(x);
    Gradient gradient;  // takes the place of the last forward's once this one is through
    const QuantizeStats stats = precision == Precision::hif8 ? quantize(x, y, gradient) : round_to_bf16(x, y, gradient);
    quantizer_.observe(stats);
    quantizer_.draw(n);
    gradient_ = std::move(gradient);
    elements_ = n;
    return stats;
  }

  /// The gradient of the last forward's x from that of its y, by the gradient policy. The ranges have one element type
  /// and may be one range; another number of elements than forward had is std::invalid_argument.
  template <FloatRange G, WritableRangeOf<G> D>
  HIFLOAT_KEYED void backward(const G& output_gradient, D&& input_gradient) const {
    detail::check_gradient_size(detail::span_of(output_gradient).size(), elements_);
    gradient_.backward(output_gradient, input_gradient);
  }

  /// Ends the step.
  HIFLOAT_KEYED void commit() { quantizer_.commit(); }
  /// Of a scaler that has modes and history; nothing else.
  /// @{
  HIFLOAT_KEYED void set_mode(ScalingMode mode) { quantizer_.set_mode(mode); }
  HIFLOAT_KEYED void reset() { quantizer_.reset(); }
  /// @}

  /// The tensor's scaler.
  /// @{
  HIFLOAT_KEYED [[nodiscard]] const Scaler& scaler() const noexcept { return quantizer_.scaler(); }
  HIFLOAT_KEYED [[nodiscard]] Scaler& scaler() noexcept { return quantizer_.scaler(); }
  /// @}
  /// With what it keeps of the last forward.
  HIFLOAT_KEYED [[nodiscard]] const Gradient& gradient() const noexcept { return gradient_; }

  /// Everything that the next forward depends on. What backward needs of the last one is not part of it.
  HIFLOAT_KEYED [[nodiscard]] FakeQuantizerState state() const { return quantizer_.state(); }
  /// Resumes the quantizer whose state this is, to the bit. A state of another kind of scaler, or one that no
  /// quantizer can have, is std::invalid_argument, and this one stays as it was.
  HIFLOAT_KEYED void load(const FakeQuantizerState& state) {
    quantizer_.load(state);
    gradient_.keep_all(0);
    elements_ = 0;
  }

 private:
  template <class X, class Y>
  HIFLOAT_KEYED QuantizeStats quantize(const X& x, Y& y, Gradient& gradient) const {
    return quantizer_.with_bits([&](const Scaler& scaler, const auto&... key) {
      gradient.template keep<Code>(scaler, x, key...);
      return scaler.template fake_quantize<Code>(x, y, key...);
    });
  }
  template <class X, class Y>
  HIFLOAT_KEYED static QuantizeStats round_to_bf16(const X& x, Y& y, Gradient& gradient) {
    gradient.keep_all(std::ranges::size(x));
    const QuantizeStats stats = detail::unscaled_stats(x);  // first: x may be y
    fake_quantize<bfloat16>(x, y);
    return stats;
  }

  detail::TensorQuantizer<Code, Scaler> quantizer_;
  Gradient gradient_{};
  std::size_t elements_ = 0;  ///< of the last forward
};

}  // namespace HIFLOAT_NAMESPACE::qat
