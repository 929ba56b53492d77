// The claims of arXiv 2605.26189, and of what its released logs show, each judged by a rule that is written here: an
// effect has a size that counts, and its interval lies on that side of zero. One seed has no interval: effects have to
// be five times as large then.
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "common/format_number.hpp"
#include "report.hpp"

namespace qat_study {
namespace {

using common::Claim;
using common::Estimate;
using common::format_fixed;
using common::Verdict;

Verdict verdict(bool reproduced, bool opposite) {
  return reproduced ? Verdict::reproduced : opposite ? Verdict::opposite : Verdict::not_at_this_size;
}

std::string signed_text(const Estimate& estimate, int decimals, const std::string& unit = "") {
  return (estimate.value > 0 ? "+" : "") + common::estimate_text(estimate, decimals) + unit;
}

bool rises(const Estimate& e, double size) {
  return e.degrees_of_freedom == 0 ? e.value > 5 * size : e.value > size && e.low() > 0;
}
bool falls(const Estimate& e, double size) { return rises({-e.value, e.standard_error, e.degrees_of_freedom}, size); }
/// Within `size` of zero, as a whole.
bool stays(const Estimate& e, double size) {
  const double half = e.degrees_of_freedom == 0 ? 0 : e.half_width();
  return e.value - half > -size && e.value + half < size;
}

constexpr double point = 1;  // of the probe: three questions

Claim forgetting(const Results& results) {
  const Plan& plan = results.plan();
  const Estimate drop = results.difference(plan.recipe(Estimator::bf16, high_rate),
                                           plan.recipe(Estimator::bf16, low_rate), &Outcome::probe);
  return {"A high learning rate forgets, also in BF16", "-16.7 points (MMLU)", signed_text(drop, 1, " points (probe)"),
          verdict(falls(drop, 2 * point), rises(drop, point))};
}

Claim hidden_forgetting(const Results& results) {
  const Plan& plan = results.plan();
  const Recipe high = plan.recipe(Estimator::bf16, high_rate), low = plan.recipe(Estimator::bf16, low_rate);
  const Estimate loss = results.difference(high, low, &Outcome::loss);
  const bool forgets = falls(results.difference(high, low, &Outcome::probe), 2 * point);
  return {"Training loss does not show the forgetting", "-", "loss " + signed_text(loss, 3) + " while it forgets",
          verdict(forgets && falls(loss, 0.01), forgets && rises(loss, 0.01))};
}

/// The estimators are compared where nothing is forgotten: there is something to lose.
Claim overshoot(const Results& results) {
  const Recipe recent = results.plan().recipe(Estimator::most_recent, low_rate);
  const Recipe max = results.plan().recipe(Estimator::max, low_rate);
  const std::vector<double> of_recent = results.over_seeds(recent, &Outcome::demoted);
  const std::vector<double> of_max = results.over_seeds(max, &Outcome::demoted);
  std::size_t more = 0, less = 0;
  for (std::size_t s = 0; s < of_max.size(); ++s) {
    more += of_recent[s] > 10 * of_max[s];
    less += of_recent[s] < of_max[s];
  }
  return {"most_recent overshoots, max 64 hardly does", "-",
          format_fixed(1e6 * common::mean(of_recent).value, 1) + " against " +
              format_fixed(1e6 * common::mean(of_max).value, 2) + " ppm of values, low rate",
          verdict(more == of_max.size(), less == of_max.size())};
}

Claim harm(const Results& results) {
  const Recipe recent = results.plan().recipe(Estimator::most_recent, low_rate);
  const Recipe max = results.plan().recipe(Estimator::max, low_rate);
  const Estimate probe = results.difference(recent, max, &Outcome::probe);
  const Estimate gap = results.difference(recent, max, &Outcome::gap);
  return {"and that costs quality", "-",
          "probe " + signed_text(probe, 1, " points, gap ") + signed_text(gap, 3, ", low rate"),
          verdict(falls(probe, point), rises(probe, point))};
}

Claim near_lossless(const Results& results) {
  const Recipe eighth = results.plan().warmed_up(results.plan().recipe(Estimator::max, low_rate));
  const Estimate drop = results.difference(eighth, eighth.in_bf16(), &Outcome::probe);
  return {"Max 64, warm-up, low rate: as good as BF16", "-0.43 % of MMLU", signed_text(drop, 2, " points (probe)"),
          verdict(stays(drop, 2 * point), falls(drop, 2 * point))};
}

Claim absolute_gap(const Results& results) {
  const Plan& plan = results.plan();
  const Estimate ape = results.mean(plan.warmed_up(plan.recipe(Estimator::max, low_rate)), &Outcome::ape);
  const Estimate apart = results.mean(plan.nudged(low_rate), &Outcome::ape);
  return {"and its loss stays next to BF16's", "APE 0.11 %",
          "APE " + common::estimate_text(ape, 3) + " %; BF16 begun 2^-20 apart " + format_fixed(apart.value, 3) + " %",
          verdict(stays(ape, 0.25), rises(ape, 0.5))};
}

Claim one_sided_gap(const Results& results) {
  const Plan& plan = results.plan();
  const Recipe eighth = plan.warmed_up(plan.recipe(Estimator::max, low_rate));
  const Estimate above = results.mean(eighth, &Outcome::above), gap = results.mean(eighth, &Outcome::gap);
  return {"The gap is one-sided: HiF8's loss is larger", "in all steps",
          "in " + format_fixed(100 * above.value, 0) + " % of the steps, gap " + signed_text(gap, 3, " %"),
          verdict(above.value > 0.95, falls(gap, 0.01))};
}

Claim orthogonality(const Results& results) {
  const auto effects = results.effects(&Outcome::probe);
  const auto find = [&](std::string_view name) {
    for (const common::Effect& effect : effects) {
      if (effect.name == name) return effect.estimate;
    }
    throw std::logic_error("no such effect");
  };
  const Estimate recent = find("most_recent"), rate = find("high rate"), both = find("most_recent x high rate");
  const auto exists = [](const Estimate& e) { return falls(e, point) || rises(e, point); };
  return {"Overshoot and rate fail independently", "-",
          "probe: " + signed_text(recent, 1, ", ") + signed_text(rate, 1, ", both ") + signed_text(both, 1),
          verdict(exists(recent) && exists(rate) && stays(both, 2 * point), exists(both))};
}

Claim warmup(const Results& results) {
  const Plan& plan = results.plan();
  const Recipe cold = plan.recipe(Estimator::max, high_rate);
  const Estimate trim = results.difference(plan.warmed_up(cold), cold, &Outcome::ape);
  return {"Beginning in BF16 trims the APE, at the high rate", "in its recipe",
          signed_text(trim, 3, " points, same steps"), verdict(falls(trim, 0.01), rises(trim, 0.01))};
}

Claim room_above(const Results& results) {
  const Recipe at_15 = results.plan().recipe(Estimator::max, low_rate);
  const Estimate ape = results.mean(at_15, &Outcome::ape), at_top = results.mean(at_the_top(at_15), &Outcome::ape);
  const Estimate more = results.difference(at_the_top(at_15), at_15, &Outcome::ape);
  return {"Target 15 is better than the top of the range", "in its recipe",
          "APE " + common::estimate_text(at_top, 3) + " % at 2^15, " + common::estimate_text(ape, 3) + " % at 15",
          verdict(rises(more, 0.05), falls(more, 0.05))};
}

}  // namespace

std::vector<Claim> claims(const Results& results) {
  std::vector<Claim> claims{forgetting(results),    hidden_forgetting(results), overshoot(results),    harm(results),
                            near_lossless(results), absolute_gap(results),      one_sided_gap(results)};
  if (results.plan().everything) {
    claims.push_back(orthogonality(results));
    claims.push_back(warmup(results));
    claims.push_back(room_above(results));
  }
  return claims;
}

}  // namespace qat_study
