// The PTX that nvcc puts into a program.
#pragma once

#include <string_view>

namespace gpu_emulator {

/// Of what a program hands to __cudaRegisterFatBinary: the first PTX in it. Unsupported where it is compressed or
/// missing: nvcc needs code=compute_... and -no-compress.
[[nodiscard]] std::string_view ptx_of(const void* wrapper);

}  // namespace gpu_emulator
