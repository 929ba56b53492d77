#include "text.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "language/wordnet.hpp"

namespace schedule_study {

Text read_text(const std::filesystem::path& wordnet) {
  // So few tokens that their embedding doesn't outweigh the blocks, which are what is quantized.
  constexpr std::size_t glosses = 16'000, tokens = 256;
  const std::vector<std::string> texts = language::WordNet(wordnet).glosses(glosses);
  const auto byte_pairs = language::BytePairs::train(texts, tokens);
  Text text{{}, {}, static_cast<language::Index>(byte_pairs.vocabulary())};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::vector<language::Token> encoded = byte_pairs.encode(texts[i]);
    auto& stream = i % 32 == 31 ? text.held_out : text.training;
    stream.insert(stream.end(), encoded.begin(), encoded.end());
    stream.push_back(language::end_of_text);
  }
  return text;
}

}  // namespace schedule_study
