// Facts and definitions from WordNet (Debian: wordnet-base), read where it is installed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "synsets.hpp"

namespace language {

struct Fact {
  std::string subject, kind;
};

/// "a tree is a kind of"
[[nodiscard]] std::string question(const Fact& fact);
/// "a tree is a kind of woody plant ."
[[nodiscard]] std::string sentence(const Fact& fact);

class WordNet {
 public:
  /// Reads data.noun, data.verb, data.adj and cntlist.rev. InputError if one cannot be read, naming the package, or is
  /// damaged.
  explicit WordNet(const std::filesystem::path& directory = "/usr/share/wordnet");

  /// The `count` most used subjects that are things one can touch, each with the first name of its first hypernym. Most
  /// of a subject's uses have to be in that sense, its kind has to be no more than such a thing either (no "whole", no
  /// "artifact"), and no kind has more than four subjects. InputError if there are fewer.
  [[nodiscard]] std::vector<Fact> facts(std::size_t count) const;

  /// The definitions of the `count` most used nouns, verbs and adjectives, in turns of 2, 1 and 1: "tree : a tall
  /// perennial woody plant ... ." InputError if there are fewer.
  [[nodiscard]] std::vector<std::string> glosses(std::size_t count) const;

  /// What the noun may truly be called: the names of all its senses, and of all that is above them.
  [[nodiscard]] std::set<std::string> names_of(const std::string& noun) const;

 private:
  std::array<std::vector<Synset>, 3> parts_of_speech_;  // nouns, verbs, adjectives
  std::unordered_map<std::string, std::uint32_t> uses_of_lemma_;
  std::unordered_map<std::string, std::vector<std::size_t>> nouns_;  // their offsets, by lemma
};

}  // namespace language
