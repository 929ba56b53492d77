#include "material.hpp"

#include <fstream>
#include <iostream>
#include <span>
#include <utility>

#include "common/format_number.hpp"
#include "common/input_error.hpp"
#include "common/record.hpp"
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

Checkpoint checkpoint_in(const std::filesystem::path& folder) {
  return {folder / "decoder_tokens.txt", folder / "decoder.bf16"};
}

Checkpoint shipped_checkpoint() { return checkpoint_in(HIFLOAT_EXAMPLES_DATA_DIR); }

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

std::string header_of(const Material& material) {
  const auto bytes = [](const auto& numbers) {
    return std::as_bytes(std::span(numbers.data(), static_cast<std::size_t>(numbers.size())));
  };
  std::uint64_t digest = common::digest(bytes(material.parameters));
  digest = common::digest(bytes(material.text.tokens), digest);
  for (const language::Question& question : material.questions) {
    digest = common::digest(bytes(question.prompt), digest);
    for (const auto& answer : question.answers) digest = common::digest(bytes(answer), digest);
  }
  return "qat_study, version 1, material " + std::to_string(digest);
}

void make_checkpoint(const Checkpoint& checkpoint, std::size_t steps, const Packages& packages) {
  const language::WordNet wordnet(packages.wordnet);
  const language::Texts texts = select_texts(wordnet, language::fortunes(packages.fortunes));
  const auto byte_pairs = train_byte_pairs(texts);
  const language::Layout layout = layout_for(byte_pairs);
  const auto corpus = pretraining_corpus(texts, byte_pairs, text_seed);
  // Now, rather than after the training; together, so that no interruption leaves tokens of one and numbers of another.
  if (!std::ofstream(checkpoint.tokens, std::ios::app) || !std::ofstream(checkpoint.parameters, std::ios::app)) {
    throw common::InputError(checkpoint.parameters.parent_path().string() + " cannot be written");
  }
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
