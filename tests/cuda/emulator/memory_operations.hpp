// Instructions that read and write memory.
#pragma once

#include "program.hpp"
#include "warp.hpp"

#include <string>

namespace gpu_emulator {

/// The first source is the address; what is stored follows. A load's `variant` is 1 for ld.global.nc.
void load(Warp& warp, const Instruction& in);
void store(Warp& warp, const Instruction& in);

/// What executes an atomic operation, as "add.u64", or null.
[[nodiscard]] Execute atomic_operation(const std::string& name);

/// mov of two or four registers into one, or back.
void pack(Warp& warp, const Instruction& in);
void unpack(Warp& warp, const Instruction& in);

/// cvt between integers of any width, from and to registers of any width: `element_bytes` are the source type's,
/// `elements` the result type's, `sign_extended` as the source is.
void convert_integer(Warp& warp, const Instruction& in);

/// cvta: adds `displacement`.
void convert_address(Warp& warp, const Instruction& in);

}  // namespace gpu_emulator
