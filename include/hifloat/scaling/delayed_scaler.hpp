// Delayed scaling: a tensor is quantized with a scale made from the amaxes of the steps before, so that one pass over
// the data is enough.
//
// A step:
//
//   auto q = scaler.quantize(x);    // codes with scale(); the same pass measures amax. const: may be repeated
//   scaler.observe(q.stats());      // as often as there are micro-batches or tiles: merges by maximum
//   scaler.commit();                // pushes the step's amax into the window and makes the next scale from it
//
// What the amaxes of a step do: the largest enters the window. Zero, or none at all, changes nothing. A NaN or an
// infinity drops the step, which is counted. See amax_algorithms.hpp for the estimates, options.hpp for what can be
// chosen, and scale.hpp for the arithmetic.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/scaling/amax_algorithms.hpp>
#include <hifloat/scaling/amax_window.hpp>
#include <hifloat/scaling/options.hpp>
#include <hifloat/scaling/quantize_tensor.hpp>
#include <hifloat/scaling/quantized.hpp>
#include <hifloat/scaling/state.hpp>
#include <hifloat/scaling/tensor_rules.hpp>
#include <hifloat/scaling/window_memory.hpp>
#include <hifloat/stats.hpp>

namespace HIFLOAT_NAMESPACE {

/// The scaler of one tensor. `Window` is the number of amaxes it remembers, in the object itself; or dynamic_window:
/// then the constructor takes the number, and the window of a scaler that was moved from is gone (std::logic_error).
template <AmaxAlgorithm Algorithm = amax::Max, std::size_t Window = 64>
class DelayedScaler : public Quantizes<DelayedScaler<Algorithm, Window>> {
  static_assert(Window > 0, "a scaler's window must hold at least one amax");
  static_assert(Window <= detail::largest_window || Window == dynamic_window,
                "a scaler's window must hold at most 2^30 amaxes");

 public:
  using algorithm_type = Algorithm;  ///< the first argument
  using state_type = ScalerState;    ///< what state() returns

  /// With the default options and algorithm.
  HIFLOAT_KEYED DelayedScaler() requires(Window != dynamic_window) : DelayedScaler(ScalingOptions{}) {}
  /// Options or parameters that are not allowed are std::invalid_argument.
  HIFLOAT_KEYED explicit DelayedScaler(const ScalingOptions& options,
                                       const Algorithm& algorithm = {}) requires(Window != dynamic_window)
      : DelayedScaler(options, algorithm, Window) {}
  /// The same with a window of `window` amaxes, 1 to 2^30; others are std::invalid_argument.
  HIFLOAT_KEYED explicit DelayedScaler(std::size_t window, const ScalingOptions& options = {},
                                       const Algorithm& algorithm = {}) requires(Window == dynamic_window)
      : DelayedScaler(options, algorithm, window) {}
  /// Resumes the scaler whose state() this is, to the bit. A state of another algorithm or window, or one
  /// that no scaler can have, is std::invalid_argument.
  HIFLOAT_KEYED explicit DelayedScaler(const ScalerState& state)
      : DelayedScaler(state.options, detail::restored_algorithm<Algorithm>(state),
                      detail::restored_window<Window>(state)) {
    detail::check(state.tensor, state);
    mode_ = state.mode;
    steps_ = state.steps;
    staged_ = state.tensor.staged;
    detail::restore(algorithm_, state.tensor, tensor_, storage_.memory());
  }

  /// What the next tensor is multiplied with; in [2^-126, 2^126].
  HIFLOAT_KEYED [[nodiscard]] float scale() const noexcept { return tensor_.scale; }
  /// 1 / scale(), rounded once.
  HIFLOAT_KEYED [[nodiscard]] float inverse_scale() const noexcept { return tensor_.inverse_scale; }
  /// How often the bits of scale() have changed.
  HIFLOAT_KEYED [[nodiscard]] std::uint64_t epoch() const noexcept { return tensor_.epoch; }
  /// No amax has entered the window since the last reset: the cold-start policy is at work.
  HIFLOAT_KEYED [[nodiscard]] bool is_cold() const noexcept { return tensor_.is_cold(); }
  /// Steps dropped for a non-finite amax since the last reset.
  HIFLOAT_KEYED [[nodiscard]] std::uint64_t dropped_steps() const noexcept { return tensor_.dropped; }
  /// Amaxes that entered the window since the last reset.
  HIFLOAT_KEYED [[nodiscard]] std::uint64_t recorded_steps() const noexcept { return tensor_.pushes; }
  HIFLOAT_KEYED [[nodiscard]] std::size_t window() const noexcept { return storage_.window(); }  ///< in amaxes
  /// The window's entries. The view is empty while cold, and valid until the next non-const call.
  HIFLOAT_KEYED [[nodiscard]] AmaxWindowView amaxes() const { return {storage_.ring(), tensor_.oldest, tensor_.size}; }
  /// As they were given.
  HIFLOAT_KEYED [[nodiscard]] const ScalingOptions& options() const noexcept { return options_; }
  HIFLOAT_KEYED [[nodiscard]] const Algorithm& algorithm() const noexcept { return algorithm_; }  ///< as it was given

