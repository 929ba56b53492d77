// From which size on vector kernels write past the caches.
#pragma once

#include <cstddef>
#include <cstdlib>

#include <hifloat/config.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// Bytes that a call reads and writes, from which on nothing of its output would still be in the last-level cache when
/// it ends: storing past it then saves reading what is overwritten. HIFLOAT_STREAMING_BYTES in the environment
/// overrides it.
[[nodiscard]] inline std::size_t streaming_threshold() noexcept {
  static const std::size_t threshold = [] {
    const char* wanted = std::getenv("HIFLOAT_STREAMING_BYTES");  // NOLINT(concurrency-mt-unsafe): read once
    const bool given = wanted != nullptr && *wanted != '\0';
    return given ? static_cast<std::size_t>(std::strtoull(wanted, nullptr, 10)) : HIFLOAT_STREAMING_BYTES;
  }();
  return threshold;
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
