// Text in aligned columns.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

namespace common {

/// The first column is aligned left, the others right.
class TextTable {
 public:
  void add_row(std::vector<std::string> cells) { rows_.push_back({std::move(cells), false}); }
  /// A line of text across the columns.
  void add_heading(std::string text) { rows_.push_back({{std::move(text)}, true}); }
  void print(std::ostream& out) const;

 private:
  struct Line {
    std::vector<std::string> cells;
    bool heading;
  };
  std::vector<Line> rows_;
};

}  // namespace common
