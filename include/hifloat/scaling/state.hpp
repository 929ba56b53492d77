// A scaler's state as a plain value: all that its future depends on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/scale_params.hpp>
#include <hifloat/scaling/algorithm_identity.hpp>
#include <hifloat/scaling/options.hpp>
#include <hifloat/scaling/refuse_state.hpp>
#include <hifloat/scaling/scale.hpp>
#include <hifloat/scaling/tensor_rules.hpp>
#include <hifloat/scaling/window_memory.hpp>

namespace HIFLOAT_NAMESPACE {

/// What the tensors of a group have in common.
struct CommonScalerState {
  static constexpr std::uint32_t current_version = 1;  ///< of what is saved

  std::uint32_t version = current_version;  ///< others are refused
  std::string algorithm{};                  ///< its id
  std::vector<std::byte> parameters{};      ///< its parameters: binary64, lowest byte first, or the object's bytes
  std::uint64_t window = 0;                 ///< in amaxes
  ScalingOptions options{};                 ///< as they were given
  ScalingMode mode = ScalingMode::Track;    ///< at the time
  detail::StepCounter steps{};              ///< the last numbered step

  /// Member by member.
  HIFLOAT_KEYED friend bool operator==(const CommonScalerState&, const CommonScalerState&) = default;
};

/// What is one tensor's own.
struct TensorScalerState {
  float scale = 1.0f;                ///< the present one
  std::uint32_t staged = 0;          ///< magnitude bits observed since the last commit
  std::uint64_t epoch = 0;           ///< changes of the scale's bits
  std::uint64_t recorded_steps = 0;  ///< amaxes that entered the window since the last reset
  std::uint64_t dropped_steps = 0;   ///< steps lost to a non-finite amax since then
  std::vector<float> amaxes;         ///< oldest to newest

  /// Member by member.
  HIFLOAT_KEYED friend bool operator==(const TensorScalerState&, const TensorScalerState&) = default;
};

/// The state of a DelayedScaler.
struct ScalerState : CommonScalerState {
  TensorScalerState tensor{};  ///< of its one tensor

  /// Member by member.
  HIFLOAT_KEYED friend bool operator==(const ScalerState&, const ScalerState&) = default;
};

/// The state of a ScalerGroup.
struct ScalerGroupState : CommonScalerState {
  std::vector<std::string> names;          ///< all different
  std::vector<TensorScalerState> tensors;  ///< one for each name

  /// Member by member.
  HIFLOAT_KEYED friend bool operator==(const ScalerGroupState&, const ScalerGroupState&) = default;
};

}  // namespace HIFLOAT_NAMESPACE

namespace HIFLOAT_DETAIL_NAMESPACE {

template <class A>
[[nodiscard]] CommonScalerState common_state(const A& algorithm, std::size_t window, const ScalingOptions& options,
                                             ScalingMode mode, const StepCounter& steps) {
  return {.algorithm = std::string(algorithm_id<A>()),
          .parameters = saved_parameters(algorithm),
          .window = window,
          .options = options,
          .mode = mode,
          .steps = steps};
}

[[nodiscard]] inline TensorScalerState record(const TensorState& tensor, std::uint32_t staged,
                                              std::span<const float> ring) {
  return {tensor.scale, staged, tensor.epoch, tensor.pushes, tensor.dropped, entries(tensor, ring)};
}

/// The window of a state, which must be the scaler's.
template <std::size_t Window>
[[nodiscard]] std::size_t restored_window(const CommonScalerState& state) {
  check_version(state);
  if (Window != dynamic_window && state.window != Window) {
    refuse_state("it has a window of " + std::to_string(state.window) + ", the scaler one of " +
                 std::to_string(Window));
  }
  if (state.window == 0 || state.window > largest_window) refuse_state("a window of " + std::to_string(state.window));
  return static_cast<std::size_t>(state.window);
}

template <class A>
[[nodiscard]] A restored_algorithm(const CommonScalerState& state) {
  if (state.algorithm != algorithm_id<A>()) {
    refuse_state("it has the algorithm '" + state.algorithm + "', the scaler '" + std::string(algorithm_id<A>()) + "'");
  }
  return algorithm_with_parameters<A>(state.parameters);
}

/// A tensor's state is one that a scaler can have.
inline void check(const TensorScalerState& tensor, const CommonScalerState& common) {
  if (common.mode > ScalingMode::Calibrate) refuse_state("an unknown mode");
  if (!is_valid_scale(tensor.scale)) refuse_state("a scale outside [2^-126, 2^126]");
  if (common.options.power_of_two && !is_power_of_two(tensor.scale)) refuse_state("a scale that is no power of two");
  if ((tensor.staged & binary32::sign_mask) != 0) refuse_state("a negative amax");
  if (tensor.amaxes.size() > common.window) refuse_state("more amaxes than its window holds");
  if (tensor.amaxes.size() > tensor.recorded_steps || tensor.amaxes.empty() != (tensor.recorded_steps == 0)) {
    refuse_state("a number of amaxes that doesn't fit the number of steps");
  }
  for (const float amax : tensor.amaxes) {
    if (!is_positive_finite(amax)) refuse_state("an amax that is not positive and finite");
  }
}

template <class A>
void restore(const A& algorithm, const TensorScalerState& saved, TensorState& tensor, const TensorMemory<A>& memory) {
  tensor = TensorState{.scale = saved.scale,
                       .inverse_scale = reciprocal(saved.scale),
                       .epoch = saved.epoch,
                       .pushes = saved.recorded_steps,
                       .dropped = saved.dropped_steps};
  refill(algorithm, tensor, memory, saved.amaxes);
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
