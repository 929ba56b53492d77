#include "study.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>

#include <hifloat/diagnostics/loss_gap.hpp>

#include "common/format_number.hpp"
#include "common/jobs.hpp"
#include "training.hpp"

namespace qat_study {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double percent(const std::vector<double>& right) {
  return 100 * std::accumulate(right.begin(), right.end(), 0.0) / static_cast<double>(right.size());
}

}  // namespace

Recipe Plan::recipe(Estimator estimator, double rate) const {
  return {.estimator = estimator, .rate = rate, .steps = steps};
}

Recipe Plan::warmed_up(Recipe recipe) const {
  recipe.warmup = warmup();
  return recipe;
}

Recipe Plan::nudged(double rate) const {
  Recipe nudged = recipe(Estimator::bf16, rate);
  nudged.nudged = true;
  return nudged;
}

std::vector<NamedRecipe> eight_runs(const Plan& plan) {
  const auto small = [](Recipe recipe) {
    recipe.batch /= 4;
    return recipe;
  };
  const auto over = [](std::size_t window, Recipe recipe) {
    recipe.window = window;
    return recipe;
  };
  const Recipe current = plan.recipe(Estimator::current, high_rate);
  const Recipe most_recent = plan.recipe(Estimator::most_recent, high_rate);
  const Recipe exp_smooth = plan.recipe(Estimator::exp_smooth, high_rate);
  const Recipe max = plan.recipe(Estimator::max, high_rate);
  const Recipe max_low = plan.recipe(Estimator::max, low_rate);
  return {{"1 BF16", plan.recipe(Estimator::bf16, high_rate)},
          {"2 current, small batch", small(current)},
          {"2 delayed, small batch", small(most_recent)},
          {"3 most_recent", most_recent},
          {"4 exp_smooth", over(16, exp_smooth)},
          {"5 current", current},
          {"6 exp_smooth, longer history", over(64, exp_smooth)},
          {"7 max 64, warm-up", plan.warmed_up(max)},
          {"8 the same at the low rate", plan.warmed_up(max_low)},
          {"max 64", max},
          {"max 64, low rate", max_low},
          {"most_recent, low rate", plan.recipe(Estimator::most_recent, low_rate)},
          {"BF16, low rate", plan.recipe(Estimator::bf16, low_rate)},
          {"BF16, begun 2^-20 apart", plan.nudged(high_rate)},
          {"BF16, so begun, low rate", plan.nudged(low_rate)}};
}

std::vector<std::string> design_factors() { return {"most_recent", "warm-up", "high rate"}; }

std::vector<NamedRecipe> design(const Plan& plan) {
  std::vector<NamedRecipe> cells;
  for (unsigned cell = 0; cell < 8; ++cell) {
    const bool recent = (cell & 1) != 0, warm = (cell & 2) != 0, high = (cell & 4) != 0;
    const Recipe recipe = plan.recipe(recent ? Estimator::most_recent : Estimator::max, high ? high_rate : low_rate);
    cells.push_back({estimator_name(recipe) + (warm ? ", warm-up" : ", none") + (high ? ", high rate" : ", low rate"),
                     warm ? plan.warmed_up(recipe) : recipe});
  }
  return cells;
}

std::vector<NamedRecipe> rate_sweep(const Plan& plan) {
  std::vector<NamedRecipe> sweep;
  for (const Estimator estimator : {Estimator::bf16, Estimator::max}) {
    for (const double rate : {5e-5, 1e-4, low_rate, 5e-4, 1e-3, high_rate}) {
      const Recipe recipe = plan.recipe(estimator, rate);
      sweep.push_back({estimator_name(recipe) + ", rate " + common::format_number(rate), recipe});
    }
  }
  return sweep;
}

Recipe at_the_top(Recipe recipe) {
  recipe.target = 32768;
  return recipe;
}

std::vector<NamedRecipe> targets(const Plan& plan) {
  std::vector<NamedRecipe> settings;
  for (const Estimator estimator : {Estimator::most_recent, Estimator::max}) {
    const Recipe open = plan.recipe(estimator, low_rate);
    Recipe clamped = open;
    clamped.clamped = true;
    const std::string name = estimator_name(open);
    settings.push_back({name + ", target 15", open});
    settings.push_back({name + ", target 15, clipped there", clamped});
    settings.push_back({name + ", target 2^15", at_the_top(open)});
  }
  return settings;
}

