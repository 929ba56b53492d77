#include "text_table.hpp"

#include <algorithm>
#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

namespace common {
namespace {

/// Characters on the screen: a UTF-8 continuation byte is none.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

void TextTable::print(std::ostream& out) const {
  std::vector<std::size_t> widths;
  for (const Line& line : rows_) {
    if (line.heading) continue;
    widths.resize(std::max(widths.size(), line.cells.size()));
    for (std::size_t i = 0; i < line.cells.size(); ++i) widths[i] = std::max(widths[i], width(line.cells[i]));
  }
  for (const Line& line : rows_) {
    for (std::size_t i = 0; i < line.cells.size(); ++i) {
      const std::string& cell = line.cells[i];
      const std::string padding(line.heading ? 0 : widths[i] - width(cell), ' ');
      if (i == 0 && line.cells.size() == 1) {
        out << cell;
      } else {
        out << (i == 0 ? "" : "  ") << (i == 0 ? cell + padding : padding + cell);
      }
    }
    out << '\n';
  }
}

}  // namespace common
