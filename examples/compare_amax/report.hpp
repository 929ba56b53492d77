// The table of the experiment.
#pragma once

#include <iosfwd>
#include <vector>

#include "experiment.hpp"
#include "options.hpp"

namespace compare_amax {

void print_report(std::ostream& out, const Options& options, const std::vector<SectionResult>& results);

}  // namespace compare_amax
