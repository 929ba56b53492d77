#include "recipe.hpp"

#include <hifloat/scaling/scaling.hpp>

#include "common/format_number.hpp"

namespace qat_study {
namespace {

namespace hf = hifloat;
using common::format_number;

}  // namespace

Recipe Recipe::in_bf16() const { return {.rate = rate, .batch = batch, .steps = steps, .seed = seed}; }

bool Recipe::keeps_amaxes() const {
  return estimator == Estimator::max && target == 15 && !clamped && warmup == 0 && seed == 1;
}

std::string Recipe::key() const {
  std::string key = estimator_name(*this) + ", rate " + format_number(rate) + ", " + std::to_string(steps) +
                    " steps of " + std::to_string(batch) + ", seed " + std::to_string(seed);
  if (nudged) key += ", nudged";
  if (estimator == Estimator::bf16) return key;
  key += ", target " + format_number(static_cast<double>(target));
  if (clamped) key += " clamped";
  if (forced_clipping != 1) key += " / " + format_number(static_cast<double>(forced_clipping));
  if (warmup != 0) key += ", warm-up " + std::to_string(warmup);
  return key;
}

hf::ScalingOptions Recipe::scaling() const {
  return {.target = target * forced_clipping, .clamp = clamped ? target : hf::no_clamp};
}

language::AnyScaler Recipe::scaler() const {
  switch (estimator) {
    case Estimator::most_recent: return hf::DelayedScaler<hf::amax::MostRecent, 1>(scaling());
    case Estimator::exp_smooth: return hf::DelayedScaler<hf::amax::ExpSmooth, hf::dynamic_window>(window, scaling());
    case Estimator::max: return hf::DelayedScaler<hf::amax::Max, hf::dynamic_window>(window, scaling());
    case Estimator::bf16:
    case Estimator::current: break;
  }
  return hf::CurrentScaler(scaling());
}

std::string estimator_name(const Recipe& recipe) {
  switch (recipe.estimator) {
    case Estimator::bf16: return "BF16";
    case Estimator::current: return "current";
    case Estimator::most_recent: return "most_recent";
    case Estimator::exp_smooth: return "exp_smooth " + std::to_string(recipe.window);
    case Estimator::max: break;
  }
  return "max " + std::to_string(recipe.window);
}

}  // namespace qat_study
