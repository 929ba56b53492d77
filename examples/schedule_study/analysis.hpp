// What the runs say about the paper's claims.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "common/statistics.hpp"
#include "common/verdict.hpp"
#include "grid.hpp"

namespace schedule_study {

/// How far the best warm-down of a format in a cell is ahead of the paper's; where that is the best, of the next best.
struct Best {
  std::size_t warm_down = 0, other = 0;
  common::Estimate margin;  ///< of the loss, paired by seed
  std::size_t seeds = 0;    ///< in which it is ahead
};
[[nodiscard]] Best best_warm_down(const Cell& cell, std::size_t format);

/// Penalty against log10 of the parameters, after the paper's warm-down, in the fitted cells of the higher rate. None
/// where fewer than two widths are, or the penalty isn't above its noise.
[[nodiscard]] std::optional<common::LineFit> penalty_law(const std::vector<Cell>& cells, std::size_t format);

/// How much more of its penalty a format loses by a warm-down of half the steps than by one of a tenth, over the cells
/// of the higher rate: what the bit width does to the schedule.
[[nodiscard]] common::Estimate interaction(const std::vector<Cell>& cells, std::size_t format);

/// The grid distance of a format's runs as a share of that of float's, where the paper's warm-down begins, over the
/// cells of the higher rate.
[[nodiscard]] common::Estimate distance_ratio(const Options& options, const std::vector<Cell>& cells,
                                              std::size_t format);

/// Those claims of the paper that the formats of the study bear on.
[[nodiscard]] std::vector<common::Claim> judge(const Options& options, const std::vector<Cell>& cells);

/// "0.0123 ±0.0045"
[[nodiscard]] std::string estimate_text(const common::Estimate& estimate, int decimals);

}  // namespace schedule_study
