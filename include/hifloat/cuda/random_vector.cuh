// The random bits of eight neighbouring elements at once.
#pragma once

#include <cstdint>

#include <hifloat/config.hpp>
#include <hifloat/philox.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE::gpu {

/// Those of the elements i..i+7 of a call. One block of Philox serves them if the index is a multiple of eight, else
/// two: which it is, is the same for a whole kernel.
template <bool Needed>
class RandomVector {
 public:
  [[nodiscard]] HIFLOAT_HD static bool are_whole_blocks(const PhiloxKey& key, std::uint64_t first) noexcept {
    return (key.first_index + first) % 8 == 0;
  }
  HIFLOAT_HD RandomVector(const PhiloxKey& key, std::uint64_t i, bool whole_block) noexcept {
    const std::uint64_t index = key.first_index + i;
    const auto offset = static_cast<unsigned>(index % 8);
    const PhiloxBlock block = philox4x32_7(key.seed, key.stream, index / 8);
    if (whole_block) {
      HIFLOAT_UNROLL
      for (unsigned k = 0; k < 4; ++k) word_[k] = block.word[k];
      return;
    }
    const PhiloxBlock next = philox4x32_7(key.seed, key.stream, (index + 8) / 8);
    std::uint32_t words[8];
    HIFLOAT_UNROLL
    for (unsigned k = 0; k < 4; ++k) {
      words[k] = block.word[k];
      words[k + 4] = next.word[k];
    }
    // In steps that the index decides, so that the words stay in registers.
    if ((offset & 4) != 0) shift<2>(words);
    if ((offset & 2) != 0) shift<1>(words);
    HIFLOAT_UNROLL
    for (unsigned k = 0; k < 4; ++k) {
      word_[k] = (offset & 1) != 0 ? words[k] >> 16 | words[k + 1] << 16 : words[k];
    }
  }

  [[nodiscard]] HIFLOAT_HD std::uint16_t operator[](unsigned j) const noexcept {
    return static_cast<std::uint16_t>(word_[j / 2] >> (j % 2 * 16));
  }

 private:
  template <unsigned By>
  HIFLOAT_HD static void shift(std::uint32_t (&words)[8]) noexcept {
    HIFLOAT_UNROLL
    for (unsigned k = 0; k + By < 8; ++k) words[k] = words[k + By];
  }

  std::uint32_t word_[4];
};
template <>
class RandomVector<false> {
 public:
  [[nodiscard]] HIFLOAT_HD static bool are_whole_blocks(const PhiloxKey&, std::uint64_t) noexcept { return true; }
  HIFLOAT_HD RandomVector(const PhiloxKey&, std::uint64_t, bool) noexcept {}
  [[nodiscard]] HIFLOAT_HD std::uint16_t operator[](unsigned) const noexcept { return 0; }
};

}  // namespace HIFLOAT_DETAIL_NAMESPACE::gpu
