#include "device.hpp"

#include "compiler.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <random>
#include <vector>

namespace gpu_emulator {

namespace {

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 0);
}

}  // namespace

Device::Device() {
  schedule_.seed = setting("GPU_EMULATOR_SEED", 0);
  schedule_.shuffled = schedule_.seed != 0;
  multiprocessors_ = static_cast<int>(setting("GPU_EMULATOR_MULTIPROCESSORS", 3));
  verbose_ = setting("GPU_EMULATOR_VERBOSE", 0) != 0;
}

Device::~Device() {
  if (!verbose_) return;
  std::fprintf(stderr, "emulated: %llu launches, %.1f million instructions\n",
               static_cast<unsigned long long>(launches_), static_cast<double>(instructions_) * 1e-6);
}

Device& Device::get() {
  static Device device;
  return device;
}

void Device::add_kernel(const void* host_function, std::shared_ptr<const ModuleText> module, const char* name) {
  KernelEntry& entry = kernels_[host_function];
  entry.module = std::move(module);
  entry.name = name;
}

KernelEntry* Device::find_kernel(const void* host_function) {
  const auto found = kernels_.find(host_function);
  return found == kernels_.end() ? nullptr : &found->second;
}

const Kernel& Device::kernel(KernelEntry& entry) {
  if (entry.compiled == nullptr) entry.compiled = std::make_unique<const Kernel>(compile(*entry.module, entry.name));
  return *entry.compiled;
}

void Device::run(const Launch& launch) {
  ++launches_;
  segments_.begin_launch();
  std::vector<unsigned> order(std::size_t{launch.grid[0]} * launch.grid[1] * launch.grid[2]);
  std::iota(order.begin(), order.end(), 0u);
  Schedule schedule = schedule_;
  if (schedule.shuffled) {
    schedule.seed += launches_ << 20;
    std::shuffle(order.begin(), order.end(), std::mt19937_64(schedule.seed));
  }
  Block block(launch, memory_, segments_, schedule, registers_);
  for (const unsigned index : order) block.run(index);
  instructions_ += block.executed();
}

}  // namespace gpu_emulator
