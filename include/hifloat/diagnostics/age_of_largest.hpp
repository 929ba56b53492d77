// How long ago the largest amax of a window entered it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <hifloat/config.hpp>
#include <hifloat/scaling/sliding_max.hpp>

namespace HIFLOAT_NAMESPACE::detail {

/// Follows the amaxes that enter a scaler's window.
class AgeOfLargest {
 public:
  HIFLOAT_KEYED explicit AgeOfLargest(std::size_t window = 0) { restart(window); }

  /// An empty window of this length.
  HIFLOAT_KEYED void restart(std::size_t window) {
    window_ = window;
    memory_.assign(sliding_max_words(window), 0);
    pushes_ = 0;
  }
  HIFLOAT_KEYED void push(std::uint32_t amax_bits) noexcept {
    // Of equal amaxes the last one counts. Indices begin again after 2^32 pushes.
    const std::uint64_t word = static_cast<std::uint64_t>(amax_bits) << 32 | pushes_;
    index_of_largest_ = static_cast<std::uint32_t>(sliding_max(word, std::span<std::uint64_t>(memory_)));
    ++pushes_;
  }
  HIFLOAT_KEYED [[nodiscard]] std::size_t window() const noexcept { return window_; }
  HIFLOAT_KEYED [[nodiscard]] bool empty() const noexcept { return pushes_ == 0; }
  /// Amaxes that entered after the largest did. Not of an empty window.
  HIFLOAT_KEYED [[nodiscard]] std::uint32_t age() const noexcept { return pushes_ - 1 - index_of_largest_; }

 private:
  std::size_t window_ = 0;
  std::vector<std::uint64_t> memory_{};  ///< of sliding_max: amax bits above the push's index
  std::uint32_t pushes_ = 0, index_of_largest_ = 0;
};

}  // namespace HIFLOAT_NAMESPACE::detail
