// Philox4x32-7, the counter-based generator behind stochastic rounding of arrays. Source: Salmon, Moraes, Dror, Shaw,
// "Parallel random numbers: as easy as 1, 2, 3" (SC 2011); 7 rounds are the fewest that pass BigCrush there.
#pragma once

#include <cstdint>

#include <hifloat/config.hpp>

namespace HIFLOAT_NAMESPACE {

/// Names the random bits of an array call: element i of the call takes number `first_index + i` of the sequence (seed,
/// stream). The bits of an element depend on nothing else, so results do not change with chunking, threads, SIMD width
/// or device.
struct PhiloxKey {
  std::uint64_t seed = 0;         ///< the generator's key
  std::uint64_t stream = 0;       ///< the upper half of its counter
  std::uint64_t first_index = 0;  ///< number of element 0; eight numbers make a block
};

/// Four 32-bit words.
struct PhiloxBlock {
  std::uint32_t word[4];  ///< in the order of the paper

  /// Word by word.
  HIFLOAT_KEYED friend constexpr bool operator==(const PhiloxBlock&, const PhiloxBlock&) = default;
};

}  // namespace HIFLOAT_NAMESPACE

namespace HIFLOAT_DETAIL_NAMESPACE {

inline constexpr std::uint32_t philox_multiplier0 = 0xD2511F53, philox_multiplier1 = 0xCD9E8D57;
inline constexpr std::uint32_t philox_weyl0 = 0x9E3779B9, philox_weyl1 = 0xBB67AE85;  ///< what keys grow by each round
inline constexpr std::uint32_t philox_rounds = 7;

/// a * b. Device code says so itself: where its compiler sees more of 64 bits, it multiplies all of them.
[[nodiscard]] HIFLOAT_HD constexpr std::uint64_t multiply_wide(std::uint32_t a, std::uint32_t b) noexcept {
#if HIFLOAT_DEVICE_CODE
  if (!__builtin_is_constant_evaluated()) {
    std::uint64_t product;
    asm("mul.wide.u32 %0, %1, %2;" : "=l"(product) : "r"(a), "r"(b));
    return product;
  }
#endif
  return std::uint64_t{a} * b;
}

/// The random bits of the elements from `first` on.
[[nodiscard]] HIFLOAT_HD constexpr PhiloxKey starting_at(PhiloxKey key, std::uint64_t first) noexcept {
  key.first_index += first;
  return key;
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_FUNCTION_NAMESPACE {

/// Philox4x32-7 of counter {lo(block), hi(block), lo(stream), hi(stream)} and key {lo(seed), hi(seed)}. All zero gives
/// 5f6fb709 0d893f64 4f121f81 4f730a48.
[[nodiscard]] HIFLOAT_HD constexpr PhiloxBlock philox4x32_7(std::uint64_t seed, std::uint64_t stream,
                                                            std::uint64_t block) noexcept {
  auto low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
  auto high = [](std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); };
  PhiloxBlock c{{low(block), high(block), low(stream), high(stream)}};
  std::uint32_t key[2] = {low(seed), high(seed)};
  for (std::uint32_t round = 0; round < detail::philox_rounds; ++round) {
    const std::uint64_t p0 = detail::multiply_wide(detail::philox_multiplier0, c.word[0]);
    const std::uint64_t p1 = detail::multiply_wide(detail::philox_multiplier1, c.word[2]);
    c = {{high(p1) ^ c.word[1] ^ key[0], low(p1), high(p0) ^ c.word[3] ^ key[1], low(p0)}};
    key[0] += detail::philox_weyl0;
    key[1] += detail::philox_weyl1;
  }
  return c;
}

/// The 16 random bits of number `index`: lane index % 8 of block index / 8, low half of each word first.
[[nodiscard]] HIFLOAT_HD constexpr std::uint16_t philox_lane(const PhiloxBlock& block, std::uint64_t index) noexcept {
  return static_cast<std::uint16_t>(block.word[index / 2 % 4] >> (index % 2 * 16));
}

/// The 16 random bits of element `i` of a call with this key. One block serves eight neighbours: loops should keep it.
[[nodiscard]] HIFLOAT_HD constexpr std::uint16_t random_bits(const PhiloxKey& key, std::uint64_t i) noexcept {
  const std::uint64_t index = key.first_index + i;
  return philox_lane(philox4x32_7(key.seed, key.stream, index / 8), index);
}

static_assert(philox4x32_7(0, 0, 0) == PhiloxBlock{{0x5f6fb709, 0x0d893f64, 0x4f121f81, 0x4f730a48}});

}  // namespace HIFLOAT_FUNCTION_NAMESPACE
