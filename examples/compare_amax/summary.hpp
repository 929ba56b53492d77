// A line of the table in numbers: mean and spread over the seeds.
#pragma once

#include <cstddef>

#include "experiment.hpp"
#include "tally.hpp"

namespace compare_amax {

/// Mean and sample standard deviation.
class MeanSpread {
 public:
  void add(double value);
  [[nodiscard]] double mean() const { return mean_; }
  [[nodiscard]] bool has_spread() const { return count_ > 1; }
  /// 0 for a single value.
  [[nodiscard]] double spread() const;

 private:
  std::size_t count_ = 0;
  double mean_ = 0;
  double squares_ = 0;  // of the deviations
};

struct Summary {
  std::size_t diverged = 0;  ///< runs that did; everything else is over the others
  MeanSpread gain_online_db, gain_frozen_db;
  MeanSpread final_loss;
  MeanSpread gap;  ///< loss / BF16's - 1, of the last quarter as a whole
  MeanSpread ape;  ///< the same without its sign, block by block of the last quarter
  Tally tally;     ///< of all runs together
};

/// Runs are compared with those of BF16 with the same seed, which saw the same samples in the same order.
[[nodiscard]] Summary summarise(const Line& line, const Line& bf16);

/// Worse than predicting silence, or not finite at all.
[[nodiscard]] bool has_diverged(const RunResult& run);

}  // namespace compare_amax
