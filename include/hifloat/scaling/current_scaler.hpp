// Current tensor scaling (CTS): every tensor is quantized with its own amax. Two passes over the data, and nothing to
// remember: the reference that delayed scaling is compared with.
#pragma once

#include <cstdint>

#include <hifloat/config.hpp>
#include <hifloat/scaling/options.hpp>
#include <hifloat/scaling/quantize_tensor.hpp>
#include <hifloat/scaling/quantized.hpp>
#include <hifloat/scaling/scale.hpp>
#include <hifloat/stats.hpp>

namespace HIFLOAT_NAMESPACE {

/// scale = target / (largest finite |x|) * 2^-margin for each tensor by itself; 1 where no element is finite and
/// nonzero. Of the options, target, clamp, margin and power_of_two act; the others are about history.
class CurrentScaler : public Quantizes<CurrentScaler> {
 public:
  HIFLOAT_KEYED CurrentScaler() = default;
  /// Options that are not allowed are std::invalid_argument.
  HIFLOAT_KEYED explicit CurrentScaler(const ScalingOptions& options) : options_(options) { detail::check(options_); }

  /// As they were given.
  HIFLOAT_KEYED [[nodiscard]] const ScalingOptions& options() const noexcept { return options_; }
  /// Track, always.
  HIFLOAT_KEYED [[nodiscard]] static constexpr ScalingMode mode() noexcept { return ScalingMode::Track; }

  /// The scale that a tensor with this finite amax gets; 1 for zero, infinity and NaN. The sign is ignored.
  HIFLOAT_KEYED [[nodiscard]] float scale_for(float finite_amax) const noexcept {
    return detail::own_scale(options_, finite_amax);
  }

  /// There is nothing to observe or commit, and no scale that changes; code that is written for a DelayedScaler runs
  /// with a CurrentScaler too.
  /// @{
  HIFLOAT_KEYED [[nodiscard]] static constexpr std::uint64_t epoch() noexcept { return 0; }
  HIFLOAT_KEYED void observe(float) const noexcept {}
  HIFLOAT_KEYED void observe(const QuantizeStats&) const noexcept {}
  HIFLOAT_KEYED static bool commit() noexcept { return true; }
  HIFLOAT_KEYED static bool commit(std::uint64_t) noexcept { return true; }
  /// @}

 private:
  friend class Quantizes<CurrentScaler>;

  template <class FiniteAmax>
  HIFLOAT_KEYED [[nodiscard]] detail::ChosenScale choose_scale_by(const FiniteAmax& finite_amax) const {
    return {.scale = scale_for(finite_amax()), .own = true, .repairable = false, .epoch = 0};
  }

  ScalingOptions options_{};
};

}  // namespace HIFLOAT_NAMESPACE
