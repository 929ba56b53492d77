// How every saved state is refused that can't be gone on from.
#pragma once

#include <string>

#include <hifloat/config.hpp>
#include <hifloat/error.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

[[noreturn]] inline void refuse_state(const std::string& reason) {
  HIFLOAT_THROW(std::invalid_argument, ("hifloat: saved state: " + reason).c_str());
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
