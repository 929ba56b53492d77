// The scalers whose algorithms are compared.
#pragma once

#include <cstddef>

#include <hifloat/scaling/scaling.hpp>

namespace compare_amax {

inline constexpr std::size_t exp_smooth_window = 30;

using Current = hifloat::CurrentScaler;
using MostRecent = hifloat::DelayedScaler<hifloat::amax::MostRecent, 1>;
using ExpSmooth = hifloat::DelayedScaler<hifloat::amax::ExpSmooth, exp_smooth_window>;
using Max = hifloat::DelayedScaler<hifloat::amax::Max, hifloat::dynamic_window>;
using ChosenScaler = hifloat::VariantScaler<Current, MostRecent, ExpSmooth, Max>;

}  // namespace compare_amax
