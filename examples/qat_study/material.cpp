#include "material.hpp"

#include <fstream>
#include <iostream>
#include <utility>

#include "common/format_number.hpp"
#include "common/input_error.hpp"
#include "language/byte_pairs.hpp"
#include "language/checkpoint.hpp"
#include "language/fortunes.hpp"
#include "language/wordnet.hpp"
#include "training.hpp"

namespace qat_study {
namespace {

using language::Index;

constexpr std::uint64_t text_seed = 1, question_seed = 1;
/// So little text that a run goes through it about three times, in blocks of about a dozen steps.
constexpr std::size_t text_tokens = 48 * 1024, block_characters = 8 * 1024;

language::Layout layout_for(const language::BytePairs& byte_pairs) {
  return language::Layout({.vocabulary = static_cast<Index>(byte_pairs.vocabulary())});
}

}  // namespace

Checkpoint shipped_checkpoint() {
  const std::filesystem::path data(HIFLOAT_EXAMPLES_DATA_DIR);
  return {data / "decoder_tokens.txt", data / "decoder.bf16"};
}

Material load_material(const Checkpoint& checkpoint, const Packages& packages) {
  const language::WordNet wordnet(packages.wordnet);
  const language::Texts texts = select_texts(wordnet, language::fortunes(packages.fortunes));
  std::ifstream file(checkpoint.tokens);
  if (!file) throw common::InputError(checkpoint.tokens.string() + " cannot be read");
  const auto byte_pairs = language::BytePairs::load(file);
  const language::Layout layout = layout_for(byte_pairs);
  language::Corpus text = drifting_corpus(texts, byte_pairs, text_seed, block_characters);
  text.tokens.resize(text_tokens);
  return {layout, read_parameters(layout, checkpoint.parameters), std::move(text),
          questions(wordnet, texts.facts, byte_pairs, question_seed)};
}

void make_checkpoint(const Checkpoint& checkpoint, std::size_t steps, const Packages& packages) {
  const language::WordNet wordnet(packages.wordnet);
  const language::Texts texts = select_texts(wordnet, language::fortunes(packages.fortunes));
  const auto byte_pairs = train_byte_pairs(texts);
  const language::Layout layout = layout_for(byte_pairs);
  const auto corpus = pretraining_corpus(texts, byte_pairs, text_seed);
  std::cout << layout.count() << " parameters, " << corpus.tokens.size() << " tokens\n";
  const auto parameters = pretrain(layout, corpus, steps, [&](std::size_t step, double loss) {
    if (step % 100 == 99) std::cout << "step " << step + 1 << ": loss " << common::format_fixed(loss, 3) << std::endl;
  });
  std::ofstream file(checkpoint.tokens);
  byte_pairs.save(file);
  if (!file.flush()) throw common::InputError(checkpoint.tokens.string() + " cannot be written");
  write_parameters(layout, parameters, checkpoint.parameters);
}

}  // namespace qat_study
