// A block of threads at work: its warps, its shared memory, its barriers.
#pragma once

#include "device_memory.hpp"
#include "program.hpp"
#include "races.hpp"
#include "warp.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace gpu_emulator {

struct Launch {
  const Kernel* kernel;
  std::array<unsigned, 3> grid, block;
  std::vector<std::byte> parameters;
  std::uint32_t dynamic_shared_bytes = 0;
};

/// In which order things happen that have none: as written, or at random.
struct Schedule {
  bool shuffled = false;
  std::uint64_t seed = 0;
};

/// ReadConstant: of what nobody writes during the launch (ld.global.nc).
enum class Touch : std::uint8_t { Read, ReadConstant, Write, Atomic };

class Block {
 public:
  /// `registers`: memory that is kept from launch to launch.
  Block(const Launch& launch, DeviceMemory& memory, Segments& segments, const Schedule& schedule,
        std::vector<std::byte>& registers);

  /// Runs all threads of one block to their ends. A Violation or Unsupported names the instruction and the thread.
  void run(unsigned index);
  /// Instructions so far, counted once for each lane.
  [[nodiscard]] std::uint64_t executed() const noexcept { return executed_; }

  /// Where the bytes of an access are. Checks the address, the alignment and the order with other accesses.
  [[nodiscard]] std::byte* touch(Warp& warp, unsigned lane, Space space, std::uint64_t address, unsigned bytes,
                                 Touch kind);
  [[nodiscard]] const std::byte* parameter(std::uint64_t offset, unsigned bytes) const;
  [[nodiscard]] std::mt19937_64& random() noexcept { return random_; }
  [[nodiscard]] bool shuffled() const noexcept { return schedule_.shuffled; }

  /// Generic addresses of shared and local memory.
  static constexpr std::uint64_t shared_window = std::uint64_t{0x7D00} << 40,
                                 local_window = std::uint64_t{0x7C00} << 40, window_bytes = std::uint64_t{1} << 32;

 private:
  enum class State { Running, AtBarrier, Ended };

  void start(Warp& warp);
  void open_segment(Warp& warp);
  State advance(Warp& warp, std::uint64_t budget);
  void run_group(Warp& warp, std::size_t group, std::uint32_t stop, std::uint64_t& budget);
  void execute(Warp& warp, const Instruction& in, std::uint32_t lanes);
  [[nodiscard]] bool all_met(Warp& warp, const Instruction& in, std::uint32_t lanes) const;
  void release_barrier(const std::vector<State>& states);
  void check_order(Stamp* stamps, unsigned bytes, std::uint32_t now, Touch kind);
  [[nodiscard]] std::string where(const Warp& warp, const Instruction& in, std::uint32_t lanes) const;

  const Launch& launch_;
  const Kernel& kernel_;
  DeviceMemory& memory_;
  Segments& segments_;
  Schedule schedule_;
  std::mt19937_64 random_;
  unsigned index_ = 0, threads_ = 0;
  std::uint32_t barriers_ = 0;
  std::uint64_t executed_ = 0;
  std::vector<Warp> warps_;
  std::vector<std::byte> shared_, local_;
  std::vector<Stamp> shared_stamps_;
};

}  // namespace gpu_emulator
