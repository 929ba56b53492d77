#include "report.hpp"

#include <cmath>
#include <cstddef>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "analysis.hpp"
#include "common/format_number.hpp"
#include "common/text_table.hpp"
#include "common/verdict.hpp"

namespace schedule_study {
namespace {

using common::Estimate;
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

std::string prediction_text(const Cell& cell, std::size_t format, const common::LineFit& law) {
  const std::vector<double> penalties = cell.penalties(format, papers_warm_down);
  const Estimate predicted = law.prediction(std::log10(cell.parameters), penalties.size());
  const double measured = common::mean(penalties).value;
  const bool inside = measured >= predicted.low() && measured <= predicted.high();
  return format_fixed(predicted.low(), 3) + " to " + format_fixed(predicted.high(), 3) + (inside ? ": in" : ": out");
}

void print_penalties(std::ostream& out, const Options& options, const std::vector<Cell>& cells) {
  common::TextTable table;
  std::vector<std::string> names{"format"};
  for (const Cell& cell : cells) {
    if (cell.rate == cells[0].rate) names.push_back("width " + std::to_string(cell.width));
  }
  names.push_back("per tenfold size");
  for (const Cell& cell : cells) {
    if (cell.is_held_out) names.push_back("width " + std::to_string(cell.width) + " predicted");
  }
  names.insert(names.end(), {"50 % against 10 %", "grid distance"});
  table.add_row(names);
  for (std::size_t format = 1; format < options.formats.size(); ++format) {
    std::vector<std::string> row{std::string(options.formats[format].name)};
    for (const Cell& cell : cells) {
      if (cell.rate != cells[0].rate) continue;
      const Estimate penalty = common::mean(cell.penalties(format, papers_warm_down));
      row.push_back(estimate_text(penalty, 3));
    }
    const std::optional<common::LineFit> law = penalty_law(cells, format);
    row.push_back(law ? estimate_text(law->slope(), 3) : "below noise");
    for (const Cell& cell : cells) {
      if (cell.is_held_out) row.push_back(law ? prediction_text(cell, format, *law) : "-");
    }
    row.push_back(estimate_text(interaction(cells, format), 4));
    row.push_back(estimate_text(distance_ratio(options, cells, format), 3));
    table.add_row(row);
  }
  table.print(out);
}

}  // namespace

void print_report(std::ostream& out, const Options& options, const std::vector<Cell>& cells) {
  const bool adamw = options.recipe.optimiser == Recipe::Optimiser::adamw;
  out << "Decoders trained from initialisation on WordNet's definitions, " << (adamw ? "AdamW" : "SGD with momentum")
      << ", " << options.recipe.steps << " steps, " << options.seeds << " seeds; warm-downs are "
      << (options.recipe.shape == Recipe::Shape::linear ? "linear" : "half cosines")
      << "\n\nHeld-out loss (nats a token) by warm-down, mean ± 95 % interval; the best against 33 %, or the next best,"
      << "\npaired by seed\n";
  print_losses(out, options, cells);
  out << "\nPenalty (loss - float's, paired by seed) after 33 % at rate " << common::format_number(cells[0].rate)
      << "; the line through that of the sizes\nthat are not held out, where it is above its noise, and its 95 % "
      << "prediction intervals; what 50 % in place of 10 %\nadds to the penalty; grid distance of the weights before "
      << "33 %, by float's\n";
  print_penalties(out, options, cells);
  out << '\n';
  common::print_claims(out, judge(options, cells));
}

}  // namespace schedule_study
