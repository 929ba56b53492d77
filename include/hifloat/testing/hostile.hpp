// Tensors that quantization code stumbles over, the same on every machine for a seed.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/error.hpp>
#include <hifloat/philox.hpp>

namespace HIFLOAT_NAMESPACE::testing {

/// A tensor and what is hostile about it.
struct HostileTensor {
  std::string name;           ///< what is hostile about it, in words
  std::vector<float> values;  ///< as many as were asked for
};

}  // namespace HIFLOAT_NAMESPACE::testing

namespace HIFLOAT_DETAIL_NAMESPACE {

/// Number i of a sequence, 32 bits.
[[nodiscard]] constexpr std::uint32_t random_word(std::uint64_t seed, std::uint64_t i) noexcept {
  return philox4x32_7(seed, 0, i / 4).word[i % 4];
}
/// Uniform on [0, 1), 24 bits.
[[nodiscard]] constexpr float uniform(std::uint64_t seed, std::uint64_t i) noexcept {
  return static_cast<float>(random_word(seed, i) >> 8) * 0x1p-24f;
}

/// About normal: twelve uniform numbers, no function whose last bit depends on the C library.
[[nodiscard]] inline float normal(std::uint64_t seed, std::uint64_t i) noexcept {
  float sum = -6.0f;
  for (std::uint64_t k = 0; k < 12; ++k) sum += uniform(seed, 12 * i + k);
  return sum;
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_TESTING_NAMESPACE {

/// Standard normal values: nothing hostile.
[[nodiscard]] inline std::vector<float> normal_tensor(std::size_t n, std::uint64_t seed) {
  std::vector<float> x(n);
  for (std::size_t i = 0; i < n; ++i) x[i] = detail::normal(seed, i);
  return x;
}

/// One value is `height` times as large as the rest is: its amax says little about them.
[[nodiscard]] inline std::vector<float> one_spike(std::size_t n, std::uint64_t seed, float height = 1000.0f) {
  std::vector<float> x = normal_tensor(n, seed);
  const std::uint64_t place = std::uint64_t{detail::random_word(~seed, 0)} << 32 | detail::random_word(~seed, 1);
  if (n != 0) x[place % n] = height;
  return x;
}

/// Zeros, every other one negative.
[[nodiscard]] inline std::vector<float> all_zero(std::size_t n) {
  std::vector<float> x(n);
  for (std::size_t i = 1; i < n; i += 2) x[i] = -0.0f;
  return x;
}

/// Subnormal numbers of binary32, which flush-to-zero loses and whose exponent wraps around in 8 bits.
[[nodiscard]] inline std::vector<float> subnormal(std::size_t n, std::uint64_t seed) {
  std::vector<float> x(n);
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint32_t bits = 1u + detail::random_word(seed, i) % detail::binary32::mantissa_mask;
    x[i] = detail::bit_cast<float>(bits | (i % 2 != 0 ? detail::binary32::sign_mask : 0));
  }
  return x;
}

/// Normal values with NaN at one place. std::out_of_range for a place past the end.
[[nodiscard]] inline std::vector<float> nan_at(std::size_t n, std::size_t place, std::uint64_t seed) {
  std::vector<float> x = normal_tensor(n, seed);
  if (place >= n) detail::refuse_index("hifloat: a tensor of ", n, " elements has no place ", place);
  x[place] = std::numeric_limits<float>::quiet_NaN();
  return x;
}

/// Magnitudes from 2^-30 to 2^20, each doubling as likely as any other: underflow, all tiers, overflow.
[[nodiscard]] inline std::vector<float> wide_range(std::size_t n, std::uint64_t seed) {
  std::vector<float> x(n);
  for (std::size_t i = 0; i < n; ++i) {
    const float magnitude = std::ldexp(1.0f + detail::uniform(seed, 3 * i),
                                       static_cast<int>(50.0f * detail::uniform(seed, 3 * i + 1)) - 30);
    x[i] = detail::uniform(seed, 3 * i + 2) < 0.5f ? -magnitude : magnitude;
  }
  return x;
}

/// Rows of `channels` values; a channel in sixteen, the first among them, is `height` times as large.
[[nodiscard]] inline std::vector<float> channel_outliers(std::size_t rows, std::size_t channels, std::uint64_t seed,
                                                         float height = 60.0f) {
  std::vector<float> x = normal_tensor(rows * channels, seed);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] *= i % channels % 16 == 0 ? height : 1.0f;
  return x;
}

/// One of each, and an infinity, of n values.
[[nodiscard]] inline std::vector<HostileTensor> hostile_tensors(std::size_t n, std::uint64_t seed) {
  std::vector<HostileTensor> tensors{{"one spike", one_spike(n, seed)},
                                     {"all zero", all_zero(n)},
                                     {"subnormal", subnormal(n, seed)},
                                     {"wide range", wide_range(n, seed)},
                                     {"channel outliers", channel_outliers(n / 64, 64, seed)}};
  std::vector<float>& outliers = tensors.back().values;
  for (std::size_t i = outliers.size(); i < n; ++i) outliers.push_back(detail::normal(seed, i));
  if (n == 0) return tensors;
  tensors.push_back({"NaN in front", nan_at(n, 0, seed)});
  tensors.push_back({"NaN in the middle", nan_at(n, n / 2, seed)});
  tensors.push_back({"NaN at the end", nan_at(n, n - 1, seed)});
  tensors.push_back({"infinity", normal_tensor(n, seed)});
  tensors.back().values[n / 3] = -std::numeric_limits<float>::infinity();
  return tensors;
}

}  // namespace HIFLOAT_TESTING_NAMESPACE
