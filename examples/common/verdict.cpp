#include "verdict.hpp"

#include <array>
#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "text_table.hpp"

namespace common {

void print_claims(std::ostream& out, const std::vector<Claim>& claims) {
  const std::array<std::string, 3> names{"reproduced", "not at this size", "opposite"};
  std::array<std::size_t, 3> counts{};
  TextTable table;
  table.add_row({"claim", "paper", "ours", "verdict"});
  for (const Claim& claim : claims) {
    const auto verdict = static_cast<std::size_t>(claim.verdict);
    ++counts[verdict];
    table.add_row({claim.text, claim.papers_figure, claim.ours, names[verdict]});
  }
  table.print(out);
  out << "claims: ";
  for (std::size_t i = 0; i < names.size(); ++i) out << (i == 0 ? "" : ", ") << counts[i] << ' ' << names[i];
  out << '\n';
}

}  // namespace common
