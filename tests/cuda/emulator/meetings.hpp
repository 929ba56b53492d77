// Instructions for which lanes of a warp come together: shuffles, votes, barriers of a warp, matrix products.
#pragma once

#include "program.hpp"
#include "warp.hpp"

#include <cstdint>

namespace gpu_emulator {

/// What `variant` of such an instruction says, in its lowest byte.
enum class Meeting : std::uint8_t {
  ShuffleUp,
  ShuffleDown,
  ShuffleXor,
  ShuffleIndex,
  VoteAll,
  VoteAny,
  VoteBallot,
  Barrier,
  Product
};

/// Which source has the mask of lanes; where none has, all lanes of a warp are meant.
inline constexpr unsigned no_mask = 15;
[[nodiscard]] inline Meeting meeting_of(const Instruction& in) { return static_cast<Meeting>(in.variant & 0xFF); }
[[nodiscard]] constexpr std::uint32_t meeting_variant(Meeting meeting, unsigned mask_source) {
  return static_cast<std::uint32_t>(meeting) | mask_source << 8;
}

[[nodiscard]] inline bool makes_memory_visible(const Instruction& in) {
  return in.control == Control::WarpMeeting && meeting_of(in) == Meeting::Barrier;
}

/// The lanes that an instruction names: the same for all of `lanes`, or it is a Violation.
[[nodiscard]] std::uint32_t lanes_wanted(Warp& warp, const Instruction& in, std::uint32_t lanes);

void shuffle(Warp& warp, const Instruction& in);
void vote(Warp& warp, const Instruction& in);
void meet(Warp& warp, const Instruction& in);
/// mma.sync.aligned.m16n8k8 of TF32 with binary32 sums.
void multiply_tf32(Warp& warp, const Instruction& in);

}  // namespace gpu_emulator
