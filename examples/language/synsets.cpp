#include "synsets.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <system_error>
#include <utility>

#include "../common/input_error.hpp"
#include "package_file.hpp"

namespace language {
namespace {

/// Takes fields off the front of a line.
class Fields {
 public:
  /// `place` names the line in errors.
  Fields(std::string_view line, std::string place) : rest_(line), place_(std::move(place)) {}

  [[nodiscard]] common::InputError error(const std::string& why) const {
    return common::InputError(place_ + ": " + why);
  }

  std::string_view text(const char* name) {
    const std::size_t end = std::min(rest_.find(' '), rest_.size());
    const std::string_view field = rest_.substr(0, end);
    if (field.empty()) throw error(std::string("no ") + name);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    return field;
  }

  std::uint32_t number(const char* name, int base = 10) {
    const std::string_view field = text(name);
    std::uint32_t value = 0;
    const auto [end, failure] = std::from_chars(field.data(), field.data() + field.size(), value, base);
    if (failure != std::errc{} || end != field.data() + field.size()) throw error(std::string("no ") + name);
    return value;
  }

  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
  std::string place_;
};

std::string place_in(const std::filesystem::path& file, std::size_t byte) {
  return file.string() + ", byte " + std::to_string(byte);
}

/// Calls visit with each line of the file and where it begins.
template <class Visit>
void for_each_line(const std::filesystem::path& file, const Visit& visit) {
  const std::string content = read_package_file(file, "wordnet-base");
  if (!content.ends_with('\n')) throw common::InputError(place_in(file, content.size()) + ": it ends within a line");
  for (std::size_t begin = 0; begin < content.size();) {
    const std::size_t end = content.find('\n', begin);
    visit(std::string_view(content).substr(begin, end - begin), begin);
    begin = end + 1;
  }
}

std::string two_digits(std::uint32_t number) { return (number < 10 ? "0" : "") + std::to_string(number); }

Lemma make_lemma(std::string_view word, const std::string& sense, const Uses& uses) {
  std::string text(word.substr(0, word.find('(')));  // "galore(ip)" says where an adjective may stand
  std::string key = text + sense;
  std::transform(key.begin(), key.end(), key.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c | 0x20) : c; });
  std::replace(text.begin(), text.end(), '_', ' ');
  const auto found = uses.of_sense.find(key);
  return {std::move(text), found == uses.of_sense.end() ? 0 : found->second};
}

Synset parse_synset(Fields line, std::size_t offset, const Uses& uses) {
  Synset synset{
      .offset = line.number("offset"), .lexicographer_file = 0, .lemmas = {}, .hypernyms = {}, .definition = {}};
  if (synset.offset != offset) throw line.error("the line is not where it says");
  synset.lexicographer_file = line.number("lexicographer file");
  const std::size_t part_of_speech = std::string_view("nvars").find(line.text("part of speech"));
  if (part_of_speech == std::string_view::npos) throw line.error("an unknown part of speech");
  for (std::uint32_t words = line.number("word count", 16); words > 0; --words) {
    const std::string_view word = line.text("word");
    const std::uint32_t lex_id = line.number("lex_id", 16);
    synset.lemmas.push_back(make_lemma(word,
                                       '%' + std::to_string(part_of_speech + 1) + ':' +
                                           two_digits(synset.lexicographer_file) + ':' + two_digits(lex_id),
                                       uses));
  }
  if (synset.lemmas.empty()) throw line.error("no word");
  for (std::uint32_t pointers = line.number("pointer count"); pointers > 0; --pointers) {
    const bool is_hypernym = line.text("pointer") == "@";
    const std::size_t target = line.number("pointer's offset");
    line.text("pointer's part of speech");
    line.text("pointer's source and target");
    if (is_hypernym) synset.hypernyms.push_back(target);
  }
  const std::size_t gloss = line.rest().find("| ");
  if (gloss == std::string_view::npos) throw line.error("no gloss");
  std::string_view definition = line.rest().substr(gloss + 2);
  definition = definition.substr(0, definition.find("; \""));
  definition = definition.substr(0, definition.find_last_not_of(" ;") + 1);
  synset.definition = definition;
  return synset;
}

}  // namespace

Uses read_uses(const std::filesystem::path& cntlist) {
  Uses uses;
  for_each_line(cntlist, [&](std::string_view line, std::size_t begin) {
    Fields fields(line, place_in(cntlist, begin));
    const std::string_view sense_key = fields.text("sense key");
    fields.number("sense number");
    const std::uint32_t count = fields.number("count");
    const std::size_t percent = sense_key.find('%');
    std::size_t end = percent;
    for (int colons = 0; colons < 3 && end != std::string_view::npos; ++colons) end = sense_key.find(':', end + 1);
    if (end == std::string_view::npos) throw fields.error("no sense key");
    // What follows names the adjective that a satellite belongs to. Without it a few satellites count as one.
    uses.of_sense[std::string(sense_key.substr(0, end))] += count;
    uses.of_lemma[std::string(sense_key.substr(0, percent))] += count;
  });
  return uses;
}

std::vector<Synset> read_synsets(const std::filesystem::path& data, const Uses& uses) {
  std::vector<Synset> synsets;
  for_each_line(data, [&](std::string_view line, std::size_t begin) {
    if (line.starts_with(' ')) return;  // the licence
    synsets.push_back(parse_synset(Fields(line, place_in(data, begin)), begin, uses));
  });
  for (const Synset& synset : synsets) {
    for (const std::size_t hypernym : synset.hypernyms) {
      if (find_synset(synsets, hypernym) != nullptr) continue;
      throw common::InputError(place_in(data, synset.offset) + ": there is no hypernym at " + std::to_string(hypernym));
    }
  }
  return synsets;
}

const Synset* find_synset(const std::vector<Synset>& synsets, std::size_t offset) {
  const auto found = std::lower_bound(synsets.begin(), synsets.end(), offset,
                                      [](const Synset& synset, std::size_t wanted) { return synset.offset < wanted; });
  return found != synsets.end() && found->offset == offset ? &*found : nullptr;
}

}  // namespace language
