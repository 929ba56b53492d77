// How a user's mistake ends: HIFLOAT_THROW (config.hpp) throws, or calls `fail` where the includer compiles without
// exceptions.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include <hifloat/config.hpp>

namespace HIFLOAT_NAMESPACE::detail {

HIFLOAT_KEYED [[noreturn]] inline void fail(const char* exception, const char* message) noexcept {
  std::fprintf(stderr, "%s: %s\n", exception, message);
  std::abort();
}

}  // namespace HIFLOAT_NAMESPACE::detail
