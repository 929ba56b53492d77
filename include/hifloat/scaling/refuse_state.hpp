// How a saved state is refused that can't be gone on from.
#pragma once

#include <string>

#include <hifloat/config.hpp>
#include <hifloat/error.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

[[noreturn]] inline void refuse_state(const std::string& reason) {
  HIFLOAT_THROW(std::invalid_argument, ("hifloat: saved state: " + reason).c_str());
}

/// The version of a state is one that can be gone on from.
template <class State>
void check_version(const State& state) {
  if (state.version == State::current_version) return;
  refuse_state("version " + std::to_string(state.version) + ", but only " + std::to_string(State::current_version) +
               " is known");
}

/// A scaler's state is there where there is a scaler to go on with it, and only there.
inline void check_presence(bool saved, bool wanted) {
  if (saved == wanted) return;
  refuse_state(wanted ? "it has no scaler, where this one has one"
                      : "it has a scaler, where this one has none of its own");
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
