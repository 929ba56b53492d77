#include "wordnet.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

#include "../common/input_error.hpp"

namespace language {
namespace {

constexpr std::size_t subjects_of_a_kind = 4;
constexpr std::size_t shortest_definition = 10, longest_definition = 120;

common::InputError too_few(std::size_t found, std::size_t wanted, const std::string& what) {
  return common::InputError("wordnet: only " + std::to_string(found) + " of " + std::to_string(wanted) + ' ' + what);
}

/// Of the lexicographer's files, lexnames(5WN): animal, artifact, body, food, object, plant, substance. Persons are
/// left out: their kinds are roles and judgements. So is the file of the topmost nouns.
bool is_thing(const Synset& synset) {
  constexpr std::array<std::uint32_t, 7> files{5, 6, 8, 13, 17, 20, 27};
  return std::find(files.begin(), files.end(), synset.lexicographer_file) != files.end();
}

bool is_plain(std::string_view words) {
  return std::all_of(words.begin(), words.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == ' '; });
}

bool is_good_subject(std::string_view word) {
  const bool may_be_plural = word.ends_with('s') && !word.ends_with("ss");
  return word.size() >= 3 && word.size() <= 10 && is_plain(word) && word.find(' ') == word.npos && !may_be_plural;
}

bool is_good_kind(std::string_view words) {
  return words.size() <= 18 && is_plain(words) && std::count(words.begin(), words.end(), ' ') <= 1;
}

bool is_vowel(char c) { return std::string_view("aeiou").find(c) != std::string_view::npos; }

/// "a unicorn", "a ewe", "an umbrella", "an hour".
const char* article(std::string_view word) {
  if (word.starts_with("hour") || word.starts_with("heir") || word.starts_with("honest")) return "an ";
  if (word.starts_with("eu") || word.starts_with("ewe") || word.starts_with("one-")) return "a ";
  const bool begins_with_you = word.size() > 2 && word[0] == 'u' && !is_vowel(word[1]) && is_vowel(word[2]);
  return is_vowel(word.front()) && !begins_with_you ? "an " : "a ";
}

const Lemma& most_used(const Synset& synset) {
  return *std::max_element(synset.lemmas.begin(), synset.lemmas.end(),
                           [](const Lemma& a, const Lemma& b) { return a.uses < b.uses; });
}

}  // namespace

std::string question(const Fact& fact) { return article(fact.subject) + fact.subject + " is a kind of"; }
std::string sentence(const Fact& fact) { return question(fact) + ' ' + fact.kind + " ."; }

WordNet::WordNet(const std::filesystem::path& directory) {
  Uses uses = read_uses(directory / "cntlist.rev");
  constexpr std::array files{"data.noun", "data.verb", "data.adj"};
  for (std::size_t i = 0; i < files.size(); ++i) parts_of_speech_[i] = read_synsets(directory / files[i], uses);
  uses_of_lemma_ = std::move(uses.of_lemma);
  for (const Synset& synset : parts_of_speech_[0]) {
    for (const Lemma& lemma : synset.lemmas) nouns_[lemma.text].push_back(synset.offset);
  }
}

std::vector<Fact> WordNet::facts(std::size_t count) const {
  std::vector<std::pair<std::uint32_t, Fact>> candidates;
  for (const Synset& sense : parts_of_speech_[0]) {
    if (!is_thing(sense) || sense.hypernyms.empty()) continue;
    const Synset& hypernym = *find_synset(parts_of_speech_[0], sense.hypernyms.front());
    const std::string& kind = hypernym.lemmas.front().text;
    if (!is_thing(hypernym) || !is_good_kind(kind)) continue;
    for (const auto& [subject, uses] : sense.lemmas) {
      const auto all_uses = uses_of_lemma_.find(subject);
      if (all_uses == uses_of_lemma_.end() || 2 * uses <= all_uses->second) continue;
      if (is_good_subject(subject) && kind != subject) candidates.push_back({uses, {subject, kind}});
    }
  }
  std::sort(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) {
    return std::tie(b.first, a.second.subject) < std::tie(a.first, b.second.subject);
  });

  std::vector<Fact> facts;
  std::map<std::string_view, std::size_t> subjects;
  for (const auto& [uses, fact] : candidates) {
    if (facts.size() < count && subjects[fact.kind]++ < subjects_of_a_kind) facts.push_back(fact);
  }
  if (facts.size() < count) throw too_few(facts.size(), count, "facts");
  return facts;
}

std::vector<std::string> WordNet::glosses(std::size_t count) const {
  std::array<std::vector<const Synset*>, 3> ranked;
  for (std::size_t i = 0; i < ranked.size(); ++i) {
    for (const Synset& synset : parts_of_speech_[i]) {
      const std::size_t length = synset.definition.size();
      if (most_used(synset).uses == 0 || !is_plain(most_used(synset).text) || length < shortest_definition ||
          length > longest_definition || synset.definition.find('"') != std::string::npos) {
        continue;
      }
      ranked[i].push_back(&synset);
    }
    std::stable_sort(ranked[i].begin(), ranked[i].end(),
                     [](const Synset* a, const Synset* b) { return most_used(*a).uses > most_used(*b).uses; });
  }

  constexpr std::array<std::size_t, 4> turns{0, 1, 0, 2};
  std::array<std::size_t, 3> taken{};
  std::vector<std::string> glosses;
  for (std::size_t turn = 0; glosses.size() < count; turn = (turn + 1) % turns.size()) {
    const std::size_t part = turns[turn];
    if (taken[part] == ranked[part].size()) throw too_few(glosses.size(), count, "glosses");
    const Synset& synset = *ranked[part][taken[part]++];
    glosses.push_back(most_used(synset).text + " : " + synset.definition + " .");
  }
  return glosses;
}

std::set<std::string> WordNet::names_of(const std::string& noun) const {
  std::set<std::string> names;
  const auto senses = nouns_.find(noun);
  if (senses == nouns_.end()) return names;
  std::set<std::size_t> seen;
  std::vector<std::size_t> open = senses->second;
  while (!open.empty()) {
    const Synset& synset = *find_synset(parts_of_speech_[0], open.back());
    open.pop_back();
    if (!seen.insert(synset.offset).second) continue;
    for (const Lemma& lemma : synset.lemmas) names.insert(lemma.text);
    open.insert(open.end(), synset.hypernyms.begin(), synset.hypernyms.end());
  }
  return names;
}

}  // namespace language
