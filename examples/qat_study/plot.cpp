#include "plot.hpp"

#include <algorithm>
#include <cstddef>
#include <sstream>
#include <string>
#include <vector>

#include "common/gnuplot.hpp"
#include "window_sweep.hpp"

namespace qat_study {
namespace {

using Rows = std::vector<std::vector<double>>;

/// Means of `span` neighbouring steps.
Rows smoothed(const std::vector<double>& series, std::size_t span) {
  Rows rows;
  for (std::size_t begin = 0; begin < series.size(); begin += span) {
    const std::size_t end = std::min(series.size(), begin + span);
    double sum = 0;
    for (std::size_t i = begin; i < end; ++i) sum += series[i];
    rows.push_back({static_cast<double>(begin + end) / 2, sum / static_cast<double>(end - begin)});
  }
  return rows;
}

/// Losses of the runs with batches of one size, and their gaps.
void draw_runs(std::ostream& script, const Results& results) {
  std::string losses, gaps;
  for (auto [name, recipe] : eight_runs(results.plan())) {
    if (recipe.nudged || recipe.is_bf16() || recipe.batch != Recipe{}.batch) continue;
    recipe.seed = results.plan().seeds.front();
    const auto& loss = results.record(recipe).series("loss");
    const auto& bf16 = results.record(recipe.in_bf16()).series("loss");
    std::vector<double> gap(loss.size());
    for (std::size_t i = 0; i < loss.size(); ++i) gap[i] = 100 * (loss[i] / bf16[i] - 1);
    const std::size_t span = std::max<std::size_t>(1, loss.size() / 25);
    common::write_block(script, common::block_name("loss " + name), smoothed(loss, span));
    common::write_block(script, common::block_name("gap " + name), smoothed(gap, span));
    const auto curve = [&name = name](const std::string& what) {
      return common::block_name(what + " " + name) + " using 1:2 with lines title " + common::quoted(name) + ", ";
    };
    losses += curve("loss");
    gaps += curve("gap");
  }
  script << "set key outside right top\nset xlabel 'step'\nset title 'Training loss'\nset ylabel 'nats'\nplot "
         << losses << "\nset title 'Gap to BF16 at the same rate'\nset ylabel 'percent of the loss'\nplot " << gaps
         << "0 notitle\n";
}

void draw_rates(std::ostream& script, const Results& results) {
  Rows bf16, max;
  for (const auto& [name, recipe] : rate_sweep(results.plan())) {
    const auto probe = results.mean(recipe, &Outcome::probe);
    const double half = probe.degrees_of_freedom == 0 ? 0 : probe.half_width();
    (recipe.estimator == Estimator::bf16 ? bf16 : max).push_back({recipe.rate, probe.value, half});
  }
  common::write_block(script, "$rates_bf16", bf16);
  common::write_block(script, "$rates_max", max);
  script << "set title 'What is still known, by the peak of the learning rate'\nset xlabel 'learning rate'\n"
         << "set ylabel 'probe, percent'\nset logscale x\nplot $rates_bf16 using 1:2:3 with yerrorlines title 'BF16', "
         << "$rates_max using 1:2:3 with yerrorlines title 'HiF8, max 64'\nunset logscale x\n";
}

/// Of each tensor, what the overshoot of 1 step of 100 passes.
void draw_overshoots(std::ostream& script, const Results& results) {
  std::string plots;
  for (const Estimator estimator : {Estimator::max, Estimator::most_recent}) {
    Recipe recipe = results.plan().recipe(estimator, high_rate);
    recipe.seed = results.plan().seeds.front();
    const std::string block = common::block_name("overshoot " + estimator_name(recipe));
    script << block << " << EOD\n";
    double place = 0;
    for (const auto& [name, series] : results.record(recipe).all()) {
      if (name.starts_with("overshoot ")) script << place++ << " \"" << name.substr(10) << "\" " << series[1] << '\n';
    }
    script << "EOD\n";
    plots += block + " using 1:3:xtic(2) with linespoints pt 7 title " + common::quoted(estimator_name(recipe)) + ", ";
  }
  script << "set title 'Overshoot by tensor, high rate: 99th percentile of amax / estimate'\nset xlabel ''\n"
         << "set ylabel 'amax / estimate'\nset xtics rotate by -50 left noenhanced\nplot " << plots
         << "1 notitle\nset xtics norotate center autofreq\n";
}

void draw_windows(std::ostream& script, const Results& results) {
  std::vector<std::pair<std::string, Rows>> curves;
  for (const auto& choice : window_sweep(results)) {
    const auto is_same = [&](const auto& curve) { return curve.first == choice.algorithm; };
    auto curve = std::find_if(curves.begin(), curves.end(), is_same);
    if (curve == curves.end()) curve = curves.insert(curve, {choice.algorithm, {}});
    curve->second.push_back({static_cast<double>(choice.window), 100 * choice.overshoot_share});
  }
  std::string plots;
  for (auto& [algorithm, rows] : curves) {
    std::sort(rows.begin(), rows.end());
    common::write_block(script, common::block_name("windows " + algorithm), rows);
    plots += common::block_name("windows " + algorithm) + " using 1:2 with linespoints title " +
             common::quoted(algorithm) + ", ";
  }
  script << "set title 'Steps whose amax passes the estimate, replayed'\nset xlabel 'window'\n"
         << "set ylabel 'percent of the steps'\nset logscale x 2\nplot " << plots << "0 notitle\n";
}

}  // namespace

void draw_charts(const std::filesystem::path& svg, const Results& results) {
  const bool everything = results.plan().everything;
  const int charts = everything ? 5 : 4;
  std::ostringstream script;
  script << "set multiplot layout " << charts << ",1\n";
  draw_runs(script, results);
  draw_overshoots(script, results);
  if (everything) draw_rates(script, results);
  draw_windows(script, results);
  script << "unset multiplot\n";
  common::draw_plot(svg, 1000, 400 * charts, script.str());
}

}  // namespace qat_study
