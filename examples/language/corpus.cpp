#include "corpus.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "draws.hpp"

namespace language {
namespace {

constexpr std::size_t fact_count = 300, fact_repeats = 64, gloss_count = 7000;

void append(std::vector<Token>& tokens, const std::string& text, const BytePairs& byte_pairs) {
  const std::vector<Token> encoded = byte_pairs.encode(text);
  tokens.insert(tokens.end(), encoded.begin(), encoded.end());
  tokens.push_back(end_of_text);
}

}  // namespace

Texts select_texts(const WordNet& wordnet, std::vector<std::string> fortunes) {
  Texts texts{wordnet.facts(fact_count), wordnet.glosses(2 * gloss_count), {}, std::move(fortunes)};
  const auto others = texts.glosses.begin() + gloss_count;
  texts.other_glosses.assign(std::make_move_iterator(others), std::make_move_iterator(texts.glosses.end()));
  texts.glosses.resize(gloss_count);
  return texts;
}

BytePairs train_byte_pairs(const Texts& texts, std::size_t vocabulary) {
  std::vector<std::string> all;
  for (const Fact& fact : texts.facts) all.push_back(sentence(fact));
  for (const auto* source : {&texts.glosses, &texts.other_glosses, &texts.fortunes}) {
    all.insert(all.end(), source->begin(), source->end());
  }
  return BytePairs::train(all, vocabulary);
}

std::vector<Token> Corpus::batch(std::uint64_t step, std::size_t rows, std::size_t context) const {
  std::vector<Token> result;
  result.reserve(rows * (context + 1));
  for (std::size_t row = 0; row < rows; ++row) {
    const std::uint64_t number = step * rows + row;
    std::size_t place =
        batches == Batches::scattered
            ? draw_below(tokens.size(), seed, Draw::batch, number)
            : (draw_below(tokens.size(), seed, Draw::first_batch, 0) + number * context) % tokens.size();
    for (std::size_t i = 0; i <= context; ++i, ++place) result.push_back(tokens[place % tokens.size()]);
  }
  return result;
}

Corpus pretraining_corpus(const Texts& texts, const BytePairs& byte_pairs, std::uint64_t seed) {
  std::vector<std::string> all = texts.glosses;
  for (const Fact& fact : texts.facts) all.insert(all.end(), fact_repeats, sentence(fact));
  choose(all, all.size(), seed, Draw::order_of_texts);
  Corpus corpus{{}, Corpus::Batches::scattered, seed};
  for (const std::string& text : all) append(corpus.tokens, text, byte_pairs);
  return corpus;
}

Corpus drifting_corpus(const Texts& texts, const BytePairs& byte_pairs, std::uint64_t seed,
                       std::size_t block_characters) {
  Corpus corpus{{}, Corpus::Batches::consecutive, seed};
  auto gloss = texts.other_glosses.begin();
  auto fortune = texts.fortunes.begin();
  const auto append_block = [&](auto& text, auto end) {
    for (std::size_t characters = 0; text != end && characters < block_characters; ++text) {
      append(corpus.tokens, *text, byte_pairs);
      characters += text->size();
    }
  };
  while (gloss != texts.other_glosses.end() || fortune != texts.fortunes.end()) {
    append_block(fortune, texts.fortunes.end());
    append_block(gloss, texts.other_glosses.end());
  }
  return corpus;
}

}  // namespace language
