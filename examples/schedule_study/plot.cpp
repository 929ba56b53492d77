#include "plot.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <sstream>
#include <string>
#include <vector>

#include "analysis.hpp"
#include "common/gnuplot.hpp"

namespace schedule_study {
namespace {

std::string title(const language::Format& format) { return " title " + common::quoted(format.name); }

/// Of the measured means, and of the law where there is one.
void draw_penalties(std::ostream& script, const Options& options, const std::vector<Cell>& cells) {
  std::vector<double> sizes;
  for (const Cell& cell : cells) sizes.push_back(cell.parameters);
  const double smallest = std::ranges::min(sizes) / 1.2, largest = std::ranges::max(sizes) * 1.2;
  std::ostringstream bands, points;  // in this order, so that points stay visible
  for (std::size_t format = 1; format < options.formats.size(); ++format) {
    const std::string colour = " lc " + std::to_string(format), name = common::block_name(options.formats[format].name);
    const Comparison comparison = compare(options, cells, format);
    std::vector<std::vector<double>> rows, law_rows;
    for (std::size_t i = 0; i < comparison.penalties.size(); ++i) {
      rows.push_back({cells[i].parameters, comparison.penalties[i].value, comparison.penalties[i].half_width()});
    }
    common::write_block(script, name, rows);
    points << (format == 1 ? "" : ", ") << name << " using 1:2:3 with yerrorbars pt 7 ps 0.6" << colour
           << title(options.formats[format]);
    if (!comparison.law) continue;
    for (double size = smallest; size < largest * 1.01; size *= std::pow(largest / smallest, 1.0 / 50)) {
      const common::Estimate at = comparison.law->prediction(std::log10(size), options.seeds);
      law_rows.push_back({size, at.low(), at.high(), at.value});
    }
    common::write_block(script, name + "_law", law_rows);
    bands << name << "_law using 1:2:3 with filledcurves fs transparent solid 0.15 noborder" << colour << " notitle, "
          << name << "_law using 1:4 with lines" << colour << " notitle, ";
  }
  script
      << "set title 'Penalty after a warm-down of 33 %: fitted sizes give the line and its 95 % prediction interval'\n"
      << "set logscale x\nset xlabel 'parameters'\nset ylabel 'loss - loss in float, nats'\nset key outside\nplot "
      << bands.str() << points.str() << "\nunset logscale x\n";
}

void draw_losses(std::ostream& script, const Options& options, const std::vector<Cell>& cells) {
  const Cell& cell = cells[options.widths.size() - 1];
  std::ostringstream curves;
  for (std::size_t format = 0; format < options.formats.size(); ++format) {
    std::vector<std::vector<double>> rows;
    for (std::size_t i = 0; i < warm_downs.size(); ++i) {
      rows.push_back({100 * warm_downs[i], common::mean(cell.losses(format, i)).value});
    }
    const std::string name = "$loss_" + std::to_string(format);
    common::write_block(script, name, rows);
    curves << (format == 0 ? "" : ", ") << name << " using 1:2 with linespoints pt 7 ps 0.6 lc "
           << (format == 0 ? "rgb 'black'" : std::to_string(format)) << title(options.formats[format]);
  }
  script << "set title 'Held-out loss by warm-down, width " << cell.width << ", mean of the seeds'\n"
         << "set xlabel 'warm-down, % of the steps'\nset ylabel 'loss, nats a token'\nplot " << curves.str() << "\n";
}

}  // namespace

void draw_plot(const Options& options, const std::vector<Cell>& cells) {
  std::ostringstream script;
  script << "set multiplot layout 2,1\n";
  draw_penalties(script, options, cells);
  draw_losses(script, options, cells);
  script << "unset multiplot\n";
  common::draw_plot(options.plot, 1000, 800, script.str());
}

}  // namespace schedule_study
