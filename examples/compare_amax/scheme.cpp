#include "scheme.hpp"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <vector>

#include "common/format_number.hpp"

namespace compare_amax {
namespace {

using Clamp = Options::Clamp;

constexpr float largest_value = 32768.0f;
constexpr float gradient_target = hifloat::qat::W8A8::gradient_scaling.target;

std::string title(const Scheme& scheme) {
  const auto with_gradients = [](float value) {
    return common::format_number(value) + (value < gradient_target ? " (gradients 224)" : "");
  };
  const std::string target = "target " + with_gradients(scheme.target);
  switch (scheme.clamp) {
    case Clamp::at_target: return target + ", values clipped at the target";
    case Clamp::at_value: return target + ", values clipped at " + with_gradients(scheme.clamp_value);
    default: return target + ", values not clipped before 2^15";
  }
}

Section sweep(const Scheme& setting) {
  Section section{title(setting), {Scheme{}}};
  const auto add = [&](Algorithm algorithm, std::size_t window) {
    Scheme scheme = setting;
    scheme.algorithm = algorithm;
    scheme.window = window;
    section.schemes.push_back(scheme);
  };
  add(Algorithm::current, 1);
  add(Algorithm::most_recent, 1);
  add(Algorithm::exp_smooth, exp_smooth_window);
  for (std::size_t window = 1; window <= largest_window; window *= 2) add(Algorithm::max, window);
  return section;
}

/// A few lines of the sweep at another setting, to be read beside it.
Section beside(Scheme setting, std::initializer_list<Algorithm> algorithms) {
  Section section{title(setting), {}};
  for (const Algorithm algorithm : algorithms) {
    setting.algorithm = algorithm;
    setting.window = algorithm == Algorithm::max ? 64 : 1;
    section.schemes.push_back(setting);
  }
  return section;
}

}  // namespace

hifloat::ScalingOptions Scheme::scaling_options(Role role) const {
  const bool wide = role == Role::gradient;
  hifloat::ScalingOptions scaling;
  scaling.target = wide ? std::max(target, gradient_target) : target;
  if (clamp == Clamp::at_target) scaling.clamp = scaling.target;
  if (clamp == Clamp::at_value) scaling.clamp = wide ? std::max(clamp_value, gradient_target) : clamp_value;
  return scaling;
}

ChosenScaler Scheme::scaler(Role role) const {
  const hifloat::ScalingOptions options = scaling_options(role);
  switch (algorithm) {
    case Algorithm::most_recent: return MostRecent(options);
    case Algorithm::exp_smooth: return ExpSmooth(options);
    case Algorithm::max: return Max(window, options);
    default: return Current(options);
  }
}

hifloat::qat::Precision Scheme::precision() const {
  using hifloat::qat::Precision;
  return algorithm == Algorithm::bf16 ? Precision::bf16 : Precision::hif8;
}

std::string Scheme::name() const {
  switch (algorithm) {
    case Algorithm::bf16: return "BF16";
    case Algorithm::current: return "CurrentScaler";
    case Algorithm::most_recent: return "MostRecent";
    case Algorithm::exp_smooth: return "ExpSmooth " + std::to_string(window);
    case Algorithm::max: return "Max " + std::to_string(window);
  }
  return {};
}

std::vector<Section> sections(const Options& options) {
  Scheme setting;
  setting.target = options.target.value_or(setting.target);
  setting.clamp = options.clamp == Clamp::unset ? Clamp::at_target : options.clamp;
  setting.clamp_value = options.clamp_value;
  std::vector<Section> sections{sweep(setting)};
  if (!options.one_setting()) {
    using enum Algorithm;
    // A current scaler is clipped nowhere: at the same target it would be the same line again.
    sections.push_back(beside({.clamp = Clamp::none}, {most_recent, max}));
    sections.push_back(beside({.target = largest_value, .clamp = Clamp::none}, {current, most_recent, max}));
  }
  return sections;
}

}  // namespace compare_amax
