// 16-bit PCM WAV files.
#pragma once

#include <filesystem>
#include <vector>

namespace compare_amax {

/// The samples in [-1, 1); several channels are averaged. Throws InputError.
[[nodiscard]] std::vector<float> read_wav(const std::filesystem::path& path);

}  // namespace compare_amax
