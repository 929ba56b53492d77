// What the runs read: definitions from WordNet.
#pragma once

#include <filesystem>
#include <vector>

#include "language/byte_pairs.hpp"
#include "language/parameters.hpp"

namespace schedule_study {

struct Text {
  std::vector<language::Token> training, held_out;
  language::Index vocabulary = 0;
};

/// The definitions of the most used words, each 32nd held out. Throws common::InputError where WordNet isn't
/// installed.
[[nodiscard]] Text read_text(const std::filesystem::path& wordnet);

}  // namespace schedule_study
