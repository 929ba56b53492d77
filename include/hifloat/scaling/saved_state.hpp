// Scaler states as bytes, for files: `to_bytes(scaler.state())`, and `from_bytes<Scaler>(bytes)` to resume to the bit.
//
//   8 bytes   "HiF8SCAL"
//   u32       version
//   u32       kind: 1 one scaler, 2 a group, 3 a fake quantizer, 4 a quantized layer, 5 a warm-up gate
//   u64       length of the payload
//   payload   the members in the order of state.hpp (of qat/state.hpp)
//   u32       CRC-32 (IEEE 802.3) of all bytes before
//
// All integers lowest byte first; floating-point numbers by their IEEE bits; strings and arrays after their length as
// u64.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/scaling/refuse_state.hpp>
#include <hifloat/scaling/saved_bytes.hpp>
#include <hifloat/scaling/state.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

// Each state's members, listed once for writing and reading.

template <class Archive, class Start>
void cold_start_policy(Archive& archive, Start& start) {
  bool first_amax = start.uses_first_amax();
  float scale = start.scale();
  one_byte(archive, first_amax, 1, "cold start");
  archive(scale);
  if constexpr (!std::is_const_v<Start>) {
    start = first_amax ? ColdStart{} : ColdStart(cold_start::Fixed{scale});
    if (bit_cast<std::uint32_t>(start.scale()) != bit_cast<std::uint32_t>(scale)) {
      refuse_state("a scale for a cold start that takes none");
    }
  }
}

template <class Archive, class Common>
void common_members(Archive& archive, Common& state) {
  archive.sequence(state.algorithm);
  archive.sequence(state.parameters);
  archive(state.window);
  archive(state.options.target);
  archive(state.options.clamp);
  signed_integer(archive, state.options.margin);
  one_byte(archive, state.options.power_of_two, 1, "power-of-two option");
  signed_integer(archive, state.options.interval);
  archive(state.options.repair);
  cold_start_policy(archive, state.options.cold_start);
  one_byte(archive, state.mode, static_cast<unsigned>(ScalingMode::Calibrate), "mode");
  one_byte(archive, state.steps.any, 1, "step counter");
  archive(state.steps.last);
}

template <class Archive, class Tensor>
void tensor_members(Archive& archive, Tensor& tensor) {
  archive(tensor.scale);
  archive(tensor.staged);
  archive(tensor.epoch);
  archive(tensor.recorded_steps);
  archive(tensor.dropped_steps);
  archive.sequence(tensor.amaxes);
}

template <>
inline constexpr std::uint32_t saved_kind<ScalerState> = 1;
template <>
inline constexpr std::uint32_t saved_kind<ScalerGroupState> = 2;

template <class State, class Saved>
concept StateOf = std::is_same_v<std::remove_const_t<State>, Saved>;

template <class Archive, StateOf<ScalerState> State>
void members(Archive& archive, State& state) {
  common_members(archive, state);
  tensor_members(archive, state.tensor);
}

template <class Archive, StateOf<ScalerGroupState> State>
void members(Archive& archive, State& state) {
  common_members(archive, state);
  constexpr std::size_t smallest_name = 8;
  if constexpr (std::is_const_v<State>) {
    archive(std::uint64_t{state.names.size()});
  } else {
    state.names.resize(archive.length(smallest_name));
    state.tensors.resize(state.names.size());
  }
  for (auto& name : state.names) archive.sequence(name);
  for (auto& tensor : state.tensors) tensor_members(archive, tensor);
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_FUNCTION_NAMESPACE {

/// A state as bytes; see the top of this file for their layout.
template <class State>
  requires(detail::saved_kind<State> != 0)
[[nodiscard]] std::vector<std::byte> to_bytes(const State& state) { return detail::state_to_bytes(state); }

/// The scaler whose state was saved, or the state itself: `Scaler` is a DelayedScaler, a ScalerGroup, ScalerState or
/// ScalerGroupState, or a state of qat/. Bytes that are truncated, corrupt, something else, or of another algorithm or
/// window are std::invalid_argument, which says so.
template <class Scaler>
[[nodiscard]] Scaler from_bytes(std::span<const std::byte> bytes) {
  if constexpr (detail::saved_kind<Scaler> != 0) {
    return detail::state_from_bytes<Scaler>(bytes);
  } else {
    return Scaler(detail::state_from_bytes<typename Scaler::state_type>(bytes));
  }
}

}  // namespace HIFLOAT_FUNCTION_NAMESPACE
