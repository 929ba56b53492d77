// A line of the table in numbers: mean and spread over the seeds.
#pragma once

#include <cstddef>

#include "common/mean_spread.hpp"
#include "experiment.hpp"
#include "tally.hpp"

namespace compare_amax {

struct Summary {
  std::size_t diverged = 0;  ///< runs that did; everything else is over the others
  common::MeanSpread gain_online_db, gain_frozen_db;
  common::MeanSpread final_loss;
  common::MeanSpread gap;  ///< loss / BF16's - 1, of the last quarter as a whole
  common::MeanSpread ape;  ///< the same without its sign, block by block of the last quarter
  Tally tally;             ///< of all runs together
};

/// Runs are compared with those of BF16 with the same seed, which saw the same samples in the same order.
[[nodiscard]] Summary summarise(const Line& line, const Line& bf16);

/// Worse than predicting silence, or not finite at all.
[[nodiscard]] bool has_diverged(const RunResult& run);

}  // namespace compare_amax
