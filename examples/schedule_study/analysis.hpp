// What the runs say.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "common/statistics.hpp"
#include "grid.hpp"

namespace schedule_study {

/// How far the best warm-down of a format in a cell is ahead of the paper's; where that is the best, of the next best.
struct Best {
  std::size_t warm_down = 0, other = 0;
  common::Estimate margin;  ///< of the loss, paired by seed
  std::size_t seeds = 0;    ///< in which it is ahead

  /// At 95 %, though the best was chosen among the four that are not the paper's (Bonferroni).
  [[nodiscard]] bool is_ahead() const {
    return margin.value > margin.half_width(1 - 0.05 / static_cast<double>(warm_downs.size() - 1));
  }
};
[[nodiscard]] Best best_warm_down(const Cell& cell, std::size_t format);

/// A format against float in the cells of the higher rate, paired by seed. A seed brings the same batches at every
/// width: what is told of all widths is their mean with each seed, repeated by the seeds alone.
struct Comparison {
  std::vector<common::Estimate> penalties;  ///< of each cell, after the paper's warm-down
  /// Penalty against log10 of the parameters, in the fitted cells; none where it isn't above its noise.
  std::optional<common::LineFit> law;
  std::vector<common::Estimate> predictions;  ///< of the law, for the mean penalties of the cells that are held out
  std::size_t predicted = 0;                  ///< penalties that lie within the interval of theirs
  /// What a warm-down over half of the steps adds to the penalty of one over a tenth.
  common::Estimate schedule_effect;
  /// Its grid distance as a share of that of float's weights, where the paper's warm-down begins.
  common::Estimate distance_ratio;
};
[[nodiscard]] Comparison compare(const Options& options, const std::vector<Cell>& cells, std::size_t format);

}  // namespace schedule_study
