// Who touched a byte, and whether a barrier lies between.
//
// Two accesses of different threads, of which one writes and not both are atomic, have no order unless a barrier of
// their block, or a full barrier of their warp, came between. Blocks of a grid have none. A thread's accesses between
// two barriers are a segment.
//
// All that an access is later compared with is in three stamps of a byte. A plain write is in order with all accesses
// before it, so that one stamp has the last. Of reads and of atomic accesses many may have no order among themselves:
// their stamp is one of them, with the scope that the others are spread over. Whatever comes later has no order with
// one of several threads of its own scope, and what barriers ordered before it needs no memory. That is exact because
// blocks run one after the other, and a block's and a warp's barriers only count up.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace gpu_emulator {

/// Each: a segment's number << 7 | lane << 2 | a Scope; 0 for nobody.
struct Stamp {
  std::uint32_t write = 0, atomic = 0, read = 0;
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
  /// Stamps have 25 bits for it.
  [[nodiscard]] bool exhausted() const noexcept { return first_ + of_launch_.size() >= (1u << 25) - 1; }
  [[nodiscard]] std::uint32_t open(const Segment& segment) {
    of_launch_.push_back(segment);
    return first_ + static_cast<std::uint32_t>(of_launch_.size()) - 1;
  }
  [[nodiscard]] static std::uint32_t stamp(std::uint32_t segment, unsigned lane) noexcept {
    return segment << 7 | lane << 2;
  }
  /// Where a stamp was made, for messages.
  [[nodiscard]] const Segment& of(std::uint32_t stamp) const { return of_launch_[(stamp >> 7) - first_]; }
  [[nodiscard]] static unsigned lane_of(std::uint32_t stamp) noexcept { return stamp >> 2 & 31; }
  [[nodiscard]] static bool is_of_several(std::uint32_t stamp) noexcept { return spread(stamp) != Thread; }

  [[nodiscard]] bool is_written(const Stamp& stamp) const noexcept {
    return is_of_this_launch(stamp.write) || is_of_this_launch(stamp.atomic);
  }

  /// Notes an access; returns the stamp of one that has no order with it, or 0.
  [[nodiscard]] std::uint32_t read(Stamp& stamp, std::uint32_t now) const {
    if (races(stamp.write, now)) return stamp.write;
    if (races(stamp.atomic, now)) return stamp.atomic;
    add(stamp.read, now);
    return 0;
  }
  [[nodiscard]] std::uint32_t write(Stamp& stamp, std::uint32_t now) const {
    for (const std::uint32_t before : {stamp.write, stamp.atomic, stamp.read}) {
      if (races(before, now)) return before;
    }
    stamp = {now, 0, 0};
    return 0;
  }
  [[nodiscard]] std::uint32_t atomic(Stamp& stamp, std::uint32_t now) const {
    if (races(stamp.write, now)) return stamp.write;
    if (races(stamp.read, now)) return stamp.read;
    add(stamp.atomic, now);
    return 0;
  }

 private:
  /// Threads that have no order until their barrier.
  enum Scope : std::uint32_t { Thread, Warp, Block, Grid };

  [[nodiscard]] bool is_of_this_launch(std::uint32_t stamp) const noexcept { return stamp >> 7 >= first_; }
  [[nodiscard]] static Scope spread(std::uint32_t stamp) noexcept { return static_cast<Scope>(stamp & 3); }

  /// The narrowest scope with both accesses in it, between the same two of its barriers.
  [[nodiscard]] Scope common(std::uint32_t before, std::uint32_t now) const {
    if (before >> 2 == now >> 2) return Thread;
    if (before >> 7 == now >> 7) return Warp;
    const Segment &a = of(before), &b = of(now);
    return a.block == b.block && a.block_barriers == b.block_barriers ? Block : Grid;
  }
  /// Whether two accesses of this launch have no order.
  [[nodiscard]] bool unordered(std::uint32_t before, std::uint32_t now, Scope common) const {
    switch (common) {
      case Thread: return false;
      case Warp: return true;
      case Block: return of(before).warp != of(now).warp;
      default: return of(before).block != of(now).block;
    }
  }
  /// Whether an access has no order with one of those that a stamp is for.
  [[nodiscard]] bool races(std::uint32_t before, std::uint32_t now) const {
    if (!is_of_this_launch(before)) return false;
    const Scope scope = common(before, now);
    return unordered(before, now, scope) || (spread(before) != Thread && scope <= spread(before));
  }
  void add(std::uint32_t& stamp, std::uint32_t now) const {
    Scope spread_now = Thread;
    if (is_of_this_launch(stamp)) {
      const Scope scope = common(stamp, now), still = scope <= spread(stamp) ? spread(stamp) : Thread;
      spread_now = std::max(still, unordered(stamp, now, scope) ? scope : Thread);
    }
    stamp = (spread_now == Thread ? now : stamp & ~3u) | spread_now;
  }

  std::vector<Segment> of_launch_;
  std::uint32_t first_ = 1;
};

}  // namespace gpu_emulator
