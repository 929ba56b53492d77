// Everything about scaling. Begin with delayed_scaler.hpp.
#pragma once

#include <hifloat/scaling/amax_algorithms.hpp>
#include <hifloat/scaling/current_scaler.hpp>
#include <hifloat/scaling/delayed_scaler.hpp>
#include <hifloat/scaling/options.hpp>
#include <hifloat/scaling/quantized.hpp>
#include <hifloat/scaling/saved_state.hpp>
#include <hifloat/scaling/scaler_group.hpp>
#include <hifloat/scaling/state.hpp>
#include <hifloat/scaling/variant_scaler.hpp>
