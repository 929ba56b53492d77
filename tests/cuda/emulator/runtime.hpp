// What tests want to know of the emulator.
#pragma once

#include <cstdint>
#include <string>

namespace gpu_emulator {

/// Whether failures are only kept, not printed.
extern bool expects_failures;

/// What the last failed launch was stopped for, or nothing; and the device goes on as if it had not been.
std::string take_failure();

/// By all threads of all launches so far.
std::uint64_t executed_instructions();

}  // namespace gpu_emulator
