#pragma once
// The binary32 magnitudes at which an encoder of HiFloat8 is most likely to be wrong.

#include "hif8_model.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace codec_test {

inline void add_with_neighbours(std::vector<std::uint32_t>& list, std::uint32_t bits) {
  for (std::uint32_t step = 0; step <= 4; ++step) list.push_back((bits + step - 2) & 0x7FFFFFFFu);
}

// SSR compares F, the first 14 discarded bits, with T, the last 14 bits of the mantissa. They are equal where the
// mantissa below the `kept` bits repeats with the distance between them as its period.
inline void add_ssr_equalities(std::vector<std::uint32_t>& list, int exponent, int kept) {
  const int discarded = 23 - kept;
  const int period = discarded - 14;
  for (std::uint32_t top = 0; top < (1u << kept); ++top) {
    for (std::uint32_t pattern = 0; pattern < (1u << period); ++pattern) {
      std::uint32_t low = 0;
      for (int bit = 0; bit < discarded; ++bit) low |= ((pattern >> (bit % period)) & 1u) << bit;
      const std::uint32_t bits = (static_cast<std::uint32_t>(exponent + 127) << 23) | (top << discarded) | low;
      for (std::uint32_t step = 0; step <= 2; ++step) list.push_back(bits + step - 1);
    }
  }
}

// At e = -23 the leading 1 is F's first bit, F = {1, top 13 bits}: the period is 10, and T's first bit is 1 as well.
inline void add_ssr_equalities_below_smallest(std::vector<std::uint32_t>& list) {
  for (std::uint32_t pattern = 0; pattern < (1u << 10); ++pattern) {
    std::uint32_t mantissa = pattern | (1u << (13 - 10));
    for (int bit = 10; bit < 23; ++bit) mantissa |= ((mantissa >> (bit - 10)) & 1u) << bit;
    for (std::uint32_t step = 0; step <= 2; ++step) list.push_back(((104u << 23) | mantissa) + step - 1);
  }
}

// Sorted, without duplicates, sign bit clear: every value and midpoint +-2 ulp, the edges of every exponent (zero,
// subnormals, infinity and both kinds of NaN among them) +-2 ulp, and the equalities of SSR +-1 ulp.
inline std::vector<std::uint32_t> boundary_magnitudes() {
  std::vector<std::uint32_t> list;
  const auto& values = model::values();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto value = static_cast<float>(values[i].magnitude);
    add_with_neighbours(list, std::bit_cast<std::uint32_t>(value));
    if (i == 0) continue;
    const double below = values[i - 1].magnitude;
    const double gap = values[i].magnitude - below;
    for (const double part : {0.25, 0.5, 0.75}) {
      add_with_neighbours(list, std::bit_cast<std::uint32_t>(static_cast<float>(below + part * gap)));
    }
  }
  for (std::uint32_t exponent = 0; exponent <= 0xFF; ++exponent) {
    add_with_neighbours(list, exponent << 23);
    add_with_neighbours(list, (exponent << 23) | 0x400000u);
  }
  for (std::uint32_t bit = 0; bit < 23; ++bit) {
    list.push_back(1u << bit);                  // subnormals
    list.push_back(0x7F800000u | (1u << bit));  // NaNs, signalling but for the last
    list.push_back(0x7FC00000u | (1u << bit));
  }
  for (int exponent = -22; exponent <= 15; ++exponent) {
    const int size = exponent < 0 ? -exponent : exponent;
    add_ssr_equalities(list, exponent, size <= 3 ? 3 : size <= 7 ? 2 : exponent >= -15 ? 1 : 0);
  }
  add_ssr_equalities_below_smallest(list);
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
  return list;
}

}  // namespace codec_test
