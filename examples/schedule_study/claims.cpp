#include "claims.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "analysis.hpp"
#include "common/format_number.hpp"
#include "common/statistics.hpp"

namespace schedule_study {
namespace {

using common::Claim;
using common::estimate_text;
using common::Verdict;

std::string of(std::size_t part, std::size_t whole) { return std::to_string(part) + " of " + std::to_string(whole); }

std::size_t index_of(const Options& options, std::string_view format) {
  return static_cast<std::size_t>(std::ranges::find(options.formats, format, &language::Format::name) -
                                  options.formats.begin());
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
      others += !is_papers && best.margin.low() > 0;
    }
  }
  return {"float, INT8, INT6: 33 % is the best warm-down at rate " + common::format_number(rate), "in every cell",
          "in " + of(papers, all) + " cells, surely not in " + std::to_string(others),
          papers == all      ? Verdict::reproduced
          : 2 * others > all ? Verdict::opposite
                             : Verdict::not_at_this_size};
}

Claim judge_schedule_effect(const Comparison& int6) {
  return {"INT6: the penalty does not depend on the schedule", "null",
          estimate_text(int6.schedule_effect, 4) + " from 10 to 50 %",
          int6.schedule_effect.contains(0) ? Verdict::reproduced : Verdict::opposite};
}

Claim judge_law(const Comparison& int6) {
  Claim claim{"INT6: the penalty is linear in the log of the size, and predicted where held out", "5 of 5 sizes",
              "penalty below noise", Verdict::not_at_this_size};
  if (!int6.law) return claim;
  const std::size_t sizes = int6.predictions.size();
  claim.ours = of(int6.predicted, sizes) + " sizes, slope " + estimate_text(int6.law->slope(), 3);
  if (int6.predicted < sizes) claim.verdict = Verdict::opposite;
  if (int6.predicted == sizes && !int6.law->slope().contains(0)) claim.verdict = Verdict::reproduced;
  return claim;
}

/// That weights trained in INT6 don't lie nearer to its numbers than those trained in float, before the warm-down.
Claim judge_distance(const Comparison& int6) {
  return {"INT6: weights lie no nearer to the grid before the warm-down", "ratio 1.04",
          "ratio " + estimate_text(int6.distance_ratio, 3),
          int6.distance_ratio.high() < 1 ? Verdict::opposite : Verdict::reproduced};
}

/// In the cells of the higher rate.
Claim judge_preference(const Options& options, const std::vector<Cell>& cells) {
  const std::size_t int4 = index_of(options, "int4");
  std::size_t certain = 0;
  std::vector<double> z;
  for (const Cell& cell : cells) {
    if (cell.rate != options.recipe.rate) continue;
    const auto gain = common::paired_difference(cell.losses(int4, 0), cell.losses(int4, papers_warm_down));
    certain += !gain.contains(0);
    z.push_back(gain.z());
  }
  return {"INT4: below 50M, 33 % against none makes no difference", "at no size",
          "it does at " + of(certain, z.size()) + " sizes, z " + common::format_fixed(std::ranges::min(z), 0) + " to " +
              common::format_fixed(std::ranges::max(z), 0),
          certain == 0          ? Verdict::reproduced
          : certain == z.size() ? Verdict::opposite
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
