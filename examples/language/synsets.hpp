// The data files of WordNet 3: wndb(5WN), cntlist(5WN).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

namespace language {

/// How often the words were seen in WordNet's tagged texts.
struct Uses {
  std::unordered_map<std::string, std::uint32_t> of_sense;  // by lemma%part_of_speech:lexicographer_file:lex_id
  std::unordered_map<std::string, std::uint32_t> of_lemma;  // of all its senses, in all parts of speech
};

/// Of cntlist.rev. InputError if it cannot be read or is damaged.
[[nodiscard]] Uses read_uses(const std::filesystem::path& cntlist);

struct Lemma {
  std::string text;  // with blanks for underscores
  std::uint32_t uses;
};

/// Words that mean the same.
struct Synset {
  std::size_t offset;  // of its line in the file
  std::uint32_t lexicographer_file;
  std::vector<Lemma> lemmas;
  std::vector<std::size_t> hypernyms;  // offsets
  std::string definition;              // the gloss up to its first example
};

/// Of a data.* file, by ascending offset. InputError if it cannot be read or is damaged: a field that is missing, a
/// line that is not where it says, a hypernym that is none.
[[nodiscard]] std::vector<Synset> read_synsets(const std::filesystem::path& data, const Uses& uses);

/// The synset at this offset, or nullptr.
[[nodiscard]] const Synset* find_synset(const std::vector<Synset>& synsets, std::size_t offset);

}  // namespace language
