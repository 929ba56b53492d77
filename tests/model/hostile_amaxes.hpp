// Sequences of amaxes that no training run should produce, and some do.
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

namespace model {

enum class Amaxes { Smooth, Spikes, AnyBits, Rising, Falling, FewValues, PowersOfTwo };
inline constexpr Amaxes all_amaxes[] = {Amaxes::Smooth,  Amaxes::Spikes,    Amaxes::AnyBits,    Amaxes::Rising,
                                        Amaxes::Falling, Amaxes::FewValues, Amaxes::PowersOfTwo};

inline std::vector<float> amaxes(Amaxes kind, std::size_t count, std::uint32_t seed) {
  std::mt19937 generator(seed);
  const auto below = [&](std::uint32_t bound) { return generator() % bound; };
  const auto log_uniform = [&](int low, int high) {
    const int exponent = low + static_cast<int>(below(static_cast<std::uint32_t>(high - low)));
    return std::ldexp(1.0f + static_cast<float>(below(1u << 23)) * 0x1p-23f, exponent);
  };
  std::vector<float> trace(count);
  for (std::size_t i = 0; i < count; ++i) {
    const float t = static_cast<float>(i + 1);
    switch (kind) {
      case Amaxes::Smooth: trace[i] = 3.0f + std::sin(t * 0.05f) + log_uniform(-4, -2); break;
      case Amaxes::Spikes: trace[i] = below(20) == 0 ? log_uniform(10, 100) : log_uniform(-1, 1); break;
      case Amaxes::AnyBits: trace[i] = std::bit_cast<float>(static_cast<std::uint32_t>(generator())); break;
      case Amaxes::Rising: trace[i] = t * t; break;
      case Amaxes::Falling: trace[i] = 1e6f / t; break;
      case Amaxes::FewValues: trace[i] = static_cast<float>(1 + below(4)); break;
      case Amaxes::PowersOfTwo: trace[i] = 15.0f * log_uniform(-1, 3); break;
    }
    if (kind == Amaxes::FewValues || kind == Amaxes::Rising || kind == Amaxes::Falling) continue;
    switch (below(25)) {
      case 0: trace[i] = 0.0f; break;
      case 1: trace[i] = -0.0f; break;
      case 2: trace[i] = std::numeric_limits<float>::quiet_NaN(); break;
      case 3: trace[i] = -std::numeric_limits<float>::infinity(); break;
      case 4: trace[i] = std::bit_cast<float>(static_cast<std::uint32_t>(1 + below(0x7FFFFF))); break;  // subnormal
      case 5: trace[i] = -trace[i]; break;
      case 6: trace[i] = std::numeric_limits<float>::max(); break;
      case 7: trace[i] = std::numeric_limits<float>::denorm_min(); break;
      default: break;
    }
  }
  return trace;
}

}  // namespace model
