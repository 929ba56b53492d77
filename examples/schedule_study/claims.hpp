#pragma once

#include <vector>

#include "common/verdict.hpp"
#include "grid.hpp"

namespace schedule_study {

/// What became of the paper's claims. The study has all formats.
[[nodiscard]] std::vector<common::Claim> judge(const Options& options, const std::vector<Cell>& cells);

}  // namespace schedule_study
