#pragma once

#include <cstddef>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "token.hpp"

namespace language {

/// Byte pair encoding of printable ASCII and the newline; other characters are dropped. Text is cut before each blank,
/// so a token may begin with a blank but never spans two words, and the encoding of a text is that of its words.
class BytePairs {
 public:
  /// Merges the most frequent pair (of equally frequent ones the first by token) until there are `vocabulary` tokens,
  /// or fewer where no pair occurs twice. InputError for a vocabulary below the alphabet's 96 or above 4096.
  [[nodiscard]] static BytePairs train(std::span<const std::string> texts, std::size_t vocabulary);

  [[nodiscard]] std::size_t vocabulary() const { return texts_.size(); }

  [[nodiscard]] std::vector<Token> encode(std::string_view text) const;
  /// std::out_of_range for a token that is not in the vocabulary.
  [[nodiscard]] std::string decode(std::span<const Token> tokens) const;

  /// One merge a line: its two tokens, and the text of the new one.
  void save(std::ostream& out) const;
  /// What save wrote; the stream is left after it. InputError for anything else.
  [[nodiscard]] static BytePairs load(std::istream& in);

 private:
  explicit BytePairs(std::size_t vocabulary);

  [[nodiscard]] Token& merged(Token left, Token right) { return merged_[left * capacity_ + right]; }
  [[nodiscard]] Token merged(Token left, Token right) const { return merged_[left * capacity_ + right]; }
  void add_merge(Token left, Token right);
  [[nodiscard]] std::string merge_line(Token left, Token right) const;

  struct Merge {
    Token left, right;
  };
  std::size_t capacity_;
  std::vector<std::string> texts_;
  std::vector<Merge> merges_;
  std::vector<Token> merged_;  // of each pair; end_of_text, which no merge makes, where there is none
};

}  // namespace language
