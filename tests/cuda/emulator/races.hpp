// Who touched a byte last, and whether a barrier lies between.
//
// Two accesses of different threads, of which one writes and not both are atomic, have no order unless a barrier of
// their block, or a full barrier of their warp, came between. Blocks of a grid have none. A thread's accesses between
// two barriers are a segment; each byte remembers the segment and lane of its last writer and last reader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace gpu_emulator {

/// A segment's number << 6 | lane << 1 | a flag; 0 for nobody.
struct Stamp {
  std::uint32_t write = 0;  ///< flag: atomically
  std::uint32_t read = 0;   ///< flag: others read too
};

class Segments {
 public:
  struct Segment {
    std::uint32_t block, warp, block_barriers, warp_barriers;
  };

  /// Accesses of earlier launches are in order with all that follow.
  void begin_launch() {
    first_ += static_cast<std::uint32_t>(of_launch_.size());
    of_launch_.clear();
  }
  /// Stamps have 26 bits for it.
  [[nodiscard]] bool exhausted() const noexcept { return first_ + of_launch_.size() >= (1u << 26) - 1; }
  [[nodiscard]] std::uint32_t open(const Segment& segment) {
    of_launch_.push_back(segment);
    return (first_ + static_cast<std::uint32_t>(of_launch_.size()) - 1) << 6;
  }
  /// Where a stamp was made, for messages.
  [[nodiscard]] const Segment& of(std::uint32_t stamp) const { return of_launch_[(stamp >> 6) - first_]; }

  [[nodiscard]] bool is_of_this_launch(std::uint32_t stamp) const noexcept { return stamp >> 6 >= first_; }
  /// Whether an access in this launch and one now have no order.
  [[nodiscard]] bool concurrent(std::uint32_t before, std::uint32_t now) const {
    if (!is_of_this_launch(before) || (before ^ now) < 2) return false;  // another launch; the same thread
    const Segment &a = of(before), &b = of(now);
    if (a.block != b.block) return true;
    if (a.block_barriers != b.block_barriers) return false;
    const bool same_thread = (before & 0x3E) == (now & 0x3E);
    return a.warp != b.warp || (a.warp_barriers == b.warp_barriers && !same_thread);
  }

  /// Notes an access; returns the stamp of one that has no order with it, or 0.
  [[nodiscard]] std::uint32_t read(Stamp& stamp, std::uint32_t now) const {
    if (concurrent(stamp.write, now)) return stamp.write;
    if ((stamp.read ^ now) >= 2) stamp.read = now | std::uint32_t{concurrent(stamp.read, now)};
    return 0;
  }
  [[nodiscard]] std::uint32_t write(Stamp& stamp, std::uint32_t now, bool atomic) const {
    if (concurrent(stamp.write, now) && !(atomic && (stamp.write & 1) != 0)) return stamp.write;
    if (concurrent(stamp.read, now)) return stamp.read;
    if ((stamp.read & 1) != 0 && stamp.read >> 6 == now >> 6) return stamp.read;  // this thread was not the only reader
    const bool was_plain = (stamp.write ^ now) < 2 && (stamp.write & 1) == 0;     // by this thread, in this segment
    stamp = {now | std::uint32_t{atomic && !was_plain}, 0};
    return 0;
  }

 private:
  std::vector<Segment> of_launch_;
  std::uint32_t first_ = 1;
};

}  // namespace gpu_emulator
