#include "meetings.hpp"

#include <cstdint>

namespace gpu_emulator {

std::uint32_t lanes_wanted(Warp& warp, const Instruction& in, std::uint32_t lanes) {
  const unsigned source = in.variant >> 8 & 15;
  if (source == no_mask) return all_lanes;
  const std::uint32_t* const masks = warp.lanes<std::uint32_t>(in.source[source]);
  const std::uint32_t wanted = masks[std::countr_zero(lanes)];
  for_lanes(lanes, [&](unsigned lane) {
    if (masks[lane] != wanted) throw Violation("lanes that meet name different lanes");
  });
  return wanted;
}

/// shfl.sync d|p, a, b, c, mask: b is the distance or index, c has the clamp and above bit 8 the mask of segments.
void shuffle(Warp& warp, const Instruction& in) {
  const std::uint32_t *a = warp.lanes<std::uint32_t>(in.source[0]), *b = warp.lanes<std::uint32_t>(in.source[1]),
                      *c = warp.lanes<std::uint32_t>(in.source[2]);
  std::uint32_t result[warp_lanes] = {}, inside = 0;
  for_lanes(warp.executing, [&](unsigned lane) {
    const unsigned by = b[lane] & 31, clamp = c[lane] & 31, segment = c[lane] >> 8 & 31;
    const unsigned first = lane & segment, last = (lane & segment) | (clamp & ~segment);
    unsigned from = lane;
    bool in_range = false;
    switch (meeting_of(in)) {
      case Meeting::ShuffleUp:
        in_range = static_cast<int>(lane - by) >= static_cast<int>(last);
        from = lane - by;
        break;
      case Meeting::ShuffleDown:
        in_range = lane + by <= last;
        from = lane + by;
        break;
      case Meeting::ShuffleXor:
        from = lane ^ by;
        in_range = from <= last;
        break;
      default: from = first | (by & ~segment); in_range = from <= last;
    }
    if (!in_range) from = lane;
    if ((warp.executing >> from & 1) == 0) throw Violation("a value shuffled from a lane that takes no part");
    result[lane] = a[from];
    inside |= std::uint32_t{in_range} << lane;
  });
  // A lane's result is defined where its source was; with all sources together that is decided for the worst of them.
  for_lanes(warp.executing, [&](unsigned lane) { warp.lanes<std::uint32_t>(in.result[0])[lane] = result[lane]; });
  if ((~warp.defined[in.source[0].number] & warp.executing) != 0) {
    warp.defined[in.result[0].number] &= ~warp.executing;
  }
  if (in.results == 2) {
    std::uint32_t& predicate = *warp.lanes<std::uint32_t>(in.result[1]);
    predicate = (predicate & ~warp.executing) | inside;
    warp.defined[in.result[1].number] |= warp.executing;
  }
}

void vote(Warp& warp, const Instruction& in) {
  const std::uint32_t lanes = warp.executing, votes = *warp.lanes<std::uint32_t>(in.source[0]) & lanes;
  if (meeting_of(in) == Meeting::VoteBallot) {
    for_lanes(lanes, [&](unsigned lane) { warp.lanes<std::uint32_t>(in.result[0])[lane] = votes; });
    return;
  }
  const bool outcome = meeting_of(in) == Meeting::VoteAll ? votes == lanes : votes != 0;
  for_lanes(lanes, [&](unsigned lane) { warp.set(in.result[0], lane, outcome); });
}

void meet(Warp&, const Instruction&) {}

}  // namespace gpu_emulator
