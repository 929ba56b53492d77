#include "questions.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>

#include "../common/input_error.hpp"
#include "draws.hpp"

namespace language {

std::vector<Question> questions(const WordNet& wordnet, std::span<const Fact> facts, const BytePairs& byte_pairs,
                                std::uint64_t seed) {
  std::set<std::string> kinds;
  for (const Fact& fact : facts) kinds.insert(fact.kind);

  std::vector<Question> questions;
  for (const Fact& fact : facts) {
    const std::set<std::string> true_names = wordnet.names_of(fact.subject);
    std::vector<std::string> answers;
    std::set_difference(kinds.begin(), kinds.end(), true_names.begin(), true_names.end(), std::back_inserter(answers));
    Question question;
    const std::size_t wrong = question.answers.size() - 1;
    if (answers.size() < wrong) throw common::InputError("too few facts to ask what a " + fact.subject + " is");
    choose(answers, wrong, seed, Draw::wrong_answers, questions.size() * wrong);
    answers.resize(wrong);
    question.right = draw_below(wrong + 1, seed, Draw::place_of_answer, questions.size());
    answers.insert(answers.begin() + static_cast<std::ptrdiff_t>(question.right), fact.kind);

    question.prompt = byte_pairs.encode('\n' + language::question(fact));
    std::transform(answers.begin(), answers.end(), question.answers.begin(),
                   [&](const std::string& answer) { return byte_pairs.encode(' ' + answer + " ."); });
    questions.push_back(std::move(question));
  }
  return questions;
}

}  // namespace language
