#include "../byte_pairs.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "../../common/input_error.hpp"

namespace language {
namespace {

using common::InputError;
using namespace std::string_literals;

constexpr std::size_t alphabet = 96;
const std::vector<std::string> lines{"the cat and the hat", "that cat sat there", "aaaa bab"};

std::string saved(const BytePairs& byte_pairs) {
  std::ostringstream out;
  byte_pairs.save(out);
  return out.str();
}

TEST_CASE("the most frequent pairs are merged, of equally frequent ones the first by token") {
  // "at" occurs 5 times and "th" 4; "aa", "he" and "the" are left 3 times each.
  const std::string text = saved(BytePairs::train(lines, alphabet + 4));
  CHECK(text == "byte_pairs 4\n66 85 at\n85 73 th\n66 66 aa\n97 70 the\nend\n");
}

TEST_CASE("training stops where no pair occurs twice") {
  const std::vector<std::string> once{"abcd"};
  CHECK(BytePairs::train(once, 200).vocabulary() == alphabet);
  const std::vector<std::string> run{"aaaa"};  // (a, a) occurs three times; its two merges are a pair that occurs once
  CHECK(BytePairs::train(run, 200).vocabulary() == alphabet + 1);
  CHECK_THROWS_AS((void)BytePairs::train(once, alphabet - 1), InputError);
  CHECK_THROWS_AS((void)BytePairs::train(once, 4097), InputError);
}

TEST_CASE("decoding gives back every text of the alphabet, and encoding drops what is outside") {
  const BytePairs byte_pairs = BytePairs::train(lines, 120);
  std::mt19937 random(1);
  for (int trial = 0; trial < 2000; ++trial) {
    std::string text;
    for (std::size_t words = random() % 8; words > 0; --words) {
      const std::string& known = lines[random() % lines.size()];
      text += known.substr(random() % known.size(), random() % 8);
      const auto other = static_cast<char>(random() % alphabet + 31);
      text += other == 31 ? '\n' : other;
    }
    if (trial % 100 == 0) text += std::string(random() % 100, 'a');
    const std::vector<Token> tokens = byte_pairs.encode(text);
    REQUIRE(byte_pairs.decode(tokens) == text);
    REQUIRE(tokens.size() <= text.size());
  }
  CHECK(byte_pairs.encode("\t\x7F\xC3\xA9\0"s).empty());
  CHECK(byte_pairs.encode("\n") == std::vector<Token>{end_of_text});
  CHECK_THROWS_AS((void)byte_pairs.decode(std::vector<Token>{120}), std::out_of_range);
}

TEST_CASE("a text that is cut before a blank is encoded as its parts are") {
  const BytePairs byte_pairs = BytePairs::train(lines, 120);
  std::vector<Token> tokens = byte_pairs.encode("the cat");
  for (const Token token : byte_pairs.encode(" sat there")) tokens.push_back(token);
  CHECK(tokens == byte_pairs.encode("the cat sat there"));
}

TEST_CASE("what was saved loads, encodes alike, and leaves the stream after it") {
  const BytePairs byte_pairs = BytePairs::train(lines, 120);
  std::istringstream in(saved(byte_pairs) + "more");
  const BytePairs loaded = BytePairs::load(in);
  CHECK(saved(loaded) == saved(byte_pairs));
  CHECK(loaded.encode("that hat, the cat") == byte_pairs.encode("that hat, the cat"));
  std::string rest;
  CHECK((in >> rest && rest == "more"));
}

TEST_CASE("what is damaged does not load: any other character anywhere, any end, any line twice") {
  const std::string text = saved(BytePairs::train(lines, 110));
  const auto refused = [](const std::string& damaged) {
    std::istringstream in(damaged);
    try {
      (void)BytePairs::load(in);
      return false;
    } catch (const InputError& error) {
      return std::string(error.what()).starts_with("byte pairs, line ");
    }
  };
  CHECK_FALSE(refused(text));
  for (std::size_t i = 0; i < text.size(); ++i) {
    CAPTURE(i);
    CHECK(refused(text.substr(0, i)));
    for (const char other : {'0', '1', '7', ' ', '\n', 'a', '-', '\0', '\xFF'}) {
      std::string damaged = text;
      damaged[i] = other;
      if (other != text[i]) CHECK(refused(damaged));
    }
  }
  CHECK(refused("byte_pairs 4001\n"));
  CHECK(refused("byte_pairs 2\n66 85 at\n66 85 at\nend\n"));
  CHECK(refused("byte_pairs 1\n0 85 \nt\nend\n"));
  CHECK(refused("byte_pairs 1\n96 85 att\nend\n"));
}

}  // namespace
}  // namespace language
