// A scaler whose type is chosen at run time: by a configuration file, or by a study that compares several.
//
//   using AnyScaler = VariantScaler<CurrentScaler, DelayedScaler<amax::MostRecent, 1>, DelayedScaler<amax::Max, 64>>;
//   AnyScaler scaler = name == "current" ? AnyScaler(CurrentScaler()) : AnyScaler(DelayedScaler<amax::Max, 64>());
//   qat::QuantizedLinear<qat::W8A8With<AnyScaler>> layer(inputs, outputs, seed, {weight, input, gradient});
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>

#include <hifloat/array.hpp>
#include <hifloat/config.hpp>
#include <hifloat/philox.hpp>
#include <hifloat/scaling/options.hpp>
#include <hifloat/scaling/quantize_tensor.hpp>
#include <hifloat/scaling/refuse_state.hpp>
#include <hifloat/scaling/state.hpp>
#include <hifloat/stats.hpp>

namespace HIFLOAT_NAMESPACE {

/// One of several scalers, with the interface that they have in common. What only some have (scale, amaxes ...) is
/// reached through `variant()`.
template <class... Scalers>
class VariantScaler {
 public:
  using Variant = std::variant<Scalers...>;  ///< what it holds

  /// One of them, as a variant is made.
  template <class Scaler>
    requires(std::same_as<Scaler, Scalers> || ...)
  HIFLOAT_KEYED VariantScaler(Scaler scaler)  // as a variant from its alternatives
      : scaler_(std::move(scaler)) {}

  HIFLOAT_KEYED [[nodiscard]] const Variant& variant() const noexcept { return scaler_; }  ///< the scaler that it is

  /// The scaler's.
  /// @{
  HIFLOAT_KEYED [[nodiscard]] const ScalingOptions& options() const {
    return visit([](const auto& scaler) -> const ScalingOptions& { return scaler.options(); });
  }
  HIFLOAT_KEYED [[nodiscard]] ScalingMode mode() const {
    return visit([](const auto& scaler) { return scaler.mode(); });
  }
  HIFLOAT_KEYED [[nodiscard]] std::uint64_t epoch() const {
    return visit([](const auto& scaler) { return scaler.epoch(); });
  }
  /// @}

  /// As Quantizes says.
  /// @{
  template <class Code = hif8_t, FloatRange X, std::same_as<PhiloxKey>... Key>
  HIFLOAT_KEYED [[nodiscard]] Quantized<Code> quantize(const X& x, const Key&... key) const {
    return visit([&](const auto& scaler) { return scaler.template quantize<Code>(x, key...); });
  }
  template <FloatRange X, WritableCodeRange Codes, std::same_as<PhiloxKey>... Key>
  HIFLOAT_KEYED QuantizedView<detail::code_t<Codes>> quantize(const X& x, Codes&& codes, const Key&... key) const {
    return visit([&](const auto& scaler) { return scaler.quantize(x, codes, key...); });
  }
  template <class Code = hif8_t, FloatRange X, WritableRangeOf<X> Y, std::same_as<PhiloxKey>... Key>
  HIFLOAT_KEYED QuantizeStats fake_quantize(const X& x, Y&& y, const Key&... key) const {
    return visit([&](const auto& scaler) { return scaler.template fake_quantize<Code>(x, y, key...); });
  }
  template <std::invocable FiniteAmax, std::invocable<ScaleParams> Pass>
  HIFLOAT_KEYED QuantizedInfo quantize_in_passes(const FiniteAmax& finite_amax, const Pass& pass) const {
    return visit([&](const auto& scaler) { return scaler.quantize_in_passes(finite_amax, pass); });
  }
  template <FloatRange X>
  HIFLOAT_KEYED [[nodiscard]] ScaleParams params_for(const X& x) const {
    return visit([&](const auto& scaler) { return scaler.params_for(x); });
  }
  /// @}

  /// As DelayedScaler says; nothing where the scaler has no history.
  /// @{
  HIFLOAT_KEYED void observe(float amax) {
    visit([&](auto& scaler) { scaler.observe(amax); });
  }
  HIFLOAT_KEYED void observe(const QuantizeStats& stats) {
    visit([&](auto& scaler) { scaler.observe(stats); });
  }
  HIFLOAT_KEYED bool commit() {
    return visit([](auto& scaler) { return scaler.commit(); });
  }
  HIFLOAT_KEYED bool commit(std::uint64_t step) {
    return visit([&](auto& scaler) { return scaler.commit(step); });
  }
  /// @}

  /// Nothing where the scaler has no modes, or no history.
  /// @{
  HIFLOAT_KEYED void set_mode(ScalingMode mode) {
    visit([&](auto& scaler) {
      if constexpr (requires { scaler.set_mode(mode); }) scaler.set_mode(mode);
    });
  }
  HIFLOAT_KEYED void reset() {
    visit([](auto& scaler) {
      if constexpr (requires { scaler.reset(); }) scaler.reset();
    });
  }
  /// @}

  /// None where the scaler has no history.
  HIFLOAT_KEYED [[nodiscard]] std::optional<ScalerState> state() const {
    return visit([](const auto& scaler) -> std::optional<ScalerState> {
      if constexpr (requires { scaler.state(); }) return scaler.state();
      return std::nullopt;
    });
  }
  /// Resumes a scaler of the same kind. A state of another kind is std::invalid_argument, and this scaler
  /// stays as it was.
  HIFLOAT_KEYED void load(const std::optional<ScalerState>& state) {
    visit([&](auto& scaler) {
      constexpr bool has_state = requires { scaler.state(); };
      detail::check_presence(state.has_value(), has_state);
      if constexpr (has_state) scaler.load(*state);
    });
  }

 private:
  template <class F>
  HIFLOAT_KEYED decltype(auto) visit(const F& f) const {
    return std::visit(f, scaler_);
  }
  template <class F>
  HIFLOAT_KEYED decltype(auto) visit(const F& f) {
    return std::visit(f, scaler_);
  }

  Variant scaler_;
};

}  // namespace HIFLOAT_NAMESPACE
