#pragma once
// Tensors with elements that a quantizer has to clip, gradients to tell their elements apart, and what both go through.

#include <hifloat/hif8.hpp>
#include <hifloat/scaling/amax_algorithms.hpp>
#include <hifloat/scaling/delayed_scaler.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <random>
#include <vector>

namespace clipped_test {

inline constexpr float infinity = std::numeric_limits<float>::infinity();
inline constexpr float quiet_nan = std::numeric_limits<float>::quiet_NaN();

using Dithered = hifloat::hif8<hifloat::rounding::Stochastic>;
using Scaler = hifloat::DelayedScaler<hifloat::amax::Max, 4>;

inline std::uint32_t bits(float x) { return std::bit_cast<std::uint32_t>(x); }

/// Mostly small numbers; here and there one about the largest HiF8, or none.
inline std::vector<float> tensor(std::size_t n, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> x(n);
  for (float& element : x) element = normal(random);
  constexpr float rare[] = {32768.0f, 40959.99f, 40960.0f,  -40960.0f, 40960.01f,
                            -1e30f,   infinity,  -infinity, quiet_nan, 16.0f};
  for (std::size_t i = seed % 50; i < n; i += 300 + random() % 900) x[i] = rare[random() % std::size(rare)];
  return x;
}

inline std::vector<float> gradient_of(std::size_t n) {
  std::vector<float> gradient(n);
  for (std::size_t i = 0; i < n; ++i) gradient[i] = 1.0f + static_cast<float>(i);
  return gradient;
}

}  // namespace clipped_test
