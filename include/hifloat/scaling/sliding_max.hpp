// The largest of the last n numbers, one number at a time.
#pragma once

#include <cstddef>
#include <span>

#include <hifloat/config.hpp>

namespace HIFLOAT_NAMESPACE::detail {

/// Words that the maximum over a window takes. All zero is the empty window.
HIFLOAT_KEYED [[nodiscard]] constexpr std::size_t sliding_max_words(std::size_t window) noexcept { return window + 3; }

/// Takes in a number and returns the largest of the last `memory.size() - 3`. O(1) amortised, whatever the window, and
/// without a branch that depends on the data: a monotonic queue takes as many steps, but when its loop ends is a coin
/// toss for the branch predictor. The window is a queue of two stacks, as one ring of slots: those before `next` hold
/// the newer numbers, of which only the maximum counts; those from it on hold, of the older numbers that are still
/// there, the maximum of each and all after it. When no older one is left, the newer ones become the older.
template <class Word>
HIFLOAT_KEYED [[nodiscard]] constexpr Word sliding_max(Word value, std::span<Word> memory) noexcept {
  const auto larger = [](Word a, Word b) { return a < b ? b : a; };
  Word& next = memory[0];
  Word& newer = memory[1];
  const std::span<Word> slots = memory.subspan(2);  // one more than the window, which stays 0
  slots[next] = value;
  ++next;
  newer = larger(newer, value);
  const Word largest = larger(newer, slots[next]);
  if (next + 1 == slots.size()) {
    for (std::size_t i = next; i-- != 0;) slots[i] = larger(slots[i], slots[i + 1]);
    next = 0;
    newer = 0;
  }
  return largest;
}

}  // namespace HIFLOAT_NAMESPACE::detail
