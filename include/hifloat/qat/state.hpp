// What the pieces of training are resumed from, as plain values; and their bytes, made as scaling/saved_state.hpp says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>

#include <hifloat/config.hpp>
#include <hifloat/qat/rounding_bits.hpp>
#include <hifloat/scaling/refuse_state.hpp>
#include <hifloat/scaling/saved_state.hpp>
#include <hifloat/scaling/state.hpp>

namespace HIFLOAT_NAMESPACE::qat {

/// The state of a FakeQuantizer, and of each role of a layer.
struct FakeQuantizerState {
  static constexpr std::uint32_t current_version = 1;  ///< of what is saved

  std::uint32_t version = current_version;  ///< others are refused
  std::optional<ScalerState> scaler;        ///< none where the scaler has none, or where a ScalerGroup has it
  RoundingBits bits{};                      ///< of the next elements

  /// Member by member.
  HIFLOAT_KEYED friend bool operator==(const FakeQuantizerState&, const FakeQuantizerState&) = default;
};

/// The state of a QuantizedLinear between two of its calls. Weights are not part of it.
struct QuantizedLinearState {
  static constexpr std::uint32_t current_version = 1;  ///< of what is saved

  std::uint32_t version = current_version;  ///< others are refused
  std::uint64_t inputs = 0;                 ///< features of x
  std::uint64_t outputs = 0;                ///< features of y
  FakeQuantizerState weight{};              ///< role 0
  FakeQuantizerState input{};               ///< role 1
  FakeQuantizerState gradient{};            ///< role 2: of the output

  /// Member by member.
  HIFLOAT_KEYED friend bool operator==(const QuantizedLinearState&, const QuantizedLinearState&) = default;
};

/// The state of a WarmupGate.
struct WarmupGateState {
  static constexpr std::uint32_t current_version = 1;  ///< of what is saved

  std::uint32_t version = current_version;  ///< others are refused
  std::uint64_t steps = 0;                  ///< that it stays closed
  std::uint64_t step = 0;                   ///< steps done
  std::string amaxes;                       ///< the id of the policy for amaxes
  std::string history;                      ///< that of the policy for history

  /// Member by member.
  HIFLOAT_KEYED friend bool operator==(const WarmupGateState&, const WarmupGateState&) = default;
};

}  // namespace HIFLOAT_NAMESPACE::qat

namespace HIFLOAT_DETAIL_NAMESPACE {

template <>
inline constexpr std::uint32_t saved_kind<qat::FakeQuantizerState> = 3;
template <>
inline constexpr std::uint32_t saved_kind<qat::QuantizedLinearState> = 4;
template <>
inline constexpr std::uint32_t saved_kind<qat::WarmupGateState> = 5;

template <class Archive, StateOf<qat::FakeQuantizerState> State>
void members(Archive& archive, State& state) {
  bool has_scaler = state.scaler.has_value();
  one_byte(archive, has_scaler, 1, "presence of a scaler");
  if constexpr (!std::is_const_v<State>) {
    if (has_scaler) state.scaler.emplace();
  }
  if (has_scaler) {
    archive(state.scaler->version);  // which says what follows
    check_version(*state.scaler);
    members(archive, *state.scaler);
  }
  archive(state.bits.seed);
  archive(state.bits.role);
  archive(state.bits.step);
  archive(state.bits.drawn);
}

template <class Archive, StateOf<qat::QuantizedLinearState> State>
void members(Archive& archive, State& state) {
  archive(state.inputs);
  archive(state.outputs);
  members(archive, state.weight);
  members(archive, state.input);
  members(archive, state.gradient);
}

template <class Archive, StateOf<qat::WarmupGateState> State>
void members(Archive& archive, State& state) {
  archive(state.steps);
  archive(state.step);
  archive.sequence(state.amaxes);
  archive.sequence(state.history);
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
