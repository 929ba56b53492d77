#include "byte_pairs.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <istream>
#include <map>
#include <ostream>
#include <utility>

#include "../common/input_error.hpp"

namespace language {
namespace {

constexpr char first_character = ' ', last_character = '~';
constexpr std::size_t alphabet = last_character - first_character + 2;
constexpr std::size_t largest_vocabulary = 4096;  // the table of pairs has its square
constexpr std::size_t longest_word = 32;          // encoding a word takes time by the square of its length
constexpr std::string_view last_line = "end";

std::string first_line(std::size_t merges) { return "byte_pairs " + std::to_string(merges); }

bool in_alphabet(char c) { return c == '\n' || (c >= first_character && c <= last_character); }

Token base_token(char c) { return c == '\n' ? end_of_text : static_cast<Token>(c - first_character + 1); }

/// Calls visit with each word: a newline, or what begins with at most one blank, goes to the next blank or newline, and
/// is not too long.
template <class Visit>
void for_each_word(std::string_view text, const Visit& visit) {
  std::vector<Token> word;
  const auto finish = [&] {
    if (!word.empty()) visit(word);
    word.clear();
  };
  for (const char c : text) {
    if (!in_alphabet(c)) continue;
    if (c == ' ' || c == '\n' || word.size() == longest_word) finish();
    word.push_back(base_token(c));
    if (c == '\n') finish();
  }
  finish();
}

void merge_in(std::vector<Token>& word, Token left, Token right, Token merged) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const bool is_pair = i + 1 < word.size() && word[i] == left && word[i + 1] == right;
    word[kept++] = is_pair ? merged : word[i];
    i += is_pair;
  }
  word.resize(kept);
}

}  // namespace

BytePairs::BytePairs(std::size_t vocabulary) : capacity_(vocabulary) {
  if (vocabulary < alphabet || vocabulary > largest_vocabulary) {
    throw common::InputError("byte pairs: a vocabulary of " + std::to_string(vocabulary) + " is not within " +
                             std::to_string(alphabet) + " and " + std::to_string(largest_vocabulary));
  }
  texts_.emplace_back("\n");
  for (char c = first_character; c <= last_character; ++c) texts_.emplace_back(1, c);
  merged_.assign(capacity_ * capacity_, end_of_text);
}

void BytePairs::add_merge(Token left, Token right) {
  merged(left, right) = static_cast<Token>(texts_.size());
  merges_.push_back({left, right});
  texts_.push_back(texts_[left] + texts_[right]);
}

BytePairs BytePairs::train(std::span<const std::string> texts, std::size_t vocabulary) {
  BytePairs result(vocabulary);
  std::map<std::vector<Token>, std::int64_t> distinct;
  for (const std::string& text : texts) for_each_word(text, [&](const std::vector<Token>& word) { ++distinct[word]; });

  std::vector<std::int64_t> pair_counts(vocabulary * vocabulary);
  const auto count_pairs = [&](const std::vector<Token>& word, std::int64_t times) {
    for (std::size_t i = 1; i < word.size(); ++i) pair_counts[word[i - 1] * vocabulary + word[i]] += times;
  };
  std::vector<std::pair<std::vector<Token>, std::int64_t>> words(distinct.begin(), distinct.end());
  for (const auto& [word, times] : words) count_pairs(word, times);

  while (result.vocabulary() < vocabulary) {
    const auto end = pair_counts.begin() + static_cast<std::ptrdiff_t>(result.vocabulary() * vocabulary);
    const auto most = std::max_element(pair_counts.begin(), end);
    if (*most < 2) break;
    const auto pair = static_cast<std::size_t>(most - pair_counts.begin());
    const auto left = static_cast<Token>(pair / vocabulary), right = static_cast<Token>(pair % vocabulary);
    const auto merged = static_cast<Token>(result.vocabulary());
    result.add_merge(left, right);
    const std::array pattern{left, right};
    for (auto& [word, times] : words) {
      if (std::search(word.begin(), word.end(), pattern.begin(), pattern.end()) == word.end()) continue;
      count_pairs(word, -times);
      merge_in(word, left, right, merged);
      count_pairs(word, times);
    }
  }
  return result;
}

std::vector<Token> BytePairs::encode(std::string_view text) const {
  std::vector<Token> tokens;
  for_each_word(text, [&](std::vector<Token>& word) {
    while (true) {
      Token first = end_of_text;  // the merges are in the order of their tokens
      for (std::size_t i = 1; i < word.size(); ++i) {
        const Token candidate = merged(word[i - 1], word[i]);
        if (candidate != end_of_text && (first == end_of_text || candidate < first)) first = candidate;
      }
      if (first == end_of_text) break;
      const auto [left, right] = merges_[first - alphabet];
      merge_in(word, left, right, first);
    }
    tokens.insert(tokens.end(), word.begin(), word.end());
  });
  return tokens;
}

std::string BytePairs::decode(std::span<const Token> tokens) const {
  std::string text;
  for (const Token token : tokens) text += texts_.at(token);
  return text;
}

std::string BytePairs::merge_line(Token left, Token right) const {
  return std::to_string(left) + ' ' + std::to_string(right) + ' ' + texts_[left] + texts_[right];
}

void BytePairs::save(std::ostream& out) const {
  out << first_line(merges_.size()) << '\n';
  for (const auto [left, right] : merges_) out << merge_line(left, right) << '\n';
  out << last_line << '\n';
}

BytePairs BytePairs::load(std::istream& in) {
  std::size_t line_number = 0;
  std::string line;
  const auto fail = [&](const char* why) {
    return common::InputError("byte pairs, line " + std::to_string(line_number) + ": " + why);
  };
  const auto next_line = [&] {
    ++line_number;
    if (!std::getline(in, line) || in.eof()) throw fail("it ends early");
  };
  // 0 where none begins: every line is written again and compared, so nothing wrong with it goes unseen.
  const auto number_at = [&](std::size_t begin) {
    std::size_t number = 0;
    std::from_chars(line.data() + std::min(begin, line.size()), line.data() + line.size(), number);
    return number;
  };

  next_line();
  const std::size_t merges = number_at(line.find(' ') + 1);
  if (line != first_line(merges)) throw fail("no saved byte pairs");
  if (merges > largest_vocabulary - alphabet) throw fail("more merges than a vocabulary can have");
  BytePairs result(alphabet + merges);
  while (result.merges_.size() < merges) {
    next_line();
    const std::size_t left = number_at(0), right = number_at(line.find(' ') + 1);
    if (std::max(left, right) >= result.vocabulary() || std::min(left, right) == end_of_text) {
      throw fail("a token that cannot be merged here");
    }
    const auto l = static_cast<Token>(left), r = static_cast<Token>(right);
    if (line != result.merge_line(l, r)) throw fail("the text is not that of the tokens");
    if (result.merged(l, r) != end_of_text) throw fail("this pair is merged already");
    result.add_merge(l, r);
  }
  next_line();
  if (line != last_line) throw fail("the end is missing");
  return result;
}

}  // namespace language
