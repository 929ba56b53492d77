// The device's memory: allocations at addresses that mean nothing to the host, each with a stamp for every byte.
#pragma once

#include "races.hpp"

#include <cstddef>
#include <cstdint>
#include <map>

namespace gpu_emulator {

class DeviceMemory {
 public:
  struct Allocation {
    std::uint64_t begin;
    std::size_t bytes;
    std::byte* data;
    Stamp* stamps;
  };

  /// Aligned to 256 bytes, as cudaMalloc has it, with nothing allocated just behind. 0 if there is no more.
  [[nodiscard]] std::uint64_t allocate(std::size_t bytes);
  [[nodiscard]] bool free(std::uint64_t address);
  /// The allocation that has all these bytes, or null.
  [[nodiscard]] const Allocation* find(std::uint64_t address, std::size_t bytes);
  [[nodiscard]] std::byte* data(std::uint64_t address, std::size_t bytes) {
    const Allocation* const found = find(address, bytes);
    return found == nullptr ? nullptr : found->data + (address - found->begin);
  }
  /// Whether an address can be the device's.
  [[nodiscard]] static bool is_device(std::uint64_t address) { return address >= first_address; }
  [[nodiscard]] std::size_t used() const noexcept { return used_; }

  static constexpr std::size_t total_bytes = std::size_t{2} << 30, most_freed_bytes = std::size_t{256} << 20;

 private:
  static constexpr std::uint64_t first_address = std::uint64_t{0x7E00} << 40;  // no address of a Linux process

  std::map<std::uint64_t, Allocation> allocations_;
  std::multimap<std::size_t, Allocation>
      freed_;  ///< by size: to be had again, at another address; old stamps do no harm
  std::size_t freed_bytes_ = 0;
  const Allocation* last_ = nullptr;
  std::uint64_t next_ = first_address;
  std::size_t used_ = 0;
};

}  // namespace gpu_emulator
