#pragma once
// Numbers that an array function may meet.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace codec_test {

/// Random bit patterns: every exponent, both signs, NaN, infinities and zeros among them.
inline std::vector<float> hostile_floats(std::size_t n, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<float> x(n);
  for (float& element : x) {
    const std::uint64_t r = random();
    const auto near_one = static_cast<std::uint32_t>((r & 0x807FFFFF) | ((100 + (r >> 32) % 48) << 23));
    const std::uint32_t odd[] = {0u, 0x80000000u, 0x7F800000u, 0xFF800000u, 0x7F800001u, 0xFFC00000u, 1u, 0x7F7FFFFFu};
    const std::uint32_t bits = r % 16 == 0   ? odd[(r >> 40) % 8]
                               : r % 16 == 1 ? static_cast<std::uint32_t>(r >> 16)
                                             : near_one;
    element = std::bit_cast<float>(bits);
  }
  return x;
}

}  // namespace codec_test
