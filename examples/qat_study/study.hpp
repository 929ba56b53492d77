// Which runs there are, and what became of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/record.hpp"
#include "common/statistics.hpp"
#include "material.hpp"
#include "recipe.hpp"

namespace qat_study {

inline constexpr double low_rate = 2e-4, high_rate = 2e-3;

struct Plan {
  std::size_t steps = 600;
  std::vector<std::uint64_t> seeds{1};
  bool everything = false;  ///< the design, the sweeps and the curves beside the eight runs

  /// Of a run in BF16 before it quantizes, where it has one. Gaps are taken over the steps after it, in all runs.
  [[nodiscard]] std::uint64_t warmup() const { return steps / 10; }
  [[nodiscard]] Recipe recipe(Estimator estimator, double rate) const;
  [[nodiscard]] Recipe warmed_up(Recipe recipe) const;
  /// Begins one part in 2^20 apart from the same in BF16.
  [[nodiscard]] Recipe nudged(double rate) const;
};

struct NamedRecipe {
  std::string name;
  Recipe recipe;  ///< of any seed
};

/// The paper's eight runs, the second of which is two, and what they are compared with.
[[nodiscard]] std::vector<NamedRecipe> eight_runs(const Plan& plan);
/// {max 64, most_recent} x {no warm-up, warm-up} x {low, high rate}; which of them is bit 0, 1 and 2 of the place.
[[nodiscard]] std::vector<NamedRecipe> design(const Plan& plan);
[[nodiscard]] std::vector<std::string> design_factors();
[[nodiscard]] std::vector<NamedRecipe> rate_sweep(const Plan& plan);
/// Scaled to 15, clipped there or not, or to 2^15.
[[nodiscard]] std::vector<NamedRecipe> targets(const Plan& plan);
[[nodiscard]] Recipe at_the_top(Recipe recipe);
/// Estimates that are made so many times too small, clipped at the target.
[[nodiscard]] std::vector<NamedRecipe> forced_clipping(const Plan& plan);
/// All of these, or with little planned the eight runs.
[[nodiscard]] std::vector<NamedRecipe> all_runs(const Plan& plan);

/// A run beside the one in BF16 that saw the same text at the same rates. Shares are 0 to 1; NaN is nothing to say.
struct Outcome {
  double loss = 0;                               ///< of the last quarter
  double gap = 0;                                ///< of the losses, signed, in percent of BF16's
  double ape = 0;                                ///< the same without its sign
  double above = 0;                              ///< share of steps with the larger loss
  double probe = 0;                              ///< questions answered right, in percent
  double demoted = 0, clipped = 0, flushed = 0;  ///< shares of the values in HiF8
  double overshoot = 0;                          ///< the largest amax / estimate of all tensors
};

class Results {
 public:
  /// Each recipe with each seed, and the runs in BF16 that they are compared with. Trains what the file does not have.
  Results(const Plan& plan, const std::vector<NamedRecipe>& recipes, const Material& material, common::RecordFile& file,
          unsigned threads);

  [[nodiscard]] const Plan& plan() const { return plan_; }
  /// Each once, those in BF16 too.
  [[nodiscard]] const std::vector<Recipe>& runs() const { return runs_; }
  [[nodiscard]] const common::Record& record(const Recipe& recipe) const { return records_.at(recipe.key()); }
  [[nodiscard]] Outcome outcome(const Recipe& recipe) const;
  /// Of one figure, over the seeds.
  [[nodiscard]] std::vector<double> over_seeds(Recipe recipe, double Outcome::*figure) const;
  [[nodiscard]] common::Estimate mean(const Recipe& recipe, double Outcome::*figure) const;
  /// Of two recipes, seed by seed.
  [[nodiscard]] common::Estimate difference(const Recipe& a, const Recipe& b, double Outcome::*figure) const;
  /// Of the design, in the order of common::factorial_effects.
  [[nodiscard]] std::vector<common::Effect> effects(double Outcome::*figure) const;
  /// Percent of the questions that the pre-trained decoder answers right.
  [[nodiscard]] double probe_before() const;

 private:
  Plan plan_;
  std::vector<Recipe> runs_;
  std::map<std::string, common::Record> records_;
};

}  // namespace qat_study
