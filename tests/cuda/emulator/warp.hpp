// 32 threads ("lanes") as instructions see them: their registers, and which of them execute.
//
// Lanes with the same position make a group. A warp executes one group at a time; where a branch takes lanes apart the
// group is split, and groups that come to the same position are joined again. An instruction that needs other lanes
// waits until those have come to it too.
#pragma once

#include "program.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace gpu_emulator {

class Block;

/// What a GPU would answer with an error, or with results that nobody can rely on.
class Violation : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct LaneGroup {
  std::uint32_t lanes, position;
  bool waits = false;
};

class Warp {
 public:
  Block* block = nullptr;
  unsigned index = 0;
  std::uint32_t executing = 0;  ///< lanes of the instruction at work
  std::uint32_t present = 0;    ///< lanes that there are and that haven't ended
  std::uint32_t segment = 0;    ///< see races.hpp
  std::uint32_t meetings = 0;   ///< of all its lanes, with memory made visible
  std::vector<LaneGroup> groups;
  std::byte* registers = nullptr;
  std::vector<std::uint32_t> defined;  ///< of each register, the lanes where it has a value

  template <class T>
  [[nodiscard]] T* lanes(const Operand& operand) noexcept {
    return reinterpret_cast<T*>(registers + operand.offset);
  }
  /// Of one lane, zero-extended.
  [[nodiscard]] std::uint64_t value(const Operand& operand, unsigned lane) noexcept {
    switch (operand.bits) {
      case 1: return *lanes<std::uint32_t>(operand) >> lane & 1;
      case 16: return lanes<std::uint16_t>(operand)[lane];
      case 32: return lanes<std::uint32_t>(operand)[lane];
      default: return lanes<std::uint64_t>(operand)[lane];
    }
  }
  void set(const Operand& operand, unsigned lane, std::uint64_t value) noexcept {
    switch (operand.bits) {
      case 1: {
        std::uint32_t& mask = *lanes<std::uint32_t>(operand);
        mask = (mask & ~(1u << lane)) | static_cast<std::uint32_t>(value & 1) << lane;
        return;
      }
      case 16: lanes<std::uint16_t>(operand)[lane] = static_cast<std::uint16_t>(value); return;
      case 32: lanes<std::uint32_t>(operand)[lane] = static_cast<std::uint32_t>(value); return;
      default: lanes<std::uint64_t>(operand)[lane] = value;
    }
  }
  [[nodiscard]] unsigned thread_of(unsigned lane) const noexcept { return index * warp_lanes + lane; }
};

/// Calls f(lane) for every lane of a mask.
template <class F>
void for_lanes(std::uint32_t mask, F f) {
  for (; mask != 0; mask &= mask - 1) f(static_cast<unsigned>(std::countr_zero(mask)));
}

}  // namespace gpu_emulator
