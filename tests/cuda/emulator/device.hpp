// The one emulated device: its kernels, its memory, and what it has done.
#pragma once

#include "block.hpp"
#include "device_memory.hpp"
#include "program.hpp"
#include "ptx_text.hpp"
#include "races.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gpu_emulator {

/// What the runtime knows of a kernel by its host function.
struct KernelEntry {
  std::shared_ptr<const ModuleText> module;
  std::string name;
  std::uint32_t dynamic_shared_limit = 48 << 10;  ///< raised by cudaFuncSetAttribute
  std::unique_ptr<const Kernel> compiled;         ///< at the first launch
};

class Device {
 public:
  [[nodiscard]] static Device& get();

  void add_kernel(const void* host_function, std::shared_ptr<const ModuleText> module, const char* name);
  [[nodiscard]] KernelEntry* find_kernel(const void* host_function);
  /// Compiled. Unsupported where it can't be.
  [[nodiscard]] const Kernel& kernel(KernelEntry& entry);
  /// Runs all blocks. A Violation or Unsupported is the end of the launch.
  void run(const Launch& launch);

  [[nodiscard]] DeviceMemory& memory() noexcept { return memory_; }
  [[nodiscard]] std::uint64_t executed() const noexcept { return instructions_; }  ///< counted once for each lane
  [[nodiscard]] int multiprocessors() const noexcept { return multiprocessors_; }

  static constexpr std::uint32_t shared_bytes_of_block = 227 << 10;  ///< with cudaFuncSetAttribute; 163 KiB on sm_80

 private:
  Device();
  ~Device();

  std::map<const void*, KernelEntry> kernels_;
  DeviceMemory memory_;
  Segments segments_;
  std::vector<std::byte> registers_;
  Schedule schedule_;
  int multiprocessors_ = 3;
  bool verbose_ = false;
  std::uint64_t launches_ = 0, instructions_ = 0;
};

}  // namespace gpu_emulator
