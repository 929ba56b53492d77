// One training from initialisation, under several warm-downs, and what it reads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "common/record.hpp"
#include "language/byte_pairs.hpp"
#include "language/formats.hpp"
#include "language/parameters.hpp"

namespace schedule_study {

struct Text {
  std::vector<language::Token> training, held_out;
  language::Index vocabulary = 0;
};

/// The definitions of the most used words, each 32nd held out. Throws common::InputError where WordNet isn't
/// installed.
[[nodiscard]] Text read_text(const std::filesystem::path& wordnet);

/// Shares of the steps, and the places of some; the paper found its own best in all its cells.
inline constexpr std::array warm_downs{0.0, 0.1, 0.2, 0.33, 0.5};
inline constexpr std::size_t no_warm_down = 0, warm_down_of_a_tenth = 1, papers_warm_down = 3, warm_down_of_half = 4;

/// A learning rate that rises over the first twentieth of the steps, stays, and goes down to zero over the last ones.
struct Recipe {
  std::uint64_t steps = 0;
  double rate = 0;
  enum class Shape : std::uint8_t { linear, cosine } shape = Shape::linear;  ///< of the warm-down
  enum class Optimiser : std::uint8_t { adamw, sgd } optimiser = Optimiser::adamw;
};

/// The sizes of the decoder of this width.
[[nodiscard]] language::Shape shape_of(language::Index width, language::Index vocabulary);

/// The name of the series of a format's grid distances.
[[nodiscard]] inline std::string distance_series(const language::Format& format) {
  return "distance " + std::string(format.name);
}

/// For each warm-down "loss", on the held-out text after it, and for each format "distance NAME" of the weights where
/// it began. Runs that differ in their format alone start from the same weights and see the same batches.
[[nodiscard]] common::Record train(const Recipe& recipe, const language::Format& format, language::Index width,
                                   std::uint64_t seed, const Text& text);

}  // namespace schedule_study
