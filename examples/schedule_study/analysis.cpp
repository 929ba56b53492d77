#include "analysis.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/format_number.hpp"

namespace schedule_study {
namespace {

using common::Claim;
using common::Estimate;
using common::Verdict;

std::string of(std::size_t part, std::size_t whole) { return std::to_string(part) + " of " + std::to_string(whole); }

Claim judge_optimum(const Options& options, const std::vector<Cell>& cells) {
  std::size_t all = 0, papers = 0, others = 0;
  for (const Cell& cell : cells) {
    for (std::size_t format = 0; format < options.formats.size(); ++format) {
      const std::string_view name = options.formats[format].name;
      if (name != "float" && name != "int8" && name != "int6") continue;
      const Best best = best_warm_down(cell, format);
      ++all;
      papers += best.warm_down == papers_warm_down;
      others += best.warm_down != papers_warm_down && best.margin.low() > 0;
    }
  }
  return {"the best warm-down is 33 % (float, INT8, INT6)", "in every cell",
          "best in " + of(papers, all) + " cells, another surely in " + std::to_string(others),
          papers == all      ? Verdict::reproduced
          : 2 * others > all ? Verdict::opposite
                             : Verdict::not_at_this_size};
}

Claim judge_interaction(const Options&, const std::vector<Cell>& cells, std::size_t format) {
  const Estimate effect = interaction(cells, format);
  return {"the schedule does not act on the penalty of INT6", "none found",
          estimate_text(effect, 4) + " from 10 to 50 %",
          effect.low() <= 0 && effect.high() >= 0 ? Verdict::reproduced : Verdict::opposite};
}

Claim judge_law(const Options& options, const std::vector<Cell>& cells, std::size_t format) {
  Claim claim{"INT6: penalty log-linear in size, held-out sizes in the 95 % interval", "5 of 5", "penalty below noise",
              Verdict::not_at_this_size};
  const std::optional<common::LineFit> law = penalty_law(cells, format);
  if (!law) return claim;
  std::size_t inside = 0, all = 0;
  for (const Cell& cell : cells) {
    if (!cell.is_held_out) continue;
    const Estimate predicted = law->prediction(std::log10(cell.parameters), options.seeds);
    const double measured = common::mean(cell.penalties(format, papers_warm_down)).value;
    ++all;
    inside += measured >= predicted.low() && measured <= predicted.high();
  }
  const Estimate slope = law->slope();
  claim.ours = of(inside, all) + ", slope " + estimate_text(slope, 3);
  if (inside < all) claim.verdict = Verdict::opposite;
  if (inside == all && slope.low() * slope.high() > 0) claim.verdict = Verdict::reproduced;
  return claim;
}

Claim judge_preference(const Options&, const std::vector<Cell>& cells, std::size_t format) {
  std::size_t all = 0, certain = 0;
  double least = INFINITY, most = -INFINITY;
  for (const Cell& cell : cells) {
    const Estimate gain = common::paired_difference(cell.losses(format, 0), cell.losses(format, papers_warm_down));
    ++all;
    certain += gain.low() > 0 || gain.high() < 0;
    least = std::min(least, gain.z());
    most = std::max(most, gain.z());
  }
  return {"INT4: 33 % is no better than no warm-down below 50M", "no preference",
          "a preference in " + of(certain, all) + " cells, z " + common::format_fixed(least, 0) + " to " +
              common::format_fixed(most, 0),
          certain == 0     ? Verdict::reproduced
          : certain == all ? Verdict::opposite
                           : Verdict::not_at_this_size};
}

Claim judge_distance(const Options& options, const std::vector<Cell>& cells, std::size_t format) {
  const Estimate ratio = distance_ratio(options, cells, format);
  return {"INT6 weights lie no nearer to the grid before the warm-down than float's", "ratio 1.04",
          estimate_text(ratio, 3), ratio.high() < 1 ? Verdict::opposite : Verdict::reproduced};
}

}  // namespace

std::string estimate_text(const Estimate& estimate, int decimals) {
  return common::format_fixed(estimate.value, decimals) + " ±" + common::format_fixed(estimate.half_width(), decimals);
}

Best best_warm_down(const Cell& cell, std::size_t format) {
  std::vector<double> means;
  for (std::size_t i = 0; i < warm_downs.size(); ++i) means.push_back(common::mean(cell.losses(format, i)).value);
  std::vector<std::size_t> order(means.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return means[i]; });
  Best best{order[0], order[0] == papers_warm_down ? order[1] : papers_warm_down, {}, 0};
  const std::vector<double> losses = cell.losses(format, best.warm_down), others = cell.losses(format, best.other);
  best.margin = common::paired_difference(others, losses);
  for (std::size_t seed = 0; seed < losses.size(); ++seed) best.seeds += losses[seed] < others[seed];
  return best;
}

std::optional<common::LineFit> penalty_law(const std::vector<Cell>& cells, std::size_t format) {
  std::vector<double> sizes, penalties;
  for (const Cell& cell : cells) {
    if (cell.is_held_out || cell.rate != cells[0].rate) continue;
    for (const double penalty : cell.penalties(format, papers_warm_down)) {
      sizes.push_back(std::log10(cell.parameters));
      penalties.push_back(penalty);
    }
  }
  if (std::ranges::min(sizes) == std::ranges::max(sizes) || !(common::mean(penalties).low() > 0)) return std::nullopt;
  return common::LineFit(sizes, penalties);
}

Estimate interaction(const std::vector<Cell>& cells, std::size_t format) {
  std::vector<double> effects;
  for (const Cell& cell : cells) {
    if (cell.rate != cells[0].rate) continue;
    const std::vector<double> tenth = cell.penalties(format, 1), half = cell.penalties(format, warm_downs.size() - 1);
    for (std::size_t seed = 0; seed < half.size(); ++seed) effects.push_back(half[seed] - tenth[seed]);
  }
  return common::mean(effects);
}

Estimate distance_ratio(const Options& options, const std::vector<Cell>& cells, std::size_t format) {
  const std::string series = distance_series(options.formats[format]);
  std::vector<double> ratios;
  for (const Cell& cell : cells) {
    if (cell.rate != cells[0].rate) continue;
    for (std::size_t seed = 0; seed < options.seeds; ++seed) {
      const auto distance = [&](std::size_t of) { return cell.runs[of][seed].series(series)[papers_warm_down]; };
      ratios.push_back(distance(format) / distance(0));
    }
  }
  return common::mean(ratios);
}

std::vector<Claim> judge(const Options& options, const std::vector<Cell>& cells) {
  std::vector<Claim> claims{judge_optimum(options, cells)};
  const auto judge_format = [&](std::string_view name, auto... judges) {
    const auto found = std::ranges::find(options.formats, name, &Format::name);
    if (found == options.formats.end()) return;
    (claims.push_back(judges(options, cells, static_cast<std::size_t>(found - options.formats.begin()))), ...);
  };
  judge_format("int6", judge_interaction, judge_law, judge_distance);
  judge_format("int4", judge_preference);
  return claims;
}

}  // namespace schedule_study
