#include "probe.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
#include <tuple>

namespace language {
namespace {

std::vector<bool> answers_at_once(Decoder& decoder, const Vector& parameters, std::span<const Question> questions) {
  constexpr std::size_t choices = std::tuple_size_v<decltype(Question::answers)>;
  std::size_t longest = 0;
  for (const auto& question : questions) {
    for (const auto& answer : question.answers) longest = std::max(longest, question.prompt.size() + answer.size());
  }
  std::vector<Token> sequences;
  for (const auto& question : questions) {
    for (const auto& answer : question.answers) {
      const std::size_t end = sequences.size() + longest;
      sequences.insert(sequences.end(), question.prompt.begin(), question.prompt.end());
      sequences.insert(sequences.end(), answer.begin(), answer.end());
      sequences.resize(end, end_of_text);
    }
  }
  const std::vector<float> losses = decoder.losses(parameters, sequences, static_cast<Index>(longest) - 1);
  std::vector<bool> right;
  for (std::size_t q = 0; q < questions.size(); ++q) {
    std::array<double, choices> surprise{};
    for (std::size_t choice = 0; choice < choices; ++choice) {
      const auto first = losses.begin() + static_cast<std::ptrdiff_t>((q * choices + choice) * (longest - 1) +
                                                                      questions[q].prompt.size() - 1);
      const auto length = static_cast<std::ptrdiff_t>(questions[q].answers[choice].size());
      surprise[choice] = std::accumulate(first, first + length, 0.0);
    }
    const auto best = static_cast<std::size_t>(std::ranges::min_element(surprise) - surprise.begin());
    right.push_back(best == questions[q].right);
  }
  return right;
}

}  // namespace

std::vector<bool> answers(Decoder& decoder, const Vector& parameters, std::span<const Question> questions) {
  constexpr std::size_t at_once = 32;
  std::vector<bool> right;
  for (; !questions.empty(); questions = questions.subspan(std::min(at_once, questions.size()))) {
    const std::vector<bool> some =
        answers_at_once(decoder, parameters, questions.first(std::min(at_once, questions.size())));
    right.insert(right.end(), some.begin(), some.end());
  }
  return right;
}

}  // namespace language
