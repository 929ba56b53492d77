// What a scaler does to its tensor, step by step: how far amaxes pass the estimate, how much room is left, how old the
// amax is that sets the scale, and what was lost. Cheap enough to stay on: a step is recorded in constant time, and all
// figures are made when they are asked for.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <hifloat/config.hpp>
#include <hifloat/diagnostics/age_of_largest.hpp>
#include <hifloat/diagnostics/numbers.hpp>
#include <hifloat/equal.hpp>
#include <hifloat/error.hpp>
#include <hifloat/formats/quantization_format.hpp>
#include <hifloat/hif8.hpp>
#include <hifloat/scaling/amax_window.hpp>
#include <hifloat/scaling/options.hpp>
#include <hifloat/scaling/quantized.hpp>
#include <hifloat/stats.hpp>

namespace HIFLOAT_NAMESPACE::diagnostics {

/// One step of one scaler.
struct MonitoredStep {
  static constexpr std::uint32_t no_age = ~std::uint32_t{0};  ///< no amax is in the window

  std::uint64_t step = 0;  ///< counted from 0
  float scale = 1.0f;      ///< the scaler's, from the steps before; NaN where the tensor was scaled by its own amax
  float limit = 0.0f;      ///< what |x * scale| may reach before it clips: the clamp, or the format's largest value
  double reach = 0.0;  ///< scale / (target * 2^-margin): amax * reach is amax / estimate; 0 while the scaler is cold
  std::uint32_t age = no_age;  ///< commits since the window's largest amax entered it, 0 for the last; or no_age
  QuantizeStats stats{};       ///< of the step

  /// amax / estimate: above 1, values pass the target. NaN while the scaler is cold and where amax is not finite.
  HIFLOAT_KEYED [[nodiscard]] double overshoot() const noexcept {
    const double amax = static_cast<double>(stats.amax);
    return detail::is_zero(reach) || !detail::is_finite(amax) ? std::numeric_limits<double>::quiet_NaN() : amax * reach;
  }
  /// log2(limit / (amax * scale)): doublings of amax before values clip. Infinite for a tensor of zeros, NaN where
  /// there is no scale or amax is not finite.
  HIFLOAT_KEYED [[nodiscard]] double headroom() const noexcept {
    const double amax = static_cast<double>(stats.amax), s = static_cast<double>(scale);
    if (!detail::is_finite(amax) || !detail::is_finite(s)) return std::numeric_limits<double>::quiet_NaN();
    return std::log2(static_cast<double>(limit)) - std::log2(amax * s);
  }
};

/// Bounds past which a monitor calls back; none by default. Shares are of the step's elements, 0 to 1.
struct MonitorBounds {
  double overshoot = std::numeric_limits<double>::infinity();  ///< largest allowed amax / estimate
  std::uint32_t age = MonitoredStep::no_age;                   ///< in commits
  double demoted = 1,                                          ///< share whose mantissa may be shortened
      overflowed = 1,                                          ///< share past the clamp or the largest value
      flushed = 1,                                             ///< share that may become 0
      non_finite = 1;                                          ///< share that may be infinite or NaN
};

/// Figures over the steps that a monitor remembers. NaN where there is nothing to say.
struct MonitorSummary {
  std::uint64_t steps = 0;       ///< remembered
  double overshoot_share = 0;    ///< of the steps that have an overshoot, those above 1 (overshoot_tolerance)
  double overshoot_p99 = 0;      ///< nearest rank
  double overshoot_max = 0;      ///< amax / estimate
  double headroom_min = 0;       ///< in doublings
  double headroom_mean = 0;      ///< over the steps where it is finite
  double age_mean = 0;           ///< in commits, over the steps that have one
  std::uint32_t age_max = 0;     ///< in commits; 0 too where no step has one
  double demoted = 0,            ///< share of all elements
      overflowed = 0,            ///< the same
      flushed = 0;               ///< the same
  std::uint64_t non_finite = 0;  ///< elements
};

/// The monitor of one scaler. A step, with the scaler that the tensor was quantized with:
///
///   auto q = scaler.quantize(x);
///   monitor.record(scaler, q);   // before the scaler commits; of micro-batches, their stats merged by +=
///   scaler.observe(q.stats());
///   scaler.commit();
class ScalingMonitor {
 public:
  /// Told of a step that passed a bound, and which one: "overshoot", "age", "demoted", "overflowed", "flushed" or
  /// "non_finite". Called by record, for each bound; what it throws passes through. It may not call on_bound.
  using Callback = std::function<void(const MonitoredStep&, std::string_view bound)>;

