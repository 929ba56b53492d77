#pragma once
// Mistakes that the library reports: for one file that has exceptions and one that has none.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <hifloat/hifloat.hpp>

inline constexpr int mistake_count = 12;

/// Makes mistake number i, and none if there is no such one. `static`: each file has its own, and shares what it calls.
[[maybe_unused]] static void make_mistake(int i) {
  namespace hf = hifloat;
  std::vector<float> x(3);
  std::vector<hf::hif8_t> codes(3);
  hf::DelayedScaler<hf::amax::ExpSmooth, hf::dynamic_window> smooth(4);
  hf::DelayedScaler<> scaler;
  hf::ScalerGroup<> group({"x"});
  hf::qat::QuantizedLinear<> layer(1, 1);
  switch (i) {
    case 0: hf::encode(x, std::span(codes).first(2)); break;
    case 1: hf::encode(x, codes, -1.0f); break;
    case 2: scaler = hf::DelayedScaler<>(hf::ScalingOptions{.target = -1.0f}); break;
    case 3: smooth = decltype(smooth)(4, {}, hf::amax::ExpSmooth{.alpha = 2.0}); break;
    case 4: smooth.resize(0); break;
    case 5: group.observe(1, 1.0f); break;
    case 6: (void)group.quantize(1, x); break;
    case 7: scaler.load(hf::ScalerState{}); break;
    case 8: (void)hf::row_major(x, 1, 3).block(0, 2, 1, 2); break;
    case 9: (void)hf::diagnostics::ScalingMonitor("x", 0); break;
    case 10: layer.evaluate(hf::row_major(x, 1, 1), hf::row_major(x, 1, 1)); break;
    case 11: (void)hf::qat::LayerPolicy("firstly 3"); break;
    default: break;
  }
}
