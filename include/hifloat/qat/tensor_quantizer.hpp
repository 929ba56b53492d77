// One tensor of a layer: its scaler, and its random bits where its rounding takes some.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include <hifloat/array.hpp>
#include <hifloat/config.hpp>
#include <hifloat/philox.hpp>
#include <hifloat/qat/rounding_bits.hpp>
#include <hifloat/qat/state.hpp>
#include <hifloat/scaling/options.hpp>
#include <hifloat/scaling/quantized.hpp>
#include <hifloat/scaling/refuse_state.hpp>
#include <hifloat/scaling/state.hpp>
#include <hifloat/stats.hpp>

namespace HIFLOAT_NAMESPACE::qat {

/// What quantizing asks of a tensor's scaler, for codes of type Code: `quantize` and `fake_quantize`, with a PhiloxKey
/// where the rounding takes random bits, as Quantizes declares them. They are const.
template <class S, class Code>
concept QuantizesTo = (RandomCode<Code> &&
                       requires(const S& scaler, std::span<const float> x, std::span<Code> codes, std::span<float> y,
                                PhiloxKey key) {
                         { scaler.quantize(x, codes, key) } -> std::convertible_to<QuantizedInfo>;
                         { scaler.template fake_quantize<Code>(x, y, key) } -> std::convertible_to<QuantizeStats>;
                       }) ||
                      (DeterministicCode<Code> &&
                       requires(const S& scaler, std::span<const float> x, std::span<Code> codes, std::span<float> y) {
                         { scaler.quantize(x, codes) } -> std::convertible_to<QuantizedInfo>;
                         { scaler.template fake_quantize<Code>(x, y) } -> std::convertible_to<QuantizeStats>;
                       });

/// What training asks of a tensor's scaler: DelayedScaler, CurrentScaler, VariantScaler, GroupScaler, or one of your
/// own with these members.
template <class S, class Code>
concept ScalerOf = std::copy_constructible<S> && requires(S& scaler, const S& same, const QuantizeStats& stats) {
  scaler.observe(stats);
  scaler.commit();
  { same.epoch() } -> std::convertible_to<std::uint64_t>;
} && QuantizesTo<S, Code>;

}  // namespace HIFLOAT_NAMESPACE::qat

namespace HIFLOAT_NAMESPACE::detail {

/// Scalers that have a state, those that have one or none as it was chosen at run time; and those that have history,
/// where others have none or somebody else's.
template <class Scaler>
concept HasState = requires(Scaler& scaler, const ScalerState& state) {
  scaler.load(state);
};
template <class Scaler>
concept MayHaveState = requires(Scaler& scaler, const std::optional<ScalerState>& state) {
  scaler.load(state);
};
template <class Scaler>
concept HasHistory = requires(Scaler& scaler, ScalingMode mode) {
  scaler.set_mode(mode);
  scaler.reset();
};

template <class Code, class Scaler>
class TensorQuantizer {
 public:
  HIFLOAT_KEYED TensorQuantizer(Scaler scaler, std::uint64_t seed, std::uint64_t role)
      : scaler_(std::move(scaler)), bits_{.seed = seed, .role = role} {}

  HIFLOAT_KEYED [[nodiscard]] const Scaler& scaler() const noexcept { return scaler_; }
  HIFLOAT_KEYED [[nodiscard]] Scaler& scaler() noexcept { return scaler_; }
  HIFLOAT_KEYED [[nodiscard]] const qat::RoundingBits& bits() const noexcept { return bits_; }
  HIFLOAT_KEYED [[nodiscard]] std::uint64_t epoch() const { return scaler_.epoch(); }

  /// Calls f(scaler), or f(scaler, key) where the rounding takes random bits.
  template <class F>
  HIFLOAT_KEYED decltype(auto) with_bits(const F& f) const {
    if constexpr (RandomCode<Code>) {
      return f(scaler_, bits_.key());
    } else {
      return f(scaler_);
    }
  }
  template <class X>
  HIFLOAT_KEYED [[nodiscard]] QuantizedInfo quantize(const X& x, std::span<Code> codes) const {
    return with_bits(
        [&](const Scaler& scaler, const auto&... key) -> QuantizedInfo { return scaler.quantize(x, codes, key...); });
  }

  HIFLOAT_KEYED void observe(const QuantizeStats& stats) { scaler_.observe(stats); }
  /// The random bits of so many elements are used up.
  HIFLOAT_KEYED void draw(std::size_t elements) noexcept { bits_.drawn += elements; }
  HIFLOAT_KEYED void commit() {
    scaler_.commit();
    bits_.commit();
  }

  HIFLOAT_KEYED void set_mode(ScalingMode mode) {
    if constexpr (HasHistory<Scaler>) scaler_.set_mode(mode);
  }
  HIFLOAT_KEYED void reset() {
    if constexpr (HasHistory<Scaler>) scaler_.reset();
  }

  HIFLOAT_KEYED [[nodiscard]] qat::FakeQuantizerState state() const {
    qat::FakeQuantizerState state{};
    if constexpr (HasState<Scaler> || MayHaveState<Scaler>) state.scaler = scaler_.state();
    state.bits = bits_;
    return state;
  }
  /// On error, which is std::invalid_argument, this one stays as it was.
  HIFLOAT_KEYED void load(const qat::FakeQuantizerState& state) {
    check_version(state);
    if (state.bits.role != bits_.role) refuse_state("it is another role's");
    if constexpr (MayHaveState<Scaler>) {
      scaler_.load(state.scaler);
    } else {
      check_presence(state.scaler.has_value(), HasState<Scaler>);
      if constexpr (HasState<Scaler>) scaler_.load(*state.scaler);
    }
    bits_ = state.bits;
  }

 private:
  Scaler scaler_;
  qat::RoundingBits bits_;
};

}  // namespace HIFLOAT_NAMESPACE::detail