  HIFLOAT_KEYED [[nodiscard]] ScalingMode mode() const noexcept { return mode_; }  ///< Track by default
  /// What was observed and not yet committed stays.
  HIFLOAT_KEYED void set_mode(ScalingMode mode) noexcept { mode_ = mode; }

  /// Merges an amax of this step; its sign is ignored. A NaN or an infinity drops the step.
  HIFLOAT_KEYED void observe(float amax) noexcept {
    const std::uint32_t bits = detail::bit_cast<std::uint32_t>(amax) & detail::binary32::magnitude_mask;
    if (mode_ != ScalingMode::Frozen && staged_ < bits) staged_ = bits;  // as integers, NaN is above infinity
  }
  HIFLOAT_KEYED void observe(const QuantizeStats& stats) noexcept { observe(stats.amax); }  ///< their amax

  /// Ends the step: see the top of this file. True, or false in Frozen mode, where nothing happens.
  HIFLOAT_KEYED bool commit() {
    if (mode_ == ScalingMode::Frozen) return false;
    detail::commit(options_, algorithm_, tensor_, storage_.memory(), std::exchange(staged_, 0));
    return true;
  }
  /// The same for a numbered step. False, with what was observed discarded, for a step at or before the last numbered
  /// one: a step that is run again counts once.
  HIFLOAT_KEYED bool commit(std::uint64_t step) {
    if (mode_ == ScalingMode::Frozen) return false;
    if (!steps_.accepts(step)) {
      staged_ = 0;
      return false;
    }
    commit();
    steps_ = {true, step};
    return true;
  }

  /// Forgets all history, step numbers included, as if newly made with the same options; only the epoch goes on, and
  /// rises if the scale changes. The mode stays.
  HIFLOAT_KEYED void reset() {
    staged_ = 0;
    steps_ = {};
    detail::reset(options_, algorithm_, tensor_, storage_.memory());
  }

  /// Changes the length of the window; the newest entries stay. The scale follows at the next commit that recomputes
  /// it. Zero, and more than 2^30, are std::invalid_argument.
  HIFLOAT_KEYED void resize(std::size_t window) requires(Window == dynamic_window) {
    detail::check_window(window);
    const std::vector<float> kept = detail::entries(tensor_, storage_.ring());
    Storage resized(algorithm_, window);
    detail::refill(algorithm_, tensor_, resized.memory(), kept);
    storage_ = std::move(resized);
  }

  /// Everything that the future depends on, as a plain value; see saved_state.hpp for files.
  HIFLOAT_KEYED [[nodiscard]] ScalerState state() const {
    return {detail::common_state(algorithm_, storage_.window(), options_, mode_, steps_),
            detail::record(tensor_, staged_, storage_.ring())};
  }
  /// Becomes the scaler whose state this is. On error, which is that of the constructor, this one stays as it was.
  HIFLOAT_KEYED void load(const ScalerState& state) { *this = DelayedScaler(state); }

 private:
  using Storage = detail::WindowStorage<Algorithm, Window>;
  friend class Quantizes<DelayedScaler>;

  HIFLOAT_KEYED DelayedScaler(const ScalingOptions& options, const Algorithm& algorithm, std::size_t window)
      : options_(options), algorithm_(algorithm), storage_((detail::check_window(window), algorithm), window) {
    detail::check(options_);
    detail::check_algorithm(algorithm_);
    tensor_ = detail::cold_tensor(options_);
  }

  template <class FiniteAmax>
  HIFLOAT_KEYED [[nodiscard]] detail::ChosenScale choose_scale_by(const FiniteAmax& finite_amax) const {
    return detail::choose_scale(options_, mode_, tensor_, finite_amax);
  }

  ScalingOptions options_{};
  Algorithm algorithm_;
  ScalingMode mode_ = ScalingMode::Track;
  std::uint32_t staged_ = 0;  ///< largest magnitude bits observed since the last commit
  detail::StepCounter steps_{};
  detail::TensorState tensor_{};
  Storage storage_;
};

}  // namespace HIFLOAT_NAMESPACE