  /// Remembers the last `history` steps; 0 is std::invalid_argument.
  HIFLOAT_KEYED explicit ScalingMonitor(std::string name = {}, std::size_t history = 1024) : name_(std::move(name)) {
    if (history == 0) HIFLOAT_THROW(std::invalid_argument, "hifloat: a monitor must remember at least one step");
    ring_.resize(history);
  }

  /// Calls back from now on, in place of what was asked for before; an empty callback ends that.
  HIFLOAT_KEYED void on_bound(const MonitorBounds& bounds, Callback callback) {
    bounds_ = bounds;
    callback_ = std::move(callback);
  }

  /// A step of a DelayedScaler or of a tensor of a ScalerGroup: what fake_quantize returned for it, in this format.
  /// std::logic_error from a monitor that was moved from.
  template <class Format = hif8_t, class Scaler>
  HIFLOAT_KEYED void record(const Scaler& scaler, const QuantizeStats& stats) {
    const bool first_amax = scaler.options().cold_start.uses_first_amax() && scaler.mode() != ScalingMode::Frozen;
    record_step<Format>(scaler, stats, scaler.is_cold() && first_amax);
  }
  /// The same of what quantize returned, which knows whether the tensor was scaled by its own amax.
  template <class Scaler, std::derived_from<QuantizedInfo> Quantized>
  HIFLOAT_KEYED void record(const Scaler& scaler, const Quantized& quantized) {
    using Code = std::remove_cvref_t<decltype(quantized.codes()[0])>;
    record_step<Code>(scaler, quantized.stats(), quantized.has_own_scale());
  }

  HIFLOAT_KEYED [[nodiscard]] const std::string& name() const noexcept { return name_; }  ///< as it was given
  /// Steps recorded in all.
  HIFLOAT_KEYED [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }
  /// Over all of them.
  HIFLOAT_KEYED [[nodiscard]] const QuantizeStats& total() const noexcept { return total_; }
  /// Steps that are remembered.
  HIFLOAT_KEYED [[nodiscard]] std::size_t size() const noexcept {
    return steps_ < ring_.size() ? static_cast<std::size_t>(steps_) : ring_.size();
  }
  /// Of these the i-th, below size(), the oldest first.
  HIFLOAT_KEYED [[nodiscard]] const MonitoredStep& operator[](std::size_t i) const noexcept {
    const std::size_t at = next_ + ring_.size() - size() + i;
    return ring_[at < ring_.size() ? at : at - ring_.size()];
  }
  /// Made anew in each call.
  HIFLOAT_KEYED [[nodiscard]] MonitorSummary summary() const;

 private:
  template <class Format, class Scaler>
  HIFLOAT_KEYED void record_step(const Scaler& scaler, const QuantizeStats& stats, bool own_scale) {
    if (ring_.empty()) HIFLOAT_THROW(std::logic_error, "hifloat: this monitor was moved from");
    follow(scaler);
    MonitoredStep& step = ring_[next_];
    next_ = next_ + 1 == ring_.size() ? 0 : next_ + 1;
    const ScalingOptions& options = scaler.options();
    step.step = steps_++;
    step.stats = stats;
    step.scale = own_scale ? std::numeric_limits<float>::quiet_NaN() : scaler.scale();
    step.limit = largest_of<Format>() < options.clamp ? largest_of<Format>() : options.clamp;
    if (!detail::is_equal(target_, options.target) || margin_ != options.margin) {
      target_ = options.target;
      margin_ = options.margin;
      per_scale_ = std::ldexp(1.0, margin_) / static_cast<double>(target_);
    }
    step.reach = scaler.is_cold() ? 0.0 : static_cast<double>(scaler.scale()) * per_scale_;
    step.age = largest_.empty() ? MonitoredStep::no_age : largest_.age();
    total_ += stats;
    if (callback_) call_back(step);
  }
  template <class Format>
  HIFLOAT_KEYED [[nodiscard]] static constexpr float largest_of() noexcept {
    if constexpr (QuantizationFormat<Format>) {
      return formats::traits<Format>::largest;
    } else {
      return formats::traits<hif8_t>::largest;  // hif8 with random rounding
    }
  }

