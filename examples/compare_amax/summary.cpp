#include "summary.hpp"

#include <cmath>
#include <cstddef>

namespace compare_amax {
namespace {

/// Half a second of speech: single steps of silence would make the mean error that of their noise.
constexpr std::size_t block = 16;

double absolute_percentage_error(const RunResult& run, const RunResult& bf16) {
  double sum = 0;
  std::size_t blocks = 0;
  for (std::size_t begin = last_quarter(run.steps.size()); begin < run.steps.size(); begin += block) {
    double own = 0, reference = 0;
    for (std::size_t i = begin; i < run.steps.size() && i < begin + block; ++i) {
      own += run.steps[i].error;
      reference += bf16.steps[i].error;
    }
    sum += std::fabs(own / reference - 1);
    ++blocks;
  }
  return sum / static_cast<double>(blocks);
}

}  // namespace

void MeanSpread::add(double value) {
  ++count_;
  const double deviation = value - mean_;
  mean_ += deviation / static_cast<double>(count_);
  squares_ += deviation * (value - mean_);
}

double MeanSpread::spread() const { return count_ < 2 ? 0 : std::sqrt(squares_ / static_cast<double>(count_ - 1)); }

bool has_diverged(const RunResult& run) { return run.diverged_at || !(run.final_loss < 1); }

Summary summarise(const Line& line, const Line& bf16) {
  Summary summary;
  MeanSpread sqnr_db;
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
