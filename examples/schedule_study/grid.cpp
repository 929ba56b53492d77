#include "grid.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <ostream>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "common/format_number.hpp"
#include "common/jobs.hpp"

namespace schedule_study {
namespace {

/// All that results depend on beside a run's key. The number counts changes of what code alone decides.
std::string header(const Recipe& recipe, const Text& text) {
  std::ostringstream header;
  header << "schedule_study 2: " << recipe.steps << " steps, "
         << (recipe.shape == Recipe::Shape::linear ? "linear" : "cosine") << ", "
         << (recipe.optimiser == Recipe::Optimiser::adamw ? "adamw" : "sgd") << ", " << text.training.size() << " + "
         << text.held_out.size() << " tokens of " << text.vocabulary << ", digest " << std::hex
         << common::digest(std::as_bytes(std::span(text.held_out)),
                           common::digest(std::as_bytes(std::span(text.training))));
  return header.str();
}

std::vector<Cell> empty_cells(const Options& options) {
  std::vector<Cell> cells;
  for (const double share : options.rate_shares) {
    const bool is_first = cells.empty();
    const double rate = options.recipe.rate * share;
    for (const language::Index width : options.widths) cells.push_back({rate, false, width, 0, {}});
    if (!is_first) continue;
    for (const language::Index width : options.held_out) cells.push_back({rate, true, width, 0, {}});
  }
  return cells;
}

}  // namespace

std::vector<double> Cell::losses(std::size_t format, std::size_t warm_down) const {
  std::vector<double> losses;
  for (const common::Record& run : runs[format]) losses.push_back(run.series("loss")[warm_down]);
  return losses;
}

std::vector<double> Cell::penalties(std::size_t format, std::size_t warm_down) const {
  std::vector<double> penalties = losses(format, warm_down);
  std::ranges::transform(penalties, losses(0, warm_down), penalties.begin(), std::minus());
  return penalties;
}

std::vector<Cell> run_grid(const Options& options, const Text& text) {
  common::RecordFile file;
  if (!options.results.empty()) file = common::RecordFile(options.results, header(options.recipe, text));
  std::vector<Cell> cells = empty_cells(options);
  std::vector<common::Job> jobs;
  for (Cell& cell : cells) {
    cell.parameters = static_cast<double>(language::Layout(shape_of(cell.width, text.vocabulary)).count());
    Recipe recipe = options.recipe;
    recipe.rate = cell.rate;
    for (const language::Format& format : options.formats) {
      for (std::size_t seed = 1; seed <= options.seeds; ++seed) {
        jobs.push_back({std::string(format.name) + " width " + std::to_string(cell.width) + " rate " +
                            common::format_number(cell.rate) + " seed " + std::to_string(seed),
                        [=, &format, &text, width = cell.width] { return train(recipe, format, width, seed, text); },
                        cell.parameters + 10'000});
      }
    }
  }
  const std::vector<common::Record> records = common::run_jobs(jobs, file, options.threads);
  auto next = records.begin();
  for (Cell& cell : cells) {
    for (std::size_t format = 0; format < options.formats.size(); ++format) {
      cell.runs.emplace_back(next, next + static_cast<std::ptrdiff_t>(options.seeds));
      next += static_cast<std::ptrdiff_t>(options.seeds);
    }
  }
  return cells;
}

void write_csv(std::ostream& out, const Options& options, const std::vector<Cell>& cells) {
  out << "format,width,parameters,rate,seed,warm_down";
  for (const auto& [name, series] : cells[0].runs[0][0].all()) out << ',' << name;
  out << '\n';
  for (const Cell& cell : cells) {
    for (std::size_t run = 0; run < options.formats.size() * options.seeds; ++run) {
      const std::size_t format = run / options.seeds, seed = run % options.seeds;
      for (std::size_t i = 0; i < warm_downs.size(); ++i) {
        out << options.formats[format].name << ',' << cell.width;
        for (const double x : {cell.parameters, cell.rate, static_cast<double>(seed + 1), warm_downs[i]}) {
          out << ',' << common::format_number(x);
        }
        for (const auto& [name, series] : cell.runs[format][seed].all()) {
          out << ',' << common::format_number(series[i]);
        }
        out << '\n';
      }
    }
  }
}

}  // namespace schedule_study
