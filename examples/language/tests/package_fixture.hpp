// Small packages in the format of the real ones, so that the tests need none installed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <unistd.h>

namespace language::test {

inline void write_file(const std::filesystem::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ostringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  return content.str();
}

/// A folder that goes with the object.
class Folder {
 public:
  Folder() { std::filesystem::create_directories(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  operator const std::filesystem::path&() const { return path_; }
  std::filesystem::path operator/(const char* file) const { return path_ / file; }

 private:
  std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("hifloat_language_" + std::to_string(getpid()));
};

/// Lines of one part of speech.
class DataFile {
 public:
  explicit DataFile(char part_of_speech) : part_of_speech_(part_of_speech) {}

  /// Returns where the line begins, which is what a later line names as its hypernym; -1 is none.
  std::int64_t add(int lexicographer_file, const std::vector<std::string>& words, std::int64_t hypernym,
                   const std::string& gloss) {
    const auto offset = static_cast<std::int64_t>(text_.size());
    std::ostringstream line;
    line.fill('0');
    const auto padded = [&](int width, auto number) {
      line.width(width);
      line << number;
    };
    padded(8, offset);
    line << ' ';
    padded(2, lexicographer_file);
    line << ' ' << part_of_speech_ << ' ' << std::hex;
    padded(2, words.size());
    line << std::dec;
    for (const std::string& word : words) line << ' ' << word << " 0";
    line << (hypernym < 0 ? " 000" : " 002 ~ 00000001 n 0000 @ ");  // what is below is not looked at
    if (hypernym >= 0) {
      padded(8, hypernym);
      line << ' ' << part_of_speech_ << " 0000";
    }
    line << (part_of_speech_ == 'v' ? " 01 + 02 00" : "") << " | " << gloss << "  \n";
    text_ += line.str();
    return offset;
  }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  char part_of_speech_;
  std::string text_ = "  1 This software and database is being provided to you  \n";
};

/// Facts: tree, dog, arm, ship, umbrella, and five coins of which four are taken.
inline void write_wordnet(const std::filesystem::path& folder) {
  DataFile nouns('n'), verbs('v'), adjectives('a');
  const auto entity = nouns.add(3, {"entity"}, -1, "that which is perceived");
  const auto plant = nouns.add(3, {"plant", "flora"}, entity, "a living thing that cannot move");
  const auto woody = nouns.add(20, {"woody_plant", "ligneous_plant"}, plant, "a plant having hard lignified tissues");
  nouns.add(20, {"tree"}, woody, "a tall woody plant; has a crown; \"the tree fell\"; \"trees\"");
  nouns.add(25, {"tree", "tree_diagram"}, entity, "a figure that branches");
  const auto canine = nouns.add(5, {"canine"}, entity, "any of various fissiped mammals");
  nouns.add(5, {"dog"}, canine, "a member of the genus Canis");
  const auto limb = nouns.add(8, {"limb"}, entity, "one of the jointed appendages");
  nouns.add(8, {"arm"}, limb, "a human limb");
  const auto vessel = nouns.add(6, {"vessel"}, entity, "a craft designed for water transportation");
  nouns.add(6, {"ship"}, vessel, "a vessel that carries passengers or freight");
  nouns.add(6, {"stairs"}, vessel, "a flight of stairs");
  nouns.add(17, {"bank"}, limb, "sloping land");
  nouns.add(6, {"umbrella"}, limb, "a canopy");
  const auto coin = nouns.add(6, {"coin"}, vessel, "a flat metal piece used as money");
  for (const char* name : {"penny", "nickel", "dime", "quarter", "dollar"})
    nouns.add(6, {name}, coin, "a coin of some worth");
  verbs.add(29, {"breathe"}, -1, "draw air into the lungs; \"I can breathe\"");
  verbs.add(29, {"see", "look_at"}, -1, "perceive by sight");
  adjectives.add(0, {"able(p)"}, -1, "having the necessary means");
  adjectives.add(0, {"Roman"}, -1, "of or relating to Rome");
  write_file(folder / "data.noun", nouns.text());
  write_file(folder / "data.verb", verbs.text());
  write_file(folder / "data.adj", adjectives.text());
  write_file(
      folder / "cntlist.rev",
      "able%3:00:00:: 1 7\narm%1:08:00:: 1 40\nbank%1:17:00:: 1 25\nbank%2:31:00:: 1 30\nbreathe%2:29:00:: 1 9\n"
      "dime%1:06:00:: 1 1\ndog%1:05:00:: 1 42\ndollar%1:06:00:: 1 1\nentity%1:03:00:: 1 11\nnickel%1:06:00:: 1 1\n"
      "penny%1:06:00:: 1 1\nquarter%1:06:00:: 1 1\nship%1:06:00:: 1 39\nstairs%1:06:00:: 1 50\n"
      "see%2:29:00:: 1 3\nlook_at%2:29:00:: 1 5\ntree%1:20:00:: 1 107\ntree%1:25:00:: 2 3\n"
      "umbrella%1:06:00:: 1 38\nRoman%3:00:00:: 1 4\n");
}

}  // namespace language::test
