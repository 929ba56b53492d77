#include "fortunes.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "package_file.hpp"

namespace language {
namespace {

constexpr std::size_t longest_text = 400;

void append(std::string& text, std::string_view line) {
  bool after_blank = true;  // as a new line is
  for (const char c : line) {
    const bool is_blank = c == ' ' || c == '\t';
    if (is_blank) after_blank = true;
    if (is_blank || c < ' ' || c > '~') continue;
    if (after_blank && !text.empty()) text += ' ';
    text += c;
    after_blank = false;
  }
}

}  // namespace

std::vector<std::string> fortunes(const std::filesystem::path& directory) {
  std::vector<std::string> texts;
  for (const char* file :
       {"art", "computers", "education", "linux", "literature", "platitudes", "science", "tao", "wisdom", "work"}) {
    const std::string content = read_package_file(directory / file, "fortunes");
    std::string text;
    const auto finish = [&] {
      if (!text.empty() && text.size() <= longest_text) texts.push_back(text);
      text.clear();
    };
    for (std::size_t begin = 0; begin < content.size();) {
      const std::size_t end = std::min(content.find('\n', begin), content.size());
      const std::string_view line = std::string_view(content).substr(begin, end - begin);
      if (line == "%") {
        finish();
      } else {
        append(text, line);
      }
      begin = end + 1;
    }
    finish();
  }
  return texts;
}

}  // namespace language
