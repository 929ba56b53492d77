#include "device_memory.hpp"

#include <sys/mman.h>

#include <iterator>

namespace gpu_emulator {

namespace {

/// Zeros that take no memory until they are written.
void* map_zeros(std::size_t bytes) {
  void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

}  // namespace

std::uint64_t DeviceMemory::allocate(std::size_t bytes) {
  if (bytes > total_bytes - used_) return 0;
  const std::size_t size = bytes == 0 ? 1 : bytes;
  Allocation made{next_, bytes, nullptr, nullptr};
  if (const auto old = freed_.find(bytes); old != freed_.end()) {
    made.data = old->second.data;
    made.stamps = old->second.stamps;
    freed_bytes_ -= bytes;
    freed_.erase(old);
  } else {
    made.data = static_cast<std::byte*>(map_zeros(size));
    made.stamps = static_cast<Stamp*>(map_zeros(size * sizeof(Stamp)));
  }
  if (made.data == nullptr || made.stamps == nullptr) return 0;
  next_ += (bytes + 255) / 256 * 256 + 4096;
  used_ += bytes;
  allocations_.emplace(made.begin, made);
  return made.begin;
}

bool DeviceMemory::free(std::uint64_t address) {
  const auto found = allocations_.find(address);
  if (found == allocations_.end()) return false;
  const Allocation& old = found->second;
  if (freed_bytes_ + old.bytes <= most_freed_bytes) {
    freed_.emplace(old.bytes, old);
    freed_bytes_ += old.bytes;
  } else {
    const std::size_t size = old.bytes == 0 ? 1 : old.bytes;
    munmap(old.data, size);
    munmap(old.stamps, size * sizeof(Stamp));
  }
  used_ -= old.bytes;
  last_ = nullptr;
  allocations_.erase(found);
  return true;
}

const DeviceMemory::Allocation* DeviceMemory::find(std::uint64_t address, std::size_t bytes) {
  const auto has = [&](const Allocation& a) {
    return address >= a.begin && address - a.begin <= a.bytes && bytes <= a.bytes - (address - a.begin);
  };
  if (last_ != nullptr && has(*last_)) return last_;
  auto behind = allocations_.upper_bound(address);
  if (behind == allocations_.begin()) return nullptr;
  const Allocation& candidate = std::prev(behind)->second;
  if (!has(candidate)) return nullptr;
  return last_ = &candidate;
}

}  // namespace gpu_emulator
