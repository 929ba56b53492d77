// The pieces of quantization-aware training. Begin with quantized_linear.hpp.
#pragma once

#include <hifloat/qat/fake_quantizer.hpp>
#include <hifloat/qat/gradient.hpp>
#include <hifloat/qat/group_scaler.hpp>
#include <hifloat/qat/layer_policy.hpp>
#include <hifloat/qat/linear_traits.hpp>
#include <hifloat/qat/precision.hpp>
#include <hifloat/qat/quantized_linear.hpp>
#include <hifloat/qat/schedule.hpp>
#include <hifloat/qat/state.hpp>
#include <hifloat/qat/warmup_gate.hpp>
