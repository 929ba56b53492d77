// What other algorithms and windows would have made of a run's amaxes.
#pragma once

#include <iosfwd>
#include <vector>

#include <hifloat/diagnostics/replay.hpp>

#include "study.hpp"

namespace qat_study {

/// Of the amaxes of all tensors: max 64, high rate, seed 1, which has to be among the runs.
[[nodiscard]] std::vector<hifloat::diagnostics::ReplayResult> window_sweep(const Results& results);
void print_window_sweep(std::ostream& out, const Results& results);

}  // namespace qat_study
