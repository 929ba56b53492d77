// What tests of the emulator itself want to know of it.
#pragma once

#include <string>

namespace gpu_emulator {

/// Whether failures are only kept, not printed.
extern bool expects_failures;

/// What the last failed launch was stopped for, or nothing; and the device goes on as if it had not been.
std::string take_failure();

}  // namespace gpu_emulator
