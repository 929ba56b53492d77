// The claims of arXiv 2605.26189, and of what its released logs show, each judged by a rule that is written here.
#include <cmath>
#include <string>
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

std::string text(const Estimate& estimate, int decimals, const std::string& unit) {
  return (estimate.value > 0 ? "+" : "") + common::estimate_text(estimate, decimals) + unit;
}

/// By more than `size`, and the interval, where there are seeds enough for one, lies on that side of zero.
bool falls(const Estimate& e, double size) { return e.value < -size && (e.degrees_of_freedom == 0 || e.high() < 0); }
bool rises(const Estimate& e, double size) { return e.value > size && (e.degrees_of_freedom == 0 || e.low() > 0); }

constexpr double points = 1;  // of the probe: three questions

struct Runs {
  explicit Runs(const Plan& plan) {
    const auto runs = eight_runs(plan);
    bf16 = runs.front().recipe;
    max = runs[7].recipe;
    low = runs[8].recipe;
    recent = current = bf16;
    recent.estimator = Estimator::most_recent;
    current.estimator = Estimator::current;
  }
  Recipe bf16, recent, current, max, low;  // all but the last at the high rate
};

Claim forgetting(const Results& results, const Runs& runs) {
  const Estimate drop = results.difference(runs.bf16, runs.low.in_bf16(), &Outcome::probe);
  return {"A high learning rate forgets, also in BF16", "-16.7 points (MMLU)", text(drop, 1, " points (probe)"),
          verdict(falls(drop, 5 * points), rises(drop, points))};
}

Claim hidden_forgetting(const Results& results, const Runs& runs) {
  const Estimate loss = results.difference(runs.bf16, runs.low.in_bf16(), &Outcome::loss);
  const Estimate probe = results.difference(runs.bf16, runs.low.in_bf16(), &Outcome::probe);
  return {"Training loss does not show the forgetting", "-", "loss " + text(loss, 3, "") + " while it forgets",
          verdict(falls(probe, 5 * points) && falls(loss, 0), falls(probe, 5 * points) && rises(loss, 0))};
}

Claim overshoot(const Results& results, const Runs& runs) {
  const double recent = results.mean(runs.recent, &Outcome::beyond).value;
  const double max = results.mean(runs.max, &Outcome::beyond).value;
  return {"most_recent overshoots, max 64 hardly does", "-",
          format_fixed(recent * 1e6, 1) + " against " + format_fixed(max * 1e6, 2) + " ppm of values",
          verdict(recent > 10 * max, recent < max)};
}

Claim harm(const Results& results, const Runs& runs) {
  const Estimate probe = results.difference(runs.recent, runs.max, &Outcome::probe);
  const Estimate gap = results.difference(runs.recent, runs.max, &Outcome::gap);
  return {"most_recent's overshoot costs quality", "-",
          "probe " + text(probe, 1, " points") + ", gap " + text(gap, 3, " points"),
          verdict(falls(probe, points), rises(probe, points))};
}

Claim near_lossless(const Results& results, const Runs& runs) {
  const Estimate drop = results.difference(runs.low, runs.low.in_bf16(), &Outcome::probe);
  return {"Max 64, warm-up, low rate: as good as BF16", "-0.43 % of MMLU", text(drop, 2, " points (probe)"),
          verdict(drop.value > -1, drop.value < -5)};
}

Claim absolute_gap(const Results& results, const Runs& runs) {
  const Estimate ape = results.mean(runs.low, &Outcome::ape);
  const double chance = results.mean(eight_runs(results.plan()).back().recipe, &Outcome::ape).value;
  return {"Its loss stays next to BF16's", "APE 0.11 %",
          "APE " + format_fixed(ape.value, 3) + " %, " + format_fixed(chance, 3) + " % by chance",
          verdict(ape.value<0.25, ape.value> 1)};
}

Claim one_sided_gap(const Results& results, const Runs& runs) {
  const Estimate above = results.mean(runs.low, &Outcome::above), gap = results.mean(runs.low, &Outcome::gap);
  return {"The gap is one-sided: HiF8's loss is larger", "in all steps",
          "in " + format_fixed(100 * above.value, 0) + " % of the steps, gap " + text(gap, 3, " %"),
          verdict(above.value > 0.95, above.value < 0.5)};
}

Claim orthogonality(const Results& results) {
  std::vector<std::vector<double>> probes;
  for (const auto& cell : design(results.plan())) probes.push_back(results.over_seeds(cell.recipe, &Outcome::probe));
  const auto effects = common::factorial_effects({"most_recent", "warm-up", "high rate"}, probes);
  const auto find = [&](const std::string& name) {
    for (const auto& effect : effects) {
      if (effect.name == name) return effect.estimate;
    }
    return Estimate{};
  };
  const Estimate recent = find("most_recent"), rate = find("high rate"), both = find("most_recent x high rate");
  const auto exists = [](const Estimate& e) { return falls(e, points) || rises(e, points); };
  return {"Overshoot and rate fail independently", "-",
          "probe: " + text(recent, 1, ", ") + text(rate, 1, ", both ") + text(both, 1, ""),
          verdict(exists(recent) && exists(rate) && !exists(both), exists(both))};
}

Claim warmup(const Results& results) {
  const auto cells = design(results.plan());
  const Estimate trim = results.difference(cells[6].recipe, cells[4].recipe, &Outcome::ape);
  return {"Beginning in BF16 helps", "in its recipe", "APE of the steps after it " + text(trim, 3, " points"),
          verdict(falls(trim, 0.01), rises(trim, 0.01))};
}

Claim room_above(const Results& results) {
  const auto settings = targets(results.plan());
  const double at_15 = results.mean(settings[3].recipe, &Outcome::ape).value;
  const double at_top = results.mean(settings[5].recipe, &Outcome::ape).value;
  return {"Target 15 is better than the top of the range", "in its recipe",
          "APE " + format_fixed(at_top, 3) + " % at 2^15, " + format_fixed(at_15, 3) + " % at 15",
          verdict(at_top > 3 * at_15, at_top < at_15)};
}

}  // namespace

std::vector<Claim> claims(const Results& results) {
  const Runs runs(results.plan());
  std::vector<Claim> claims{forgetting(results, runs),   hidden_forgetting(results, runs), overshoot(results, runs),
                            harm(results, runs),         near_lossless(results, runs),     absolute_gap(results, runs),
                            one_sided_gap(results, runs)};
  if (results.plan().everything) {
    claims.push_back(orthogonality(results));
    claims.push_back(warmup(results));
    claims.push_back(room_above(results));
  }
  return claims;
}

}  // namespace qat_study
