#include "../corpus.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "../../common/input_error.hpp"
#include "../draws.hpp"
#include "../fortunes.hpp"
#include "../questions.hpp"
#include "package_fixture.hpp"

namespace language {
namespace {

Texts some_texts() {
  return {{{"tree", "woody plant"}, {"dog", "canine"}},
          {"sand : a soil .", "see : perceive ."},
          {"hat : a headdress ."},
          {"To err is human."}};
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t times = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++times;
  return times;
}

TEST_CASE("a seed shuffles alike with every standard library") {
  std::vector<int> numbers(8);
  std::iota(numbers.begin(), numbers.end(), 0);
  choose(numbers, numbers.size(), 1, Draw::order_of_texts);
  CHECK(numbers == std::vector<int>{7, 3, 0, 1, 6, 2, 4, 5});  // as a Python program shuffles them
}

TEST_CASE("pre-training sees each fact 64 times, each gloss once, and nothing of the second mix") {
  const Texts texts = some_texts();
  const BytePairs byte_pairs = train_byte_pairs(texts);
  const Corpus corpus = pretraining_corpus(texts, byte_pairs, 3);
  const std::string text = '\n' + byte_pairs.decode(corpus.tokens);
  CHECK(count(text, "\na tree is a kind of woody plant .\n") == 64);
  CHECK(count(text, "\na dog is a kind of canine .\n") == 64);
  CHECK(count(text, "\nsand : a soil .\n") == 1);
  CHECK(count(text, "\n") == 1 + 2 * 64 + 2);
  CHECK(pretraining_corpus(texts, byte_pairs, 3).tokens == corpus.tokens);
  CHECK(pretraining_corpus(texts, byte_pairs, 4).tokens != corpus.tokens);
}

TEST_CASE("the second mix changes source with the blocks") {
  Texts texts = some_texts();
  texts.fortunes.assign(3000, std::string(40, 'f'));
  texts.other_glosses.assign(2000, std::string(40, 'g'));
  const BytePairs byte_pairs = train_byte_pairs(texts);
  const std::string text = byte_pairs.decode(drifting_corpus(texts, byte_pairs, 1).tokens);
  CHECK(count(text, "f\ng") == 2);
  CHECK(count(text, "g\nf") == 1);
  CHECK(count(text, "\n") == 5000);
  CHECK(text.find("tree") == std::string::npos);
}

TEST_CASE("batches are a function of seed and step, at places scattered over the stream") {
  Corpus corpus{std::vector<Token>(1000), Corpus::Batches::scattered, 5};
  std::iota(corpus.tokens.begin(), corpus.tokens.end(), Token{0});
  CHECK(corpus.batch(7, 4, 16) == corpus.batch(7, 4, 16));
  CHECK(corpus.batch(7, 4, 16) != corpus.batch(8, 4, 16));
  std::set<Token> firsts;
  for (std::uint64_t step = 0; step < 100; ++step) {
    const std::vector<Token> batch = corpus.batch(step, 4, 16);
    REQUIRE(batch.size() == 4 * 17);
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (i % 17 == 0) firsts.insert(batch[i]);
      if (i % 17 != 0) REQUIRE(batch[i] == (batch[i - 1] + 1) % 1000);
    }
  }
  CHECK(firsts.size() > 300);  // of 400 draws out of 1000: 330 are expected
  corpus.seed = 6;
  CHECK(corpus.batch(7, 4, 16) != Corpus{corpus.tokens, corpus.batches, 5}.batch(7, 4, 16));
}

TEST_CASE("consecutive batches walk through the stream and round it, from where the seed says") {
  Corpus corpus{std::vector<Token>(100), Corpus::Batches::consecutive, 5};
  std::iota(corpus.tokens.begin(), corpus.tokens.end(), Token{0});
  const Token first = corpus.batch(0, 3, 8).front();
  for (std::uint64_t step = 0; step < 20; ++step) {
    const std::vector<Token> batch = corpus.batch(step, 3, 8);
    for (std::size_t row = 0; row < 3; ++row) {
      for (std::size_t i = 0; i <= 8; ++i) REQUIRE(batch[9 * row + i] == (first + 24 * step + 8 * row + i) % 100);
    }
  }
  corpus.seed = 6;
  CHECK(corpus.batch(0, 3, 8).front() != first);
}

TEST_CASE("questions have one right answer and three that are wrong in every sense") {
  const test::Folder folder;
  test::write_wordnet(folder);
  const WordNet wordnet(folder);
  const std::vector<Fact> facts = wordnet.facts(9);
  const std::vector<std::string> texts{"tree"};
  const BytePairs byte_pairs = BytePairs::train(texts, 96);
  std::set<std::size_t> places;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const std::vector<Question> asked = questions(wordnet, facts, byte_pairs, seed);
    REQUIRE(asked.size() == facts.size());
    for (std::size_t i = 0; i < facts.size(); ++i) {
      CHECK(byte_pairs.decode(asked[i].prompt) == "\n" + question(facts[i]));
      CHECK(byte_pairs.decode(asked[i].answers.at(asked[i].right)) == " " + facts[i].kind + " .");
      std::set<std::string> answers;
      for (const auto& answer : asked[i].answers) answers.insert(byte_pairs.decode(answer));
      CHECK(answers.size() == 4);
      if (facts[i].kind == "coin") CHECK_FALSE(answers.contains(" vessel ."));  // what a coin is a kind of here
    }
    places.insert(asked[0].right);
  }
  CHECK(places.size() == 4);
  CHECK_THROWS_AS((void)questions(wordnet, std::vector<Fact>(facts.begin(), facts.begin() + 3), byte_pairs, 0),
                  common::InputError);
}

TEST_CASE("the real packages give what the studies need" *
          doctest::skip(!std::filesystem::exists("/usr/share/wordnet/data.noun") ||
                        !std::filesystem::exists("/usr/share/games/fortunes/wisdom"))) {
  const WordNet wordnet;
  const Texts texts = select_texts(wordnet, fortunes());
  CHECK(texts.facts.size() == 300);
  CHECK(texts.glosses.size() == 7000);
  CHECK(texts.fortunes.size() > 3000);
  std::set<std::string> sentences, glosses(texts.glosses.begin(), texts.glosses.end());
  for (const Fact& fact : texts.facts) sentences.insert(sentence(fact));
  CHECK(sentences.size() == 300);
  CHECK(sentences.contains("a tree is a kind of woody plant ."));
  CHECK(sentences.contains("a dog is a kind of canine ."));
  CHECK(std::none_of(texts.other_glosses.begin(), texts.other_glosses.end(),
                     [&](const auto& gloss) { return glosses.contains(gloss); }));

  const BytePairs byte_pairs = train_byte_pairs(texts);
  CHECK(byte_pairs.vocabulary() == 1024);
  std::size_t characters = 0, tokens = 0;
  for (const std::string& gloss : texts.glosses) {
    const std::vector<Token> encoded = byte_pairs.encode(gloss);
    REQUIRE(byte_pairs.decode(encoded) == gloss);
    characters += gloss.size();
    tokens += encoded.size();
  }
  CHECK(characters > 5 * tokens / 2);
  CHECK(pretraining_corpus(texts, byte_pairs, 1).tokens.size() > 300'000);
  CHECK(drifting_corpus(texts, byte_pairs, 1).tokens.size() > 200'000);
  for (const Question& asked : questions(wordnet, texts.facts, byte_pairs, 1)) {
    CHECK(std::set(asked.answers.begin(), asked.answers.end()).size() == 4);
  }
}

}  // namespace
}  // namespace language
