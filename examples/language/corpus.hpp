// The two streams of text that the studies train on, and batches of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "byte_pairs.hpp"
#include "wordnet.hpp"

namespace language {

/// What the studies read. Pre-training sees the facts and the first glosses, the second mix the others and the
/// fortunes.
struct Texts {
  std::vector<Fact> facts;
  std::vector<std::string> glosses, other_glosses, fortunes;
};

/// 300 facts and twice 7,000 glosses, beside the fortunes. InputError if WordNet has fewer.
[[nodiscard]] Texts select_texts(const WordNet& wordnet, std::vector<std::string> fortunes);

/// Trained on everything in the texts once.
[[nodiscard]] BytePairs train_byte_pairs(const Texts& texts, std::size_t vocabulary = 1024);

/// Texts one after the other, each with end_of_text after it.
struct Corpus {
  enum class Batches {
    scattered,   ///< at random places, drawn for each step
    consecutive  ///< through the stream from a random place on, so that they change as the stream does
  };

  std::vector<Token> tokens;  ///< at least one
  Batches batches;
  std::uint64_t seed = 0;

  /// Row after row, `rows` sequences of `context` tokens and the one after them. Depends on nothing but the corpus and
  /// the arguments; after the last token comes the first.
  [[nodiscard]] std::vector<Token> batch(std::uint64_t step, std::size_t rows, std::size_t context) const;
};

/// Each fact 64 times among the glosses, in random order; batches are scattered.
[[nodiscard]] Corpus pretraining_corpus(const Texts& texts, const BytePairs& byte_pairs, std::uint64_t seed);

/// Fortunes and other glosses by turns, about so many characters of each at a time; batches are consecutive.
[[nodiscard]] Corpus drifting_corpus(const Texts& texts, const BytePairs& byte_pairs, std::uint64_t seed,
                                     std::size_t block_characters = 64 * 1024);

}  // namespace language
