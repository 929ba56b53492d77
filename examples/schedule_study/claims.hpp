#pragma once

#include <vector>

#include "common/verdict.hpp"
#include "grid.hpp"

namespace schedule_study {

/// What became of the paper's claims. Throws std::invalid_argument where the study lacks float, INT8, INT6 or INT4.
[[nodiscard]] std::vector<common::Claim> judge(const Options& options, const std::vector<Cell>& cells);

}  // namespace schedule_study
