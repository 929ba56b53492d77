#include "summary.hpp"

#include <cmath>
#include <cstddef>

namespace compare_amax {
namespace {

/// Weighted by BF16's loss, as the gap is: a mean of ratios would be that of the noise in pauses.
double absolute_percentage_error(const RunResult& run, const RunResult& bf16) {
  double deviation = 0, reference = 0;
  for (std::size_t i = last_quarter(run.steps.size()); i < run.steps.size(); ++i) {
    deviation += std::fabs(run.steps[i].error - bf16.steps[i].error);
    reference += bf16.steps[i].error;
  }
  return deviation / reference;
}

}  // namespace

bool has_diverged(const RunResult& run) { return run.diverged_at || !(run.final_loss < 1); }

Summary summarise(const Line& line, const Line& bf16) {
  Summary summary;
  common::MeanSpread sqnr_db;
  for (std::size_t s = 0; s < line.runs.size(); ++s) {
    const RunResult& run = line.runs[s];
    summary.tally.forward += run.tally.forward;
    summary.tally.gradients += run.tally.gradients;
    summary.tally.overshoot += run.tally.overshoot;
    sqnr_db.add(run.tally.sqnr_db);
    if (has_diverged(run)) {
      ++summary.diverged;
      continue;
    }
    summary.gain_online_db.add(run.gain_online_db);
    summary.gain_frozen_db.add(run.gain_frozen_db);
    summary.final_loss.add(run.final_loss);
    if (has_diverged(bf16.runs[s])) continue;
    summary.gap.add(run.final_loss / bf16.runs[s].final_loss - 1);
    summary.ape.add(absolute_percentage_error(run, bf16.runs[s]));
  }
  summary.tally.sqnr_db = sqnr_db.mean();
  return summary;
}

}  // namespace compare_amax
