// The tables.
#pragma once

#include <iosfwd>
#include <vector>

#include "grid.hpp"

namespace schedule_study {

void print_report(std::ostream& out, const Options& options, const std::vector<Cell>& cells);

}  // namespace schedule_study
