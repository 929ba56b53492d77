// What became of the claims of a paper.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace common {

enum class Verdict { reproduced, not_at_this_size, opposite };

struct Claim {
  std::string text, papers_figure, ours;
  Verdict verdict;
};

/// A table, and below it the line "claims: A reproduced, B not at this size, C opposite".
void print_claims(std::ostream& out, const std::vector<Claim>& claims);

}  // namespace common
