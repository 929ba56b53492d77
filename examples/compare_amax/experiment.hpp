// All runs: every scheme with every seed.
#pragma once

#include <vector>

#include "options.hpp"
#include "scheme.hpp"
#include "speech.hpp"
#include "training.hpp"

namespace compare_amax {

/// One line of the table: a scheme and its runs, one a seed.
struct Line {
  Scheme scheme;
  std::vector<RunResult> runs;
};

struct SectionResult {
  std::string title;
  std::vector<Line> lines;
};

/// Runs on all cores; the results do not depend on their number. Shows progress on stderr.
[[nodiscard]] std::vector<SectionResult> run_experiment(const Options& options, const Speech& speech);

/// BF16, with which the others are compared.
[[nodiscard]] inline const Line& baseline(const std::vector<SectionResult>& results) { return results[0].lines[0]; }

}  // namespace compare_amax