std::vector<NamedRecipe> forced_clipping(const Plan& plan) {
  std::vector<NamedRecipe> curve;
  for (const float factor : {1.0f, 1.5f, 2.0f, 3.0f, 5.0f, 8.0f, 16.0f}) {
    Recipe recipe = plan.recipe(Estimator::max, low_rate);
    recipe.clamped = true;
    recipe.forced_clipping = factor;
    curve.push_back({"estimate / " + common::format_number(static_cast<double>(factor)), recipe});
  }
  return curve;
}

std::vector<NamedRecipe> all_runs(const Plan& plan) {
  std::vector<NamedRecipe> all = eight_runs(plan);
  if (!plan.everything) return all;
  for (const auto& part : {design(plan), rate_sweep(plan), targets(plan), forced_clipping(plan)}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

Results::Results(const Plan& plan, const std::vector<NamedRecipe>& recipes, const Material& material,
                 common::RecordFile& file, unsigned threads)
    : plan_(plan) {
  std::vector<common::Job> jobs;
  const auto add = [&](const Recipe& recipe) {
    const std::string key = recipe.key();
    if (!records_.try_emplace(key).second) return;
    const auto cost = static_cast<double>((recipe.steps + 50) * recipe.batch);
    jobs.push_back({key, [&material, recipe] { return train(material, recipe); }, cost});
    if (recipe.steps != 0) runs_.push_back(recipe);
  };
  add(nothing());
  for (const std::uint64_t seed : plan.seeds) {
    for (auto [name, recipe] : recipes) {
      recipe.seed = seed;
      add(recipe.in_bf16());
      add(recipe);
    }
  }
  const std::vector<common::Record> records = run_jobs(jobs, file, threads);
  for (std::size_t i = 0; i < jobs.size(); ++i) records_[jobs[i].key] = records[i];
}

Outcome Results::outcome(const Recipe& recipe) const {
  const common::Record &run = record(recipe), &bf16 = record(recipe.in_bf16());
  const std::span<const double> losses = run.series("loss"), baseline = bf16.series("loss");
  const auto last = losses.last(losses.size() / 4);
  Outcome outcome{.loss = std::accumulate(last.begin(), last.end(), 0.0) / static_cast<double>(last.size()),
                  .gap = nan,
                  .ape = nan,
                  .above = nan,
                  .probe = percent(run.series("right")),
                  .demoted = nan,
                  .clipped = nan,
                  .flushed = nan,
                  .overshoot = nan};
  const auto diverged = [](std::span<const double> of) {
    return !std::all_of(of.begin(), of.end(), [](double loss) { return std::isfinite(loss); });
  };
  if (recipe.key() != recipe.in_bf16().key() && !diverged(losses) && !diverged(baseline)) {
    const std::size_t first = plan_.warmup();
    const auto gap = hifloat::diagnostics::loss_gap(baseline.subspan(first), losses.subspan(first));
    outcome.gap = gap.signed_gap;
    outcome.ape = gap.ape;
    outcome.above = gap.above;
  }
  if (const double elements = run.number("elements"); elements != 0) {
    outcome.demoted = run.number("demoted") / elements;
    outcome.clipped = run.number("overflowed") / elements;
    outcome.flushed = run.number("flushed") / elements;
  }
  for (const auto& [name, series] : run.all()) {
    if (name.starts_with("overshoot ") && !(outcome.overshoot >= series[0])) outcome.overshoot = series[0];
  }
  return outcome;
}

std::vector<double> Results::over_seeds(Recipe recipe, double Outcome::*figure) const {
  std::vector<double> values;
  for (const std::uint64_t seed : plan_.seeds) {
    recipe.seed = seed;
    values.push_back(outcome(recipe).*figure);
  }
  return values;
}

common::Estimate Results::mean(const Recipe& recipe, double Outcome::*figure) const {
  return common::mean(over_seeds(recipe, figure));
}

common::Estimate Results::difference(const Recipe& a, const Recipe& b, double Outcome::*figure) const {
  return common::paired_difference(over_seeds(a, figure), over_seeds(b, figure));
}

std::vector<common::Effect> Results::effects(double Outcome::*figure) const {
  std::vector<std::vector<double>> cells;
  for (const NamedRecipe& cell : design(plan_)) cells.push_back(over_seeds(cell.recipe, figure));
  return common::factorial_effects(design_factors(), cells);
}

double Results::probe_before() const { return percent(record(nothing()).series("right")); }

}  // namespace qat_study
