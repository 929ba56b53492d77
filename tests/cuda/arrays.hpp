// What the tests of array calls share.
#pragma once

#include "device.hpp"

#include <hifloat/stats.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

namespace gpu_test {

template <class T>
bool same_bytes(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

inline hifloat::QuantizeStats fetch(const Device<hifloat::QuantizeStats>& stats) { return stats.download()[0]; }

/// Any bits: numbers of all magnitudes, with NaNs and infinities.
template <class T>
std::vector<T> any_numbers(std::size_t n) {
  std::mt19937 generator(2);
  std::vector<T> list(n);
  for (T& x : list) {
    const auto bits = static_cast<std::uint32_t>(generator());
    std::memcpy(static_cast<void*>(&x), &bits, sizeof(T));
  }
  return list;
}

/// Numbers of all magnitudes, without NaN and infinity.
inline std::vector<float> random_floats(std::size_t n) {
  std::mt19937 generator(1);
  std::vector<float> list(n);
  for (float& x : list) {
    x = std::bit_cast<float>(static_cast<std::uint32_t>(generator()) & 0xBFFFFFFF) *
        (generator() % 4 == 0 ? 0.0f : 64.0f);
  }
  return list;
}

}  // namespace gpu_test
