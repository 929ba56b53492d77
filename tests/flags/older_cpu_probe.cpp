// Numbers, arrays and scalers, compiled for any x86-64 CPU and for AVX-512. Without std::vector and the like: the
// linker may keep the AVX-512 file's copy of what the standard library has inline.
#include "older_cpu.hpp"

#include <bit>
#include <cstddef>

#include <hifloat/hifloat.hpp>

namespace hf = hifloat;

std::uint64_t HIFLOAT_PROBE() {
  std::uint64_t digest = 0xCBF29CE484222325;  // FNV-1a
  const auto add = [&](std::uint64_t word) { digest = (digest ^ word) * 0x100000001B3; };
  const auto add_float = [&](float x) { add(std::bit_cast<std::uint32_t>(x)); };

  constexpr std::size_t n = 999;
  float x[n];
  for (std::size_t i = 0; i < n; ++i) x[i] = std::bit_cast<float>(static_cast<std::uint32_t>(i) * 0x3FFFFF);
  hf::hif8_t codes[n];
  const hf::QuantizeStats stats = hf::quantize(x, codes, 3.0f);
  add(stats.flushed_to_zero);
  hf::fake_quantize(x, x);
  for (std::size_t i = 0; i < n; ++i) {
    add((codes[i] * codes[n - 1 - i] + hf::hif8_t(x[i])).bits());
    add_float(x[i] < 0.0f ? float(hf::bfloat16(x[i])) : float(hf::binary16(x[i])));
    add(hf::formats::e4m3fn(x[i]).bits());
  }

  hf::DelayedScaler<hf::amax::Max, 16> largest;
  hf::DelayedScaler<hf::amax::Mean, 16> mean(hf::ScalingOptions{.target = 224.0f, .power_of_two = true});
  hf::DelayedScaler<hf::amax::ExpSmooth, 16> smooth;
  hf::DelayedScaler<hf::amax::Percentile, 16> tail;
  for (std::size_t i = 0; i < n; ++i) {
    const auto step = [&](auto& scaler) {
      scaler.observe(static_cast<float>(1 + i * 37 % 101));
      scaler.commit();
      add_float(scaler.scale());
    };
    step(largest), step(mean), step(smooth), step(tail);
  }
  add(tail.quantize(x, codes).stats().demoted);
  hf::diagnostics::TierHistogram histogram;
  histogram.add(x);
  add(histogram.in_tier(3));
  return digest;
}
