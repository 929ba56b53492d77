#include "study.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <span>

#include <hifloat/diagnostics/loss_gap.hpp>

#include "common/format_number.hpp"
#include "common/jobs.hpp"
#include "training.hpp"

namespace qat_study {
namespace {

constexpr float top_of_range = 32768;

double percent(const std::vector<double>& right) {
  return 100 * std::accumulate(right.begin(), right.end(), 0.0) / static_cast<double>(right.size());
}

}  // namespace

std::vector<NamedRecipe> all_runs(const Plan& plan) {
  std::vector<NamedRecipe> all = eight_runs(plan);
  if (!plan.everything) return all;
  for (const auto& part : {design(plan), rate_sweep(plan), targets(plan), forced_clipping(plan)}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

std::vector<NamedRecipe> eight_runs(const Plan& plan) {
  const auto at = [&](Estimator estimator, double rate, std::size_t window = 64) {
    return Recipe{.estimator = estimator, .window = window, .rate = rate, .steps = plan.steps};
  };
  const auto small = [&](Recipe recipe) {
    recipe.batch /= 4;
    return recipe;
  };
  const auto warm = [&](Recipe recipe) {
    recipe.warmup = plan.warmup();
    return recipe;
  };
  const auto nudged = [&](double rate) {
    Recipe recipe = at(Estimator::bf16, rate);
    recipe.nudged = true;
    return recipe;
  };
  return {{"1 BF16", at(Estimator::bf16, high_rate)},
          {"2 current, small batch", small(at(Estimator::current, high_rate))},
          {"2 delayed, small batch", small(at(Estimator::most_recent, high_rate))},
          {"3 most_recent", at(Estimator::most_recent, high_rate)},
          {"4 exp_smooth", at(Estimator::exp_smooth, high_rate, 16)},
          {"5 current", at(Estimator::current, high_rate)},
          {"6 exp_smooth, longer history", at(Estimator::exp_smooth, high_rate, 64)},
          {"7 max 64, warm-up", warm(at(Estimator::max, high_rate))},
          {"8 the same at the low rate", warm(at(Estimator::max, low_rate))},
          {"BF16 at the low rate", at(Estimator::bf16, low_rate)},
          {"BF16, nudged, high rate", nudged(high_rate)},
          {"BF16, nudged, low rate", nudged(low_rate)}};
}

std::vector<NamedRecipe> design(const Plan& plan) {
  std::vector<NamedRecipe> cells;
  for (unsigned cell = 0; cell < 8; ++cell) {
    const bool recent = (cell & 1) != 0, warm = (cell & 2) != 0, high = (cell & 4) != 0;
    cells.push_back({std::string(recent ? "most_recent" : "max 64") + (warm ? ", warm-up" : ", none") +
                         (high ? ", high rate" : ", low rate"),
                     {.estimator = recent ? Estimator::most_recent : Estimator::max,
                      .warmup = warm ? plan.warmup() : 0,
                      .rate = high ? high_rate : low_rate,
                      .steps = plan.steps}});
  }
  return cells;
}

std::vector<NamedRecipe> rate_sweep(const Plan& plan) {
  std::vector<NamedRecipe> sweep;
  for (const Estimator estimator : {Estimator::bf16, Estimator::max}) {
    for (const double rate : {5e-5, 1e-4, low_rate, 5e-4, 1e-3, high_rate}) {
      const Recipe recipe{.estimator = estimator, .rate = rate, .steps = plan.steps};
      sweep.push_back({estimator_name(recipe) + ", rate " + common::format_number(rate), recipe});
    }
  }
  return sweep;
}

std::vector<NamedRecipe> targets(const Plan& plan) {
  std::vector<NamedRecipe> settings;
  for (const Estimator estimator : {Estimator::most_recent, Estimator::max}) {
    const Recipe open{.estimator = estimator, .rate = low_rate, .steps = plan.steps};
    Recipe clamped = open, top = open;
    clamped.clamped = true;
    top.target = top_of_range;
    const std::string name = estimator_name(open);
    settings.push_back({name + ", target 15", open});
    settings.push_back({name + ", target 15, clipped there", clamped});
    settings.push_back({name + ", target 2^15", top});
  }
  return settings;
}

std::vector<NamedRecipe> forced_clipping(const Plan& plan) {
  std::vector<NamedRecipe> curve;
  for (const float factor : {1.0f, 1.5f, 2.0f, 3.0f, 5.0f, 8.0f, 16.0f}) {
    curve.push_back({"estimate / " + common::format_number(static_cast<double>(factor)),
                     {.estimator = Estimator::max,
                      .clamped = true,
                      .forced_clipping = factor,
                      .rate = low_rate,
                      .steps = plan.steps}});
  }
  return curve;
}

Results::Results(const Plan& plan, const std::vector<NamedRecipe>& recipes, const Material& material,
                 common::RecordFile& file, unsigned threads)
    : plan_(plan) {
  for (const std::uint64_t seed : plan.seeds) {
    for (auto [name, recipe] : recipes) {
      recipe.seed = seed;
      runs_.push_back(recipe);
    }
  }
  std::vector<common::Job> jobs;
  const auto add = [&](const Recipe& recipe) {
    const auto cost = static_cast<double>((recipe.steps + 1) * recipe.batch);
    jobs.push_back({recipe.key(), [&material, recipe] { return train(material, recipe); }, cost});
  };
  add(nothing());
  for (const Recipe& recipe : runs_) {
    add(recipe);
    add(recipe.in_bf16());
  }
  const std::vector<common::Record> records = run_jobs(jobs, file, threads);
  for (std::size_t i = 0; i < jobs.size(); ++i) records_.insert_or_assign(jobs[i].key, records[i]);
}

Outcome Results::outcome(const Recipe& recipe) const {
  const common::Record &run = record(recipe), &bf16 = record(recipe.in_bf16());
  const std::span<const double> losses = run.series("loss"), baseline = bf16.series("loss");
  const auto last = losses.last(losses.size() / 4);
  const std::size_t warmup = recipe.warmup;
  const auto gap = hifloat::diagnostics::loss_gap(baseline.subspan(warmup), losses.subspan(warmup));
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  Outcome outcome{.loss = std::accumulate(last.begin(), last.end(), 0.0) / static_cast<double>(last.size()),
                  .gap = gap.signed_gap,
                  .ape = gap.ape,
                  .above = gap.above,
                  .probe = percent(run.series("right")),
                  .overshoot = nan};
  if (const double elements = run.number("elements"); elements != 0) {
    outcome.beyond = run.number("beyond") / elements;
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

double Results::probe_before() const { return percent(record(nothing()).series("right")); }

}  // namespace qat_study
