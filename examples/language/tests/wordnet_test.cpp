#include "../wordnet.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "../../common/input_error.hpp"
#include "../fortunes.hpp"
#include "package_fixture.hpp"

namespace language {
namespace {

using common::InputError;

std::string message_of(const auto& action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.what();
  }
  return "no InputError";
}

TEST_CASE("facts are the most used things, in the sense that most of their uses have") {
  const test::Folder folder;
  test::write_wordnet(folder);
  std::string text;
  for (const Fact& fact : WordNet(folder).facts(9)) text += sentence(fact) + '\n';
  CHECK(text ==
        "a tree is a kind of woody plant .\na dog is a kind of canine .\nan arm is a kind of limb .\n"
        "a ship is a kind of vessel .\nan umbrella is a kind of limb .\na dime is a kind of coin .\n"
        "a dollar is a kind of coin .\na nickel is a kind of coin .\na penny is a kind of coin .\n");
  CHECK(message_of([&] { return WordNet(folder).facts(10); }) == "wordnet: only 9 of 10 facts");
}

TEST_CASE("the article follows the sound") {
  for (const char* noun :
       {"a unicorn", "a ewe", "a uterus", "an umbrella", "an hour", "an onion", "a horse", "an urn"}) {
    const std::string text(noun);
    CHECK(question({text.substr(text.find(' ') + 1), ""}) == text + " is a kind of");
  }
}

TEST_CASE("glosses end before the first example and come in turns: two nouns, a verb and an adjective") {
  const test::Folder folder;
  test::write_wordnet(folder);
  const WordNet wordnet(folder);
  CHECK(wordnet.glosses(5) ==
        std::vector<std::string>{"tree : a tall woody plant; has a crown .", "breathe : draw air into the lungs .",
                                 "stairs : a flight of stairs .", "able : having the necessary means .",
                                 "dog : a member of the genus Canis ."});
  CHECK(wordnet.glosses(7).at(5) == "look at : perceive by sight .");
  CHECK(message_of([&] { return wordnet.glosses(8); }) == "wordnet: only 7 of 8 glosses");  // "Roman" is no plain word
}

TEST_CASE("a noun is called by the names of all its senses and of all above them") {
  const test::Folder folder;
  test::write_wordnet(folder);
  CHECK(WordNet(folder).names_of("tree") ==
        std::set<std::string>{"tree", "tree diagram", "woody plant", "ligneous plant", "plant", "flora", "entity"});
  CHECK(WordNet(folder).names_of("nothing").empty());
}

TEST_CASE("a package that is not there is named") {
  const test::Folder folder;
  CHECK(message_of([&] { return WordNet(folder / "absent"); }).ends_with("(Debian: apt-get install wordnet-base)"));
  CHECK(message_of([&] { return fortunes(folder / "absent"); }).ends_with("(Debian: apt-get install fortunes)"));
  test::write_wordnet(folder);
  std::filesystem::remove(folder / "data.adj");
  CHECK(message_of([&] { return WordNet(folder); }).find("data.adj cannot be read") != std::string::npos);
  std::filesystem::create_directory(folder / "data.adj");
  CHECK(message_of([&] { return WordNet(folder); }).find("data.adj cannot be read") != std::string::npos);
}

TEST_CASE("damage to a file of WordNet is an InputError of one line") {
  const test::Folder folder;
  const auto damaged = [&](const char* file, const std::string& from, const std::string& to) {
    test::write_wordnet(folder);
    std::string content = test::read_file(folder / file);
    const std::size_t place = content.find(from);
    REQUIRE(place != std::string::npos);
    test::write_file(folder / file, content.replace(place, from.size(), to));
    const std::string message = message_of([&] { return WordNet(folder); });
    CHECK(message.find('\n') == std::string::npos);
    return message;
  };
  const auto has = [](const std::string& text, const char* part) { return text.find(part) != std::string::npos; };
  CHECK(has(damaged("data.noun", "n 01 dog 0", "n 02 dog 0"), "no lex_id"));
  CHECK(has(damaged("data.noun", "n 01 dog 0", "n 00 dog 0"), "no word"));
  CHECK(has(damaged("data.noun", "n 01 dog 0", "q 01 dog 0"), "an unknown part of speech"));
  CHECK(has(damaged("data.noun", "n 01 dog 0", "n 01 dog g"), "no lex_id"));
  CHECK(has(damaged("data.noun", "n 01 dog 0", "n 01 dogs 0"), "the line is not where it says"));
  CHECK(has(damaged("data.noun", "dog 0 002", "dog 0 900"), "no pointer"));
  CHECK(has(damaged("data.noun", "@ 00000058", "@ 00000059"), "there is no hypernym at 59"));
  CHECK(has(damaged("data.noun", "| that which", "  that which"), "no gloss"));
  CHECK(has(damaged("data.verb", "00000058 29 v", "4294967296 29 v"), "no offset"));
  CHECK(has(damaged("data.verb", "00000058 29 v", "\n00000058 29 v"), "no offset"));
  CHECK(has(damaged("cntlist.rev", "dog%1:05:00:: 1 42", "dog%1:05 1 42"), "no sense key"));
  CHECK(has(damaged("cntlist.rev", "dog%1:05:00:: 1 42", "dog 1 42"), "no sense key"));
  CHECK(has(damaged("cntlist.rev", "dog%1:05:00:: 1 42", "dog%1:05:00:: 1"), "no count"));
}

TEST_CASE("a file of WordNet that ends within a line is refused") {
  const test::Folder folder;
  test::write_wordnet(folder);
  const std::string nouns = test::read_file(folder / "data.noun");
  for (std::size_t size = 0; size < nouns.size(); size += 11) {
    test::write_file(folder / "data.noun", nouns.substr(0, size));
    const bool ends_a_line = size > 0 && nouns[size - 1] == '\n';
    CHECK((message_of([&] { return read_synsets(folder / "data.noun", {}); }) == "no InputError") == ends_a_line);
  }
}

TEST_CASE("fortunes are separated by lines of a percent sign and folded to one line of printable ASCII") {
  const test::Folder folder;
  for (const char* file :
       {"art", "computers", "education", "linux", "literature", "platitudes", "science", "tao", "wisdom", "work"}) {
    test::write_file(folder / file, "");
  }
  test::write_file(folder / "computers",
                   "To err\n\tis  human.\n\t\t-- \xC3\xA9 Pope\a \n%\n%\n100 %\n%\n" + std::string(401, 'x'));
  test::write_file(folder / "work", std::string(400, 'y'));
  CHECK(fortunes(folder) == std::vector<std::string>{"To err is human. -- Pope", "100 %", std::string(400, 'y')});
  std::filesystem::remove(folder / "tao");
  CHECK_THROWS_AS((void)fortunes(folder), InputError);
}

}  // namespace
}  // namespace language
