#include "report.hpp"

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "analysis.hpp"
#include "claims.hpp"
#include "common/format_number.hpp"
#include "common/statistics.hpp"
#include "common/text_table.hpp"
#include "common/verdict.hpp"

namespace schedule_study {
namespace {

using common::estimate_text;
using common::format_fixed;

std::string percent(std::size_t warm_down) { return format_fixed(100 * warm_downs[warm_down], 0) + " %"; }

void print_losses(std::ostream& out, const Options& options, const std::vector<Cell>& cells) {
  common::TextTable table;
  std::vector<std::string> names{"format"};
  for (std::size_t i = 0; i < warm_downs.size(); ++i) names.push_back(percent(i));
  names.insert(names.end(), {"best", "ahead of", "by", "z", "seeds"});
  table.add_row(names);
  for (const Cell& cell : cells) {
    table.add_heading("-- width " + std::to_string(cell.width) + ", " + common::format_number(cell.parameters) +
                      " parameters, rate " + common::format_number(cell.rate) + (cell.is_held_out ? ", held out" : ""));
    for (std::size_t format = 0; format < options.formats.size(); ++format) {
      std::vector<std::string> row{std::string(options.formats[format].name)};
      for (std::size_t i = 0; i < warm_downs.size(); ++i) {
        row.push_back(estimate_text(common::mean(cell.losses(format, i)), 3));
      }
      const Best best = best_warm_down(cell, format);
      row.insert(row.end(), {percent(best.warm_down), percent(best.other), format_fixed(best.margin.value, 4),
                             format_fixed(best.margin.z(), 1),
                             std::to_string(best.seeds) + " of " + std::to_string(options.seeds)});
      table.add_row(row);
    }
  }
  table.print(out);
}

void print_comparisons(std::ostream& out, const Options& options, const std::vector<Cell>& cells) {
  common::TextTable table;
  std::vector<std::string> names{"format"};
  for (const auto* widths : {&options.widths, &options.held_out}) {
    for (const language::Index width : *widths) names.push_back("width " + std::to_string(width));
  }
  names.push_back("per tenfold size");
  for (const language::Index width : options.held_out) {
    const bool is_between = options.widths.front() < width && width < options.widths.back();
    names.push_back((is_between ? "interpolates " : "extrapolates ") + std::to_string(width));
  }
  names.insert(names.end(), {"by schedule", "grid distance"});
  table.add_row(names);
  for (std::size_t format = 1; format < options.formats.size(); ++format) {
    const Comparison comparison = compare(options, cells, format);
    std::vector<std::string> row{std::string(options.formats[format].name)};
    for (const common::Estimate& penalty : comparison.penalties) row.push_back(estimate_text(penalty, 3));
    row.push_back(comparison.law ? estimate_text(comparison.law->slope(), 3) : "below noise");
    for (std::size_t i = 0; i < comparison.predictions.size(); ++i) {
      const common::Estimate& prediction = comparison.predictions[i];
      const bool is_inside = prediction.contains(comparison.penalties[options.widths.size() + i].value);
      row.push_back(estimate_text(prediction, 3) + (is_inside ? " in" : " out"));
    }
    row.resize(names.size() - 2, "-");
    row.push_back(estimate_text(comparison.schedule_effect, 4));
    row.push_back(estimate_text(comparison.distance_ratio, 3));
    table.add_row(row);
  }
  table.print(out);
}

}  // namespace

void print_report(std::ostream& out, const Options& options, const std::vector<Cell>& cells) {
  const bool adamw = options.recipe.optimiser == Recipe::Optimiser::adamw;
  const bool linear = options.recipe.shape == Recipe::Shape::linear;
  out << "Decoders trained from initialisation on WordNet's definitions, " << (adamw ? "AdamW" : "SGD with momentum")
      << ", " << (linear ? "linear" : "cosine") << " warm-downs, " << options.recipe.steps << " steps, "
      << options.seeds << R"( seeds

Held-out loss, nats a token, by warm-down; the best against 33 %, or where that is it against the next best
(all ± are 95 % intervals; differences are paired by seed)
)";
  print_losses(out, options, cells);
  out << "\nPenalty, loss - float's, after 33 % at rate " << common::format_number(options.recipe.rate) << R"(
per tenfold size: slope of the line through the fitted sizes, where the penalty is above its noise; interpolates,
extrapolates: its 95 % prediction interval for a size held out between the fitted ones or beyond them, and whether the
mean of the seeds lies in it; by schedule: what 50 % in place of 10 % adds to the penalty; grid distance: of the weights
before the warm-down, as a share of float's (both: mean over the sizes, repeated by the seeds)
)";
  print_comparisons(out, options, cells);
  out << R"(
What the paper found
a margin (±, nats or ratio): reproduced where the whole 95 % interval lies within it, opposite where it lies beyond it;
ahead at 95 %: at 1 - 0.05 / 4, as the best was chosen among four; law: opposite where it misses more than one size
)";
  common::print_claims(out, judge(options, cells));
}

}  // namespace schedule_study
