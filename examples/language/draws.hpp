// Random draws that are the same with every standard library, as std::shuffle and its distributions are not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <hifloat/philox.hpp>

namespace language {

/// What is drawn; draws for different purposes are independent.
enum class Draw : std::uint64_t { order_of_texts, batch, first_batch, wrong_answers, place_of_answer };

/// Draw number `index`: uniform below `bound`, which is at most 2^32.
[[nodiscard]] constexpr std::size_t draw_below(std::size_t bound, std::uint64_t seed, Draw purpose,
                                               std::uint64_t index) {
  const hifloat::PhiloxBlock bits = hifloat::philox4x32_7(seed, static_cast<std::uint64_t>(purpose), index);
  return static_cast<std::size_t>(std::uint64_t{bits.word[0]} * bound >> 32);
}

/// Puts a random choice of `count` elements first, in random order; all of them shuffle the whole. Its draws are
/// numbered from `first_index`.
template <class T>
void choose(std::vector<T>& from, std::size_t count, std::uint64_t seed, Draw purpose, std::uint64_t first_index = 0) {
  for (std::size_t i = 0; i < count; ++i) {
    std::swap(from[i], from[i + draw_below(from.size() - i, seed, purpose, first_index + i)]);
  }
}

}  // namespace language
