// How a saved state that can't be resumed is refused.
#pragma once

#include <string>

#include <hifloat/config.hpp>
#include <hifloat/error.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

[[noreturn]] inline void refuse_state(const std::string& reason) {
  HIFLOAT_THROW(std::invalid_argument, ("hifloat: saved state: " + reason).c_str());
}

/// Refuses a state of another version: what that holds is not known.
template <class State>
void check_version(const State& state) {
  if (state.version == State::current_version) return;
  refuse_state("version " + std::to_string(state.version) + ", but only " + std::to_string(State::current_version) +
               " is known");
}

/// Refuses a state without a scaler's where one is wanted, and one with it where there is no scaler to take it.
inline void check_presence(bool saved, bool wanted) {
  if (saved == wanted) return;
  refuse_state(wanted ? "it has no scaler, where this one has one"
                      : "it has a scaler, where this one has none of its own");
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
