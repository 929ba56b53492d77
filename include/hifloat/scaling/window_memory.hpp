// The memory of windows: of one tensor's, and of all that a group has.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <hifloat/config.hpp>
#include <hifloat/error.hpp>
#include <hifloat/scaling/amax_algorithms.hpp>
#include <hifloat/scaling/amax_window.hpp>

namespace HIFLOAT_NAMESPACE::detail {

/// The memory of one tensor's window: the ring, the words that an algorithm borrows, and the algorithm itself where it
/// keeps its own state.
template <class A>
struct TensorMemory {
  std::span<float> ring;
  std::span<std::uint32_t> lent;
  A* running;
};

/// Words that an algorithm borrows for a window.
template <class A>
HIFLOAT_KEYED [[nodiscard]] constexpr std::size_t lent_words(std::size_t window) noexcept {
  if constexpr (LentMemoryAmaxAlgorithm<A>) {
    return A::memory_words(window);
  } else {
    return 0;
  }
}

/// The memory of one window of compile-time length, inside the object.
template <class A, std::size_t Window>
class WindowStorage {
 public:
  HIFLOAT_KEYED explicit WindowStorage(const A& algorithm, std::size_t = Window) : running_(algorithm) {}
  HIFLOAT_KEYED [[nodiscard]] static constexpr std::size_t window() noexcept { return Window; }
  HIFLOAT_KEYED [[nodiscard]] TensorMemory<A> memory() noexcept { return {ring_, lent_, &running_}; }
  HIFLOAT_KEYED [[nodiscard]] std::span<const float> ring() const noexcept { return ring_; }

 private:
  std::array<float, Window> ring_{};
  std::array<std::uint32_t, lent_words<A>(Window)> lent_{};
  A running_;
};

/// The same with a length chosen at run time. What is moved from has no memory to give: std::logic_error.
template <class A>
class WindowStorage<A, dynamic_window> {
 public:
  HIFLOAT_KEYED WindowStorage(const A& algorithm, std::size_t window)
      : ring_(window), lent_(lent_words<A>(window)), running_(algorithm) {}
  HIFLOAT_KEYED [[nodiscard]] std::size_t window() const noexcept { return ring_.size(); }
  HIFLOAT_KEYED [[nodiscard]] TensorMemory<A> memory() {
    check_present();
    return {ring_, lent_, &running_};
  }
  HIFLOAT_KEYED [[nodiscard]] std::span<const float> ring() const {
    check_present();
    return ring_;
  }

 private:
  HIFLOAT_KEYED void check_present() const {
    if (ring_.empty()) HIFLOAT_THROW(std::logic_error, "hifloat: this scaler was moved from: its window is gone");
  }

  std::vector<float> ring_;
  std::vector<std::uint32_t> lent_;
  A running_;
};

/// The windows of `tensors` tensors, one piece of memory for each kind of content.
template <class A>
class GroupStorage {
 public:
  HIFLOAT_KEYED GroupStorage(const A& algorithm, std::size_t window, std::size_t tensors)
      : window_(window),
        lent_words_(lent_words<A>(window)),
        rings_(window * tensors),
        lent_(lent_words_ * tensors),
        running_(IncrementalAmaxAlgorithm<A> ? tensors : 0, algorithm) {}

  HIFLOAT_KEYED [[nodiscard]] std::size_t window() const noexcept { return window_; }
  HIFLOAT_KEYED [[nodiscard]] TensorMemory<A> memory(std::size_t i) noexcept {
    return {std::span(rings_).subspan(i * window_, window_), std::span(lent_).subspan(i * lent_words_, lent_words_),
            IncrementalAmaxAlgorithm<A> ? &running_[i] : nullptr};
  }
  HIFLOAT_KEYED [[nodiscard]] std::span<const float> ring(std::size_t i) const noexcept {
    return std::span(rings_).subspan(i * window_, window_);
  }

 private:
  std::size_t window_;
  std::size_t lent_words_;
  std::vector<float> rings_;
  std::vector<std::uint32_t> lent_;
  std::vector<A> running_;
};

}  // namespace HIFLOAT_NAMESPACE::detail

namespace HIFLOAT_DETAIL_NAMESPACE {

inline constexpr std::size_t largest_window = std::size_t{1} << 30;

inline void check_window(std::size_t window) {
  if (window == 0) HIFLOAT_THROW(std::invalid_argument, "hifloat: the window must hold at least one amax");
  if (window > largest_window)
    HIFLOAT_THROW(std::invalid_argument, "hifloat: the window must hold at most 2^30 amaxes");
}

/// Leaves the algorithm with what it keeps of an empty window.
template <class A>
void forget(const A& algorithm, const TensorMemory<A>& memory) {
  for (std::uint32_t& word : memory.lent) word = 0;
  if constexpr (IncrementalAmaxAlgorithm<A>) *memory.running = algorithm;
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