  /// Takes in what entered the scaler's window since the last step.
  template <class Scaler>
  HIFLOAT_KEYED void follow(const Scaler& scaler) {
    const std::uint64_t recorded = scaler.recorded_steps();
    const AmaxWindowView amaxes = scaler.amaxes();
    const bool same_window = largest_.window() == scaler.window();
    if (recorded == recorded_ && same_window) return;
    if (recorded == recorded_ + 1 && same_window) {
      largest_.push(amaxes.bits(amaxes.size() - 1));
    } else {  // it was reset, resized, loaded, or committed more than once
      largest_.restart(scaler.window());
      for (std::size_t i = 0; i < amaxes.size(); ++i) largest_.push(amaxes.bits(i));
    }
    recorded_ = recorded;
  }
  HIFLOAT_KEYED void call_back(const MonitoredStep& step) const;

  std::string name_;
  std::vector<MonitoredStep> ring_{};
  std::size_t next_ = 0;
  std::uint64_t steps_ = 0;
  QuantizeStats total_{};
  double per_scale_ = 0.0;  ///< 2^margin / target, of these two
  float target_ = 0.0f;
  int margin_ = 0;
  std::uint64_t recorded_ = 0;  ///< the scaler's recorded steps, when it was last looked at
  detail::AgeOfLargest largest_{};
  MonitorBounds bounds_{};
  Callback callback_{};
};

inline void ScalingMonitor::call_back(const MonitoredStep& step) const {
  const auto elements = static_cast<double>(step.stats.count);
  const auto tell = [&](std::uint64_t number, double share, std::string_view bound) {
    if (static_cast<double>(number) > share * elements) callback_(step, bound);
  };
  if (step.overshoot() > bounds_.overshoot * overshoot_tolerance) callback_(step, "overshoot");
  if (step.age != MonitoredStep::no_age && step.age > bounds_.age) callback_(step, "age");
  tell(step.stats.demoted, bounds_.demoted, "demoted");
  tell(step.stats.overflowed, bounds_.overflowed, "overflowed");
  tell(step.stats.flushed_to_zero, bounds_.flushed, "flushed");
  tell(step.stats.non_finite, bounds_.non_finite, "non_finite");
}

inline MonitorSummary ScalingMonitor::summary() const {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  MonitorSummary s{.steps = size(), .headroom_min = infinity};
  std::vector<double> overshoots;
  QuantizeStats stats{};
  double headrooms = 0, with_headroom = 0, ages = 0, with_age = 0;
  for (std::size_t i = 0; i < size(); ++i) {
    const MonitoredStep& step = (*this)[i];
    stats += step.stats;
    if (const double overshoot = step.overshoot(); detail::is_finite(overshoot)) overshoots.push_back(overshoot);
    if (const double headroom = step.headroom(); detail::is_finite(headroom)) {
      headrooms += headroom;
      ++with_headroom;
      s.headroom_min = (std::min)(s.headroom_min, headroom);
    }
    if (step.age != MonitoredStep::no_age) {
      ages += step.age;
      ++with_age;
      s.age_max = (std::max)(s.age_max, step.age);
    }
  }
  const auto share = [](double a, double b) { return detail::is_zero(b) ? nan : a / b; };
  std::ranges::sort(overshoots);
  const auto above = overshoots.end() - std::ranges::upper_bound(overshoots, overshoot_tolerance);
  s.overshoot_share = share(static_cast<double>(above), static_cast<double>(overshoots.size()));
  s.overshoot_max = overshoots.empty() ? nan : overshoots.back();
  s.overshoot_p99 = overshoots.empty() ? nan : overshoots[(overshoots.size() * 99 + 99) / 100 - 1];
  s.headroom_mean = share(headrooms, with_headroom);
  if (detail::is_zero(with_headroom)) s.headroom_min = nan;
  s.age_mean = share(ages, with_age);
  const auto elements = static_cast<double>(stats.count);
  s.demoted = share(static_cast<double>(stats.demoted), elements);
  s.overflowed = share(static_cast<double>(stats.overflowed), elements);
  s.flushed = share(static_cast<double>(stats.flushed_to_zero), elements);
  s.non_finite = stats.non_finite;
  return s;
}

}  // namespace HIFLOAT_NAMESPACE::diagnostics
