#pragma once
// Pairs every policy type of the library with the model's enumerator, so that a test is written once for all of them.

#include "hif8_model.hpp"

#include <hifloat/codec.hpp>

#include <cstdint>
#include <cstdio>
#include <string>
#include <type_traits>

namespace codec_test {

template <class Library, model::Rounding Model>
struct RoundingPair {
  using library = Library;
  static constexpr model::Rounding expected = Model;
  static constexpr bool takes_random = Model == model::Rounding::Stochastic;
};

template <class Library, model::Overflow Model>
struct OverflowPair {
  using library = Library;
  static constexpr model::Overflow expected = Model;
};

template <class Function>
constexpr void for_each_rounding(Function&& function) {
  function(RoundingPair<hifloat::rounding::TiesAway, model::Rounding::TiesAway>{});
  function(RoundingPair<hifloat::rounding::TiesEven, model::Rounding::TiesEven>{});
  function(RoundingPair<hifloat::rounding::TowardZero, model::Rounding::TowardZero>{});
  function(RoundingPair<hifloat::rounding::Hybrid, model::Rounding::Hybrid>{});
  function(RoundingPair<hifloat::rounding::SimplifiedStochastic, model::Rounding::SimplifiedStochastic>{});
  function(RoundingPair<hifloat::rounding::Stochastic, model::Rounding::Stochastic>{});
}

template <class Function>
constexpr void for_each_overflow(Function&& function) {
  function(OverflowPair<hifloat::overflow::Saturate, model::Overflow::Saturate>{});
  function(OverflowPair<hifloat::overflow::Infinity, model::Overflow::Infinity>{});
  function(OverflowPair<hifloat::overflow::SaturateNanToZero, model::Overflow::SaturateNanToZero>{});
}

template <class Function>
constexpr void for_each_policy(Function&& function) {
  for_each_rounding([&](auto rounding) { for_each_overflow([&](auto overflow) { function(rounding, overflow); }); });
}

// The library's encoder for a pair of policies; `random` reaches only the one that takes it.
template <class Rounding, class Overflow, class Number>
constexpr std::uint8_t encode(Rounding, Overflow, Number x, [[maybe_unused]] std::uint16_t random = 0) {
  if constexpr (Rounding::takes_random) {
    return hifloat::encode<typename Rounding::library, typename Overflow::library>(x, random);
  } else {
    return hifloat::encode<typename Rounding::library, typename Overflow::library>(x);
  }
}

inline const char* name(model::Rounding rounding) {
  switch (rounding) {
    case model::Rounding::TiesAway: return "TiesAway";
    case model::Rounding::TiesEven: return "TiesEven";
    case model::Rounding::TowardZero: return "TowardZero";
    case model::Rounding::Hybrid: return "Hybrid";
    case model::Rounding::SimplifiedStochastic: return "SimplifiedStochastic";
    case model::Rounding::Stochastic: return "Stochastic";
  }
  return "?";
}

inline std::string describe(model::Rounding rounding, model::Overflow overflow, std::uint64_t input, int got,
                            int expected, unsigned random) {
  char line[160];
  std::snprintf(line, sizeof line, "%s/%s input 0x%llX random 0x%04X: got 0x%02X, expected 0x%02X", name(rounding),
                name(overflow), static_cast<unsigned long long>(input), random, static_cast<unsigned>(got),
                static_cast<unsigned>(expected));
  return line;
}

// Random bits that differ from input to input but are the same in every run (the finalizer of MurmurHash3).
constexpr std::uint16_t hashed_random(std::uint32_t x) {
  x ^= x >> 16;
  x *= 0x85EBCA6Bu;
  x ^= x >> 13;
  x *= 0xC2B2AE35u;
  x ^= x >> 16;
  return static_cast<std::uint16_t>(x);
}

}  // namespace codec_test
