// Memory for the CUDA part's tests, and what to put there.
#pragma once

#include "boundary_floats.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <type_traits>
#include <vector>

namespace cuda_test {

inline constexpr std::uint8_t poison = 0xA5;

/// Elements at any distance from an aligned address, with poison around them.
template <class T>
class Guarded {
 public:
  Guarded(std::size_t n, std::size_t misaligned) : bytes_(64 + (n + misaligned) * sizeof(T) + 64, poison) {
    const auto address = reinterpret_cast<std::uintptr_t>(bytes_.data());
    first_ = reinterpret_cast<T*>(bytes_.data() + (32 - address % 16)) + misaligned;
    n_ = n;
  }
  T* data() { return first_; }
  [[nodiscard]] std::span<T> all() { return {first_, n_}; }
  [[nodiscard]] bool guards_hold() const {
    const auto begin = reinterpret_cast<const std::uint8_t*>(first_), end = begin + n_ * sizeof(T);
    return std::all_of(bytes_.data(), begin, [](auto b) { return b == poison; }) &&
           std::all_of(end, bytes_.data() + bytes_.size(), [](auto b) { return b == poison; });
  }

 private:
  std::vector<std::uint8_t> bytes_;
  T* first_;
  std::size_t n_;
};

/// Numbers that hit boundaries, all exponents, specials and zeros.
template <class T>
std::vector<T> hostile(std::size_t n, std::uint32_t seed) {
  static const std::vector<std::uint32_t> boundaries = codec_test::boundary_magnitudes();
  std::mt19937 generator(seed);
  std::vector<T> list(n);
  for (T& x : list) {
    const std::uint32_t bits = static_cast<std::uint32_t>(generator());
    const std::uint32_t boundary = boundaries[generator() % boundaries.size()] | (bits & 0x80000000u);
    if constexpr (std::is_same_v<T, float>) {
      constexpr std::uint32_t specials[] = {0,          0x80000000, 0x7F800000, 0xFF800000,
                                            0x7F800001, 0xFFC12345, 1,          0x807FFFFF};
      x = std::bit_cast<float>(bits % 4 == 0 ? specials[bits / 4 % 8] : bits % 4 == 1 ? boundary : bits);
    } else {
      x = bits % 4 == 1 ? T(std::bit_cast<float>(boundary)) : T::from_bits(static_cast<std::uint16_t>(bits >> 8));
      if (bits % 64 == 2) x = T::from_bits(0);
    }
  }
  return list;
}

}  // namespace cuda_test
