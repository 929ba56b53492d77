// One training from initialisation, under several warm-downs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "../common/record.hpp"
#include "../language/decoder.hpp"
#include "formats.hpp"

namespace schedule_study {

/// A learning rate that rises over the first twentieth of the steps, stays, and goes down to zero over the last ones.
struct Recipe {
  std::uint64_t steps = 0;
  double rate = 0;
  enum class Shape : std::uint8_t { linear, cosine } shape = Shape::linear;  ///< of the warm-down
  enum class Optimiser : std::uint8_t { adamw, sgd } optimiser = Optimiser::adamw;
  std::vector<double> warm_downs;  ///< shares of the steps, up to 0.95
};

struct Text {
  std::vector<language::Token> training, held_out;
  language::Index vocabulary = 0;
};

/// The sizes of the decoder of this width.
[[nodiscard]] language::Shape shape_of(language::Index width, language::Index vocabulary);

/// For each warm-down "loss", on the held-out text after it, and for each format "distance NAME" of the weights where
/// it began. Runs that differ in their format alone start from the same weights and see the same batches.
[[nodiscard]] common::Record train(const Recipe& recipe, const Format& format, language::Index width,
                                   std::uint64_t seed, const Text& text);

}  // namespace schedule_study
