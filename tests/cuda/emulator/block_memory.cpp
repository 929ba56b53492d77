// A block's accesses to memory, with all that is checked about them.

#include "block.hpp"

#include <algorithm>
#include <cstring>
#include <string>

namespace gpu_emulator {

const std::byte* Block::parameter(std::uint64_t offset, unsigned bytes) const {
  if (offset % bytes != 0) throw Violation("a misaligned parameter");
  if (offset + bytes > launch_.parameters.size()) throw Violation("a read beyond the parameters");
  return launch_.parameters.data() + offset;
}

void Block::check_order(Stamp* stamps, unsigned bytes, std::uint32_t now, Touch kind) {
  // Bytes that are used together mostly have the same stamp.
  const bool same = std::memcmp(stamps, stamps + 1, (bytes - 1) * sizeof(Stamp)) == 0;
  for (unsigned i = 0; i < (same ? 1 : bytes); ++i) {
    const std::uint32_t other = kind == Touch::Write    ? segments_.write(stamps[i], now)
                                : kind == Touch::Atomic ? segments_.atomic(stamps[i], now)
                                                        : segments_.read(stamps[i], now);
    if (kind == Touch::ReadConstant && segments_.is_written(stamps[i])) {
      throw Violation("a read as of constant memory, but the kernel writes there");
    }
    if (other == 0) continue;
    const Segments::Segment& segment = segments_.of(other);
    throw Violation("a race with thread " + std::to_string(segment.warp * warp_lanes + Segments::lane_of(other)) +
                    " of block " + std::to_string(segment.block) +
                    (Segments::is_of_several(other) ? ", or another that did the same" : ""));
  }
  if (same) std::fill(stamps + 1, stamps + bytes, stamps[0]);
}

std::byte* Block::touch(Warp& warp, unsigned lane, Space space, std::uint64_t address, unsigned bytes, Touch kind) {
  if (space == Space::Generic) {
    space = Space::Global;
    if (address - shared_window < window_bytes) {
      space = Space::Shared;
      address -= shared_window;
    } else if (address - local_window < window_bytes) {
      space = Space::Local;
      address -= local_window;
    }
  }
  if (address % bytes != 0) throw Violation("a misaligned address");
  const std::uint32_t now = Segments::stamp(warp.segment, lane);
  switch (space) {
    case Space::Shared: {
      if (address > shared_.size() || bytes > shared_.size() - address)
        throw Violation("an address outside shared memory");
      Stamp* const stamps = shared_stamps_.data() + address;
      if (kind != Touch::Write && std::any_of(stamps, stamps + bytes, [](Stamp s) { return s.write == 0; })) {
        throw Violation("a read of shared memory that was never written");
      }
      check_order(stamps, bytes, now, kind);
      return shared_.data() + address;
    }
    case Space::Local:
      if (address > kernel_.local_bytes || bytes > kernel_.local_bytes - address) {
        throw Violation("an address outside local memory");
      }
      return local_.data() + std::size_t{warp.thread_of(lane)} * kernel_.local_bytes + address;
    case Space::Global: {
      const DeviceMemory::Allocation* const memory = memory_.find(address, bytes);
      if (memory == nullptr) throw Violation("an address outside all allocations");
      const std::uint64_t offset = address - memory->begin;
      check_order(memory->stamps + offset, bytes, now, kind);
      return memory->data + offset;
    }
    default: throw Unsupported("an access to this state space");
  }
}

}  // namespace gpu_emulator
