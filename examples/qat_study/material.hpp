// What all runs begin with: the pre-trained decoder, the text, and the questions.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "language/corpus.hpp"
#include "language/parameters.hpp"
#include "language/questions.hpp"

namespace qat_study {

struct Material {
  language::Layout layout;
  language::Vector parameters;
  language::Corpus text;  ///< of the runs, not of the pre-training
  std::vector<language::Question> questions;
};

/// The files that a pre-training leaves: the tokens, and the decoder's parameters.
struct Checkpoint {
  std::filesystem::path tokens, parameters;
};
[[nodiscard]] Checkpoint checkpoint_in(const std::filesystem::path& folder);
/// The one that comes with the examples.
[[nodiscard]] Checkpoint shipped_checkpoint();

/// Where the texts are that the studies read: as Debian's packages wordnet-base and fortunes install them.
struct Packages {
  std::filesystem::path wordnet = "/usr/share/wordnet", fortunes = "/usr/share/games/fortunes";
};

/// Reads WordNet, the fortunes and a checkpoint. Throws common::InputError where one cannot be read or is damaged.
[[nodiscard]] Material load_material(const Checkpoint& checkpoint, const Packages& packages = {});
/// Of the file of runs that began with it: runs with other material are others.
[[nodiscard]] std::string header_of(const Material& material);

/// Trains a decoder from nothing, and writes the checkpoint.
void make_checkpoint(const Checkpoint& checkpoint, std::size_t steps, const Packages& packages = {});

}  // namespace qat_study
