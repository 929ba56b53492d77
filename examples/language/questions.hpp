// What the model remembers of the facts: multiple choice.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "byte_pairs.hpp"
#include "wordnet.hpp"

namespace language {

struct Question {
  std::vector<Token> prompt;                  // end_of_text, "a tree is a kind of"
  std::array<std::vector<Token>, 4> answers;  // " woody plant ."
  std::size_t right;                          // which of them is
};

/// One for each fact. The wrong answers are kinds of other facts that are not true of this one at any level or sense.
/// InputError if there are fewer than three.
[[nodiscard]] std::vector<Question> questions(const WordNet& wordnet, std::span<const Fact> facts,
                                              const BytePairs& byte_pairs, std::uint64_t seed);

}  // namespace language
