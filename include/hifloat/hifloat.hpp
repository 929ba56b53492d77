// hifloat: HiFloat8 (HiF8) and delayed tensor scaling. This header is everything that needs no third-party library.
//
//   one number    hif8<Rounding, Overflow>, hif8_t: a value type with arithmetic and comparison (hif8.hpp),
//                 numeric_limits and hash (limits.hpp), math (math.hpp), text (text.hpp), 1.5_hif8 (literals.hpp)
//                 encode<Rounding, Overflow>(x) -> code, decode(code) -> float (codec.hpp)
//   policies      rounding::TiesAway TiesEven TowardZero Hybrid SimplifiedStochastic Stochastic (rounding.hpp)
//                 overflow::Saturate Infinity SaturateNanToZero (overflow.hpp)
//   many numbers  encode, decode, abs_max, quantize, fake_quantize over contiguous ranges, ScaleParams, QuantizeStats,
//                 PhiloxKey, active_isa() (array.hpp)
//   several cores on(executor, x) in place of x, executor::OpenMp or your own (executor.hpp)
//   scaling       DelayedScaler<Algorithm, Window>, CurrentScaler, ScalerGroup, ScalingOptions, Quantized,
//                 amax::Max MostRecent Mean ExpSmooth Percentile, state(), to_bytes, from_bytes (scaling/*.hpp)
//   products      matmul over MatrixView and ScaledMatrix, PackedMatrix (matmul.hpp)
//   training      qat::QuantizedLinear, FakeQuantizer, LayerPolicy, WarmupGate, schedules (qat/*.hpp)
//   formats       formats::e4m3fn e5m2 int_grid<Bits>, bfloat16: to compare with, in place of hif8 (formats/*.hpp)
//   diagnostics   quantization_error, TierHistogram, ScalingMonitor, loss_gap, retention, grid_distance, replay
//                 (diagnostics/*.hpp, namespace hifloat::diagnostics)
//
// A first program:
//
//   std::vector<float> x = ...;
//   hifloat::DelayedScaler<hifloat::amax::Max, 64> scaler;   // one per tensor
//   auto q = scaler.quantize(x);                             // codes, their inverse scale, what was lost
//   scaler.observe(q.stats());                               // this step's amax
//   scaler.commit();                                         // the next step's scale
#pragma once

#include <hifloat/array.hpp>
#include <hifloat/codec.hpp>
#include <hifloat/diagnostics/grid_distance.hpp>
#include <hifloat/diagnostics/loss_gap.hpp>
#include <hifloat/diagnostics/monitor_output.hpp>
#include <hifloat/diagnostics/quantization_error.hpp>
#include <hifloat/diagnostics/replay.hpp>
#include <hifloat/diagnostics/retention.hpp>
#include <hifloat/diagnostics/scaling_monitor.hpp>
#include <hifloat/diagnostics/tier_histogram.hpp>
#include <hifloat/diagnostics/trace_reader.hpp>
#include <hifloat/executor.hpp>
#include <hifloat/formats/int_grid.hpp>
#include <hifloat/formats/quantization_format.hpp>
#include <hifloat/formats/small_float.hpp>
#include <hifloat/formatter.hpp>
#include <hifloat/hif8.hpp>
#include <hifloat/limits.hpp>
#include <hifloat/literals.hpp>
#include <hifloat/math.hpp>
#include <hifloat/matmul.hpp>
#include <hifloat/qat/qat.hpp>
#include <hifloat/scaling/scaling.hpp>
#include <hifloat/text.hpp>
