#include "report.hpp"

#include <cmath>
#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "common/format_number.hpp"
#include "common/text_table.hpp"
#include "window_sweep.hpp"

namespace qat_study {
namespace {

using common::Estimate;
using common::format_fixed;
using common::format_number;
using common::TextTable;

/// "-" where there is nothing to say.
std::string text(const Estimate& e, int decimals, double unit = 1) {
  if (std::isnan(e.value)) return "-";
  return common::estimate_text({e.value * unit, e.standard_error * unit, e.degrees_of_freedom}, decimals);
}

void print_legend(std::ostream& out, const Results& results) {
  const Plan& plan = results.plan();
  out << plan.steps << " steps a run, " << plan.seeds.size()
      << (plan.seeds.size() == 1 ? " seed: no intervals\n" : " seeds, ±: 95 % interval\n")
      << "loss: nats a token, last quarter; gap, APE: of the loss to that of BF16 with the same text and rates, signed "
         "and\n"
         "not, and the share of steps above it, after the first tenth of the steps; probe: questions answered right, "
      << format_fixed(results.probe_before(), 1)
      << " %\nbefore, 25 % by guessing; of the values in HiF8: demoted beyond the tier with 3 mantissa bits, clipped, "
         "flushed to zero;\n"
         "overshoot: the largest amax / estimate. Low rate "
      << format_number(low_rate) << ", high rate " << format_number(high_rate) << ".\n\n";
}

void print_outcomes(std::ostream& out, const Results& results, const std::string& title,
                    const std::vector<NamedRecipe>& recipes) {
  TextTable table;
  table.add_row(
      {title, "loss", "gap %", "APE %", "above %", "probe %", "demoted ppm", "clipped ppm", "flushed %", "overshoot"});
  for (const auto& [name, recipe] : recipes) {
    const auto cell = [&results, &recipe = recipe](double Outcome::*figure, int decimals, double unit = 1) {
      return text(results.mean(recipe, figure), decimals, unit);
    };
    table.add_row({name, cell(&Outcome::loss, 3), cell(&Outcome::gap, 3), cell(&Outcome::ape, 3),
                   cell(&Outcome::above, 0, 100), cell(&Outcome::probe, 1), cell(&Outcome::demoted, 2, 1e6),
                   cell(&Outcome::clipped, 2, 1e6), cell(&Outcome::flushed, 3, 100), cell(&Outcome::overshoot, 2)});
  }
  table.print(out);
  out << '\n';
}

void print_effects(std::ostream& out, const Results& results) {
  const auto probe = results.effects(&Outcome::probe), gap = results.effects(&Outcome::gap),
             ape = results.effects(&Outcome::ape);
  TextTable table;
  table.add_row({"Effects in the design", "probe, points", "gap, points", "APE, points"});
  for (std::size_t i = 0; i < probe.size(); ++i) {
    table.add_row({probe[i].name, text(probe[i].estimate, 2), text(gap[i].estimate, 4), text(ape[i].estimate, 4)});
  }
  table.print(out);
  out << '\n';
}

void print_overshoots(std::ostream& out, const Results& results) {
  TextTable table;
  table.add_row({"Overshoot, high rate, seed " + std::to_string(results.plan().seeds.front()), "max 64: steps %", "p99",
                 "largest", "most_recent: steps %", "p99", "largest"});
  const auto of = [&](Estimator estimator) -> const common::Record& {
    Recipe recipe = results.plan().recipe(estimator, high_rate);
    recipe.seed = results.plan().seeds.front();
    return results.record(recipe);
  };
  const common::Record &max = of(Estimator::max), &recent = of(Estimator::most_recent);
  for (const auto& [name, series] : max.all()) {
    if (!name.starts_with("overshoot ")) continue;
    std::vector<std::string> row{name.substr(10)};
    for (const std::vector<double>& from : {series, recent.series(name)}) {
      row.insert(row.end(), {format_fixed(100 * from[2], 1), format_fixed(from[1], 2), format_fixed(from[0], 2)});
    }
    table.add_row(std::move(row));
  }
  table.print(out);
  out << '\n';
}

}  // namespace

void print_report(std::ostream& out, const Results& results) {
  const Plan& plan = results.plan();
  print_legend(out, results);
  print_outcomes(out, results, "The eight runs", eight_runs(plan));
  if (plan.everything) {
    print_outcomes(out, results, "The design", design(plan));
    print_effects(out, results);
    print_outcomes(out, results, "Learning rates", rate_sweep(plan));
    print_outcomes(out, results, "Targets, low rate", targets(plan));
    print_outcomes(out, results, "Forced clipping, low rate", forced_clipping(plan));
  }
  print_overshoots(out, results);
  print_window_sweep(out, results);
  print_claims(out, claims(results));
}

void print_csv(std::ostream& out, const Results& results) {
  out << "estimator,window,target,clamped,forced_clipping,warmup,rate,batch,steps,nudged,seed,loss,gap_percent,"
         "ape_percent,above,probe_percent,demoted,clipped,flushed,overshoot\n";
  for (const Recipe& r : results.runs()) {
    const Outcome o = results.outcome(r);
    out << estimator_name(r) << ',' << r.window << ',' << r.target << ',' << r.clamped << ',' << r.forced_clipping
        << ',' << r.warmup << ',' << r.rate << ',' << r.batch << ',' << r.steps << ',' << r.nudged << ',' << r.seed;
    for (const double figure : {o.loss, o.gap, o.ape, o.above, o.probe, o.demoted, o.clipped, o.flushed, o.overshoot}) {
      out << ',' << format_number(figure);
    }
    out << '\n';
  }
}

void print_series_csv(std::ostream& out, const Results& results) {
  out << "run,series,index,value\n";
  for (const Recipe& recipe : results.runs()) {
    for (const auto& [name, series] : results.record(recipe).all()) {
      for (std::size_t i = 0; i < series.size(); ++i) {
        out << '"' << recipe.key() << "\"," << name << ',' << i << ',' << format_number(series[i]) << '\n';
      }
    }
  }
}

}  // namespace qat_study
