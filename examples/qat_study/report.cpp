#include "report.hpp"

#include <cmath>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "common/format_number.hpp"
#include "common/text_table.hpp"
#include "window_sweep.hpp"

namespace qat_study {
namespace {

using common::Estimate;
using common::format_fixed;
using common::TextTable;

/// "-" where there is nothing to say.
std::string text(const Estimate& e, int decimals, double unit = 1) {
  if (std::isnan(e.value)) return "-";
  return common::estimate_text({e.value * unit, e.standard_error * unit, e.degrees_of_freedom}, decimals);
}

void print_outcomes(std::ostream& out, const Results& results, const std::string& title,
                    const std::vector<NamedRecipe>& recipes) {
  TextTable table;
  table.add_row({title, "loss", "gap %", "APE %", "steps above %", "probe %", "beyond ppm", "flushed %", "overshoot"});
  for (const auto& [name, recipe] : recipes) {
    const auto cell = [&results, &recipe = recipe](double Outcome::*figure, int decimals, double unit = 1) {
      return text(results.mean(recipe, figure), decimals, unit);
    };
    table.add_row({name, cell(&Outcome::loss, 3), cell(&Outcome::gap, 3), cell(&Outcome::ape, 3),
                   cell(&Outcome::above, 0, 100), cell(&Outcome::probe, 1), cell(&Outcome::beyond, 2, 1e6),
                   cell(&Outcome::flushed, 3, 100), cell(&Outcome::overshoot, 2)});
  }
  table.print(out);
  out << '\n';
}

void print_effects(std::ostream& out, const Results& results) {
  const std::vector<NamedRecipe> cells = design(results.plan());
  const auto effects = [&](double Outcome::*figure) {
    std::vector<std::vector<double>> values;
    for (const auto& cell : cells) values.push_back(results.over_seeds(cell.recipe, figure));
    return common::factorial_effects({"most_recent", "warm-up", "high rate"}, values);
  };
  const auto probe = effects(&Outcome::probe), gap = effects(&Outcome::gap), ape = effects(&Outcome::ape);
  TextTable table;
  table.add_row({"Effect", "probe, points", "gap, points", "APE, points"});
  for (std::size_t i = 0; i < probe.size(); ++i) {
    table.add_row({probe[i].name, text(probe[i].estimate, 2), text(gap[i].estimate, 4), text(ape[i].estimate, 4)});
  }
  table.print(out);
  out << '\n';
}

void print_overshoots(std::ostream& out, const Results& results) {
  const auto cells = design(results.plan());
  Recipe recipes[] = {cells[4].recipe, cells[5].recipe};
  for (Recipe& recipe : recipes) recipe.seed = results.plan().seeds.front();
  const common::Record &max = results.record(recipes[0]), &recent = results.record(recipes[1]);
  TextTable table;
  table.add_row(
      {"Overshoot (amax / estimate)", "max 64: share %", "p99", "largest", "most_recent: share %", "p99", "largest"});
  for (const auto& [name, series] : max.all()) {
    if (!name.starts_with("overshoot ")) continue;
    std::vector<std::string> row{name.substr(10)};
    for (const std::vector<double>& of : {series, recent.series(name)}) {
      row.insert(row.end(), {format_fixed(100 * of[2], 1), format_fixed(of[1], 2), format_fixed(of[0], 2)});
    }
    table.add_row(std::move(row));
  }
  table.print(out);
  out << '\n';
}

}  // namespace

void print_report(std::ostream& out, const Results& results) {
  const Plan& plan = results.plan();
  out << plan.steps << " steps a run, " << plan.seeds.size() << (plan.seeds.size() == 1 ? " seed" : " seeds")
      << "; ±: 95 % interval. The pre-trained decoder answers " << format_fixed(results.probe_before(), 1)
      << " % of the questions. Gaps and APE are to BF16 at the same rate.\n\n";
  print_outcomes(out, results, "The eight runs", eight_runs(plan));
  if (plan.everything) {
    print_outcomes(out, results, "The design", design(plan));
    print_effects(out, results);
    print_outcomes(out, results, "Learning rates", rate_sweep(plan));
    print_outcomes(out, results, "Targets, low rate", targets(plan));
    print_outcomes(out, results, "Forced clipping, low rate", forced_clipping(plan));
    print_overshoots(out, results);
    print_window_sweep(out, results);
  }
  print_claims(out, claims(results));
}

void print_csv(std::ostream& out, const Results& results) {
  out << "estimator,window,target,clamped,forced_clipping,warmup,rate,batch,steps,nudged,seed,loss,gap_percent,"
         "ape_percent,above,probe_percent,beyond,flushed,overshoot\n";
  for (const Recipe& r : results.runs()) {
    const Outcome o = results.outcome(r);
    out << estimator_name(r) << ',' << r.window << ',' << r.target << ',' << r.clamped << ',' << r.forced_clipping
        << ',' << r.warmup << ',' << r.rate << ',' << r.batch << ',' << r.steps << ',' << r.nudged << ',' << r.seed;
    for (const double figure : {o.loss, o.gap, o.ape, o.above, o.probe, o.beyond, o.flushed, o.overshoot}) {
      out << ',' << common::format_number(figure);
    }
    out << '\n';
  }
}

}  // namespace qat_study
