#include "speech.hpp"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "common/input_error.hpp"
#include "wav.hpp"

namespace compare_amax {
namespace {

/// Where the examples were built from, or, for a program that was moved, a place below the current directory.
std::filesystem::path data_directory() {
  const std::filesystem::path built_from = HIFLOAT_EXAMPLES_DATA_DIR;
  return std::filesystem::is_directory(built_from) ? built_from : std::filesystem::path("examples") / "data";
}

}  // namespace

bool Recording::is_silent() const {
  return std::all_of(samples_.begin(), samples_.end(), [](float x) { return x == 0; });
}

Speech load_speech(const std::filesystem::path& wav) {
  if (wav.empty()) {
    return {Recording(read_wav(data_directory() / "speech_train.wav")),
            Recording(read_wav(data_directory() / "speech_heldout.wav"))};
  }
  const std::vector<float> samples = read_wav(wav);
  constexpr std::size_t wanted = history + 64 * batch_size;
  if (samples.size() < wanted) {
    throw common::InputError(wav.string() + ": too short: " + std::to_string(samples.size()) + " samples, at least " +
                             std::to_string(wanted) + " are wanted");
  }
  const auto cut = samples.end() - static_cast<std::ptrdiff_t>(samples.size() / 7);
  Speech speech{Recording({samples.begin(), cut}), Recording({cut, samples.end()})};
  if (speech.train.is_silent() || speech.held_out.is_silent()) {
    throw common::InputError(wav.string() + ": its " +
                             (speech.train.is_silent() ? "first six sevenths are" : "last seventh is") + " silent");
  }
  return speech;
}

}  // namespace compare_amax
