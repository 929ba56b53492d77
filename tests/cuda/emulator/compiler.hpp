// From PTX to a Kernel. Called functions become part of their callers.
#pragma once

#include "program.hpp"
#include "ptx_text.hpp"

#include <string>

namespace gpu_emulator {

/// Unsupported for a kernel with anything that isn't modelled, or that isn't there.
[[nodiscard]] Kernel compile(const ModuleText& module, const std::string& name);

}  // namespace gpu_emulator
