// What a product needs while it runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include <hifloat/config.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// The memory of all parts, allocated before anything is written. Aligned by hand: what operator new aligns, glibc's
/// allocator doesn't find again when it is freed, so that each product would wait for pages.
class ScratchMemory {
 public:
  static constexpr std::size_t alignment = 64;

  explicit ScratchMemory(std::size_t size) : memory_(std::make_unique_for_overwrite<std::byte[]>(size + alignment)) {
    const auto misaligned = reinterpret_cast<std::uintptr_t>(memory_.get()) % alignment;
    begin_ = memory_.get() + (alignment - misaligned);
  }
  ScratchMemory(const ScratchMemory&) = delete;
  ScratchMemory& operator=(const ScratchMemory&) = delete;

  template <class T>
  [[nodiscard]] T* at(std::size_t offset) const noexcept {
    return static_cast<T*>(static_cast<void*>(begin_ + offset));
  }

 private:
  std::unique_ptr<std::byte[]> memory_;
  std::byte* begin_ = nullptr;
};

/// Where n objects begin that are laid out after `size` bytes, which grow by them.
template <class T>
[[nodiscard]] std::size_t append(std::size_t& size, std::size_t n) noexcept {
  const std::size_t begin = size, bytes = n * sizeof(T);
  size += bytes + (ScratchMemory::alignment - bytes % ScratchMemory::alignment) % ScratchMemory::alignment;
  return begin;
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
