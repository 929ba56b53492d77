// A run on disk: what it takes to go on, on any number of ranks.
#pragma once

#include <cstdint>
#include <filesystem>

#include "network.hpp"

namespace distributed_qat {

struct Checkpoint {
  std::uint64_t steps = 0;  ///< done
  Weights weights;
  hifloat::ScalerGroupState scales;
};

/// Replaces the file, or leaves it as it is: written under another name, flushed to the disk, renamed. Throws
/// std::runtime_error if that fails.
void save(const std::filesystem::path& path, const Checkpoint& checkpoint);

/// Throws std::runtime_error for a file that cannot be read, is truncated or damaged, or is something else.
[[nodiscard]] Checkpoint load(const std::filesystem::path& path);

}  // namespace distributed_qat
