#include "plot.hpp"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "common/format_number.hpp"
#include "common/gnuplot.hpp"
#include "summary.hpp"

namespace compare_amax {
namespace {

constexpr std::size_t shown_steps = 300;  // about ten seconds

bool is_drawn_in_time(const Scheme& scheme) {
  return scheme.algorithm == Algorithm::most_recent || scheme.algorithm == Algorithm::exp_smooth ||
         (scheme.algorithm == Algorithm::max && (scheme.window == 16 || scheme.window == 64));
}

void write_series(std::ostream& script, const std::string& block, const std::vector<float>& series) {
  std::vector<std::vector<double>> rows;
  for (std::size_t i = series.size() - std::min(series.size(), shown_steps); i < series.size(); ++i) {
    rows.push_back({static_cast<double>(i), series[i]});
  }
  common::write_block(script, block, rows);
}

void draw_estimates(std::ostream& script, const SectionResult& sweep) {
  std::ostringstream curves("$amax using 1:2 with impulses lc rgb '#b0b0b0' title 'amax'", std::ios::ate);
  int colour = 0;
  for (const Line& line : sweep.lines) {
    const TensorTally& input = line.runs[0].first_input;
    if (line.scheme.algorithm == Algorithm::current)
      write_series(script, "$amax", input.amax);  // the same in every run
    if (!is_drawn_in_time(line.scheme)) continue;
    const std::string block = common::block_name(line.scheme.name());
    write_series(script, block, input.estimate);
    curves << ", " << block << " using 1:2 with steps lt " << ++colour << " lw 1.5 title "
           << common::quoted(line.scheme.name());
  }
  script << "set title 'Input of the first layer: amax and the estimate it is scaled by (first run, its last steps)'\n"
         << "set xlabel 'step'\nset ylabel 'amax'\nset yrange [0:*]\nset key outside right top\nplot " << curves.str()
         << "\n";
}

void draw_gains(std::ostream& script, const std::vector<SectionResult>& results) {
  const Line& bf16 = baseline(results);
  std::vector<std::vector<double>> rows;
  for (const Line& line : results[0].lines) {
    const Summary summary = summarise(line, bf16);
    if (line.scheme.algorithm != Algorithm::max || summary.diverged == line.runs.size()) continue;
    rows.push_back({static_cast<double>(line.scheme.window), summary.gain_online_db.mean(),
                    summary.gain_online_db.spread(), summary.gain_frozen_db.mean(), summary.gain_frozen_db.spread()});
  }
  common::write_block(script, "$gain", rows);
  script << "set title " << common::quoted("Held-out prediction gain (" + results[0].title + ")") << "\n"
         << "set xlabel 'window of Max (1 is MostRecent)'\nset ylabel 'gain, dB'\nset logscale x 2\nset xrange [0.8:"
         << largest_window << "*1.25]\nset yrange [*:*]\nplot "
         << common::format_number(summarise(bf16, bf16).gain_online_db.mean())
         << " with lines lc rgb 'black' dt 2 title 'BF16'"
         << ", $gain using 1:2:3 with yerrorlines lt 4 lw 1.5 pt 7 ps 0.5 title 'online'"
         << ", $gain using 1:4:5 with yerrorlines lt 2 lw 1.5 pt 6 ps 0.5 title 'frozen'\n";
}

}  // namespace

void draw_plot(const std::filesystem::path& svg, const std::vector<SectionResult>& results) {
  std::ostringstream script;
  script << "set multiplot layout 2,1\n";
  draw_estimates(script, results[0]);
  draw_gains(script, results);
  script << "unset multiplot\n";
  common::draw_plot(svg, 1000, 800, script.str());
}

}  // namespace compare_amax
