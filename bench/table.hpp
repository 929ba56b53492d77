// The table of what was measured, with goals and whether they were met.
#pragma once

#include <iosfwd>
#include <vector>

#include "row.hpp"

namespace bench {

/// Seconds that one run took, a number a round: of a row's kernel and of its limit.
struct Times {
  std::vector<double> kernel, limit;
};

/// In the caches the best round of each counts, as other programs on the machine only ever slow things down; from
/// memory the median of the rounds' ratios, as the limit itself changes from round to round. `judge`: whether the goals
/// apply. Returns how many goals were missed.
int print_table(std::ostream& out, const std::vector<Row>& rows, const std::vector<Times>& times, bool judge);

}  // namespace bench
