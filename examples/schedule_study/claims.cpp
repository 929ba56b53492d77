#include "claims.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "analysis.hpp"
#include "common/format_number.hpp"
#include "common/statistics.hpp"

namespace schedule_study {
namespace {

using common::Claim;
using common::Estimate;
using common::estimate_text;
using common::Verdict;

std::string of(std::size_t part, std::size_t whole) { return std::to_string(part) + " of " + std::to_string(whole); }

std::size_t index_of(const Options& options, std::string_view format) {
  const auto found = std::ranges::find(options.formats, format, &language::Format::name);
  if (found == options.formats.end()) throw std::invalid_argument("no " + std::string(format) + " in this study");
  return static_cast<std::size_t>(found - options.formats.begin());
}

/// Whether the whole 95 % interval lies within the margin of the expected value.
bool is_within(const Estimate& estimate, double expected, double margin) {
  return estimate.low() >= expected - margin && estimate.high() <= expected + margin;
}

/// In the cells of a learning rate.
Claim judge_optimum(const Options& options, const std::vector<Cell>& cells, double share) {
  const double rate = options.recipe.rate * share;
  std::size_t all = 0, papers = 0, others = 0;
  for (const Cell& cell : cells) {
    if (cell.rate != rate) continue;
    for (const std::string_view format : {"float", "int8", "int6"}) {
      const Best best = best_warm_down(cell, index_of(options, format));
      const bool is_papers = best.warm_down == papers_warm_down;
      ++all;
      papers += is_papers;
      others += !is_papers && best.is_ahead();
    }
  }
  return {"float, INT8, INT6: 33 % is the best warm-down at rate " + common::format_number(rate), "in every cell",
          "in " + of(papers, all) + " cells, another ahead of it at 95 % in " + std::to_string(others),
          papers == all      ? Verdict::reproduced
          : 2 * others > all ? Verdict::opposite
                             : Verdict::not_at_this_size};
}

Claim judge_schedule_effect(const Comparison& int6) {
  constexpr double margin = 0.01;
  const Estimate& effect = int6.schedule_effect;
  return {"INT6: the penalty does not depend on the schedule, within ±" + common::format_number(margin), "null",
          estimate_text(effect, 4) + " from 10 to 50 %",
          is_within(effect, 0, margin)                       ? Verdict::reproduced
          : effect.low() > margin || effect.high() < -margin ? Verdict::opposite
                                                             : Verdict::not_at_this_size};
}

/// One miss of a 95 % interval may be chance.
Claim judge_law(const Comparison& int6) {
  Claim claim{"INT6: the penalty is linear in the log of the size, and predicted where held out", "5 of 5 sizes",
              "penalty below noise", Verdict::not_at_this_size};
  if (!int6.law) return claim;
  const std::size_t sizes = int6.predictions.size(), missed = sizes - int6.predicted;
  claim.ours = of(int6.predicted, sizes) + " sizes, slope " + estimate_text(int6.law->slope(), 3);
  if (missed > 1) claim.verdict = Verdict::opposite;
  if (missed == 0 && !int6.law->slope().contains(0)) claim.verdict = Verdict::reproduced;
  return claim;
}

/// That weights trained in INT6 don't lie nearer to its numbers than those trained in float, before the warm-down.
Claim judge_distance(const Comparison& int6) {
  constexpr double margin = 0.05;
  const Estimate& ratio = int6.distance_ratio;
  return {"INT6: weights lie no nearer to the grid before the warm-down, within ±" + common::format_number(margin),
          "ratio 1.04", "ratio " + estimate_text(ratio, 3),
          is_within(ratio, 1, margin) ? Verdict::reproduced
          : ratio.high() < 1 - margin ? Verdict::opposite
                                      : Verdict::not_at_this_size};
}

/// In the cells of the higher rate.
Claim judge_preference(const Options& options, const std::vector<Cell>& cells) {
  const std::size_t int4 = index_of(options, "int4");
  constexpr double margin = 0.005;
  std::size_t within = 0, above = 0;
  std::vector<double> gains;
  for (const Cell& cell : cells) {
    if (cell.rate != options.recipe.rate) continue;
    const auto gain = common::paired_difference(cell.losses(int4, no_warm_down), cell.losses(int4, papers_warm_down));
    within += is_within(gain, 0, margin);
    above += gain.low() > margin;
    gains.push_back(gain.value);
  }
  return {"INT4: below 50M, 33 % against none gains nothing, within ±" + common::format_number(margin), "at every size",
          "at " + of(within, gains.size()) + ", more at 95 % at " + std::to_string(above) + "; " +
              common::format_fixed(std::ranges::min(gains), 4) + " to " +
              common::format_fixed(std::ranges::max(gains), 4),
          within == gains.size()  ? Verdict::reproduced
          : above == gains.size() ? Verdict::opposite
                                  : Verdict::not_at_this_size};
}

}  // namespace

std::vector<Claim> judge(const Options& options, const std::vector<Cell>& cells) {
  std::vector<Claim> claims;
  for (const double share : options.rate_shares) claims.push_back(judge_optimum(options, cells, share));
  const Comparison int6 = compare(options, cells, index_of(options, "int6"));
  for (const auto judge_int6 : {judge_schedule_effect, judge_law, judge_distance}) claims.push_back(judge_int6(int6));
  claims.push_back(judge_preference(options, cells));
  return claims;
}

}  // namespace schedule_study
