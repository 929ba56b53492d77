// Whether two pieces of memory have bytes in common.
#pragma once

#include <cstddef>
#include <cstdint>

#include <hifloat/config.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// Bytes from begin to end.
struct MemoryRange {
  std::uintptr_t begin, end;
  MemoryRange(const void* data, std::size_t size) noexcept
      : begin(reinterpret_cast<std::uintptr_t>(data)), end(begin + size) {}
  [[nodiscard]] bool overlaps(const MemoryRange& other) const noexcept {
    return begin < other.end && other.begin < end;
  }
};

}  // namespace HIFLOAT_DETAIL_NAMESPACE
