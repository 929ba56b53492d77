#include "analysis.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

namespace schedule_study {

Best best_warm_down(const Cell& cell, std::size_t format) {
  std::array<double, warm_downs.size()> means;
  std::array<std::size_t, warm_downs.size()> order;
  for (std::size_t i = 0; i < means.size(); ++i) means[i] = common::mean(cell.losses(format, i)).value;
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return means[i]; });
  Best best{order[0], order[0] == papers_warm_down ? order[1] : papers_warm_down, {}, 0};
  const std::vector<double> losses = cell.losses(format, best.warm_down), others = cell.losses(format, best.other);
  best.margin = common::paired_difference(others, losses);
  for (std::size_t seed = 0; seed < losses.size(); ++seed) best.seeds += losses[seed] < others[seed];
  return best;
}

Comparison compare(const Options& options, const std::vector<Cell>& cells, std::size_t format) {
  Comparison comparison;
  std::vector<double> sizes, penalties;
  std::vector<double> means(options.seeds), effects(options.seeds), ratios(options.seeds);
  const auto fitted = static_cast<double>(options.widths.size());
  const auto all = static_cast<double>(options.widths.size() + options.held_out.size());
  const std::string distance = distance_series(options.formats[format]);
  for (const Cell& cell : cells) {
    if (cell.rate != options.recipe.rate) continue;
    const std::vector<double> of_cell = cell.penalties(format, papers_warm_down);
    comparison.penalties.push_back(common::mean(of_cell));
    if (!cell.is_held_out) {
      penalties.insert(penalties.end(), of_cell.begin(), of_cell.end());
      sizes.resize(penalties.size(), std::log10(cell.parameters));
    }
    const std::vector<double> tenth = cell.penalties(format, warm_down_of_a_tenth);
    const std::vector<double> half = cell.penalties(format, warm_down_of_half);
    for (std::size_t seed = 0; seed < options.seeds; ++seed) {
      if (!cell.is_held_out) means[seed] += of_cell[seed] / fitted;
      effects[seed] += (half[seed] - tenth[seed]) / all;
      ratios[seed] += cell.runs[format][seed].series(distance)[papers_warm_down] /
                      cell.runs[0][seed].series(distance)[papers_warm_down] / all;
    }
  }
  comparison.schedule_effect = common::mean(effects);
  comparison.distance_ratio = common::mean(ratios);
  if (!(common::mean(means).low() > 0)) return comparison;

  comparison.law = common::LineFit(sizes, penalties);
  for (const Cell& cell : cells) {
    if (!cell.is_held_out) continue;
    const double measured = common::mean(cell.penalties(format, papers_warm_down)).value;
    comparison.predictions.push_back(comparison.law->prediction(std::log10(cell.parameters), options.seeds));
    comparison.predicted += comparison.predictions.back().contains(measured);
  }
  return comparison;
}

}  // namespace schedule_study
