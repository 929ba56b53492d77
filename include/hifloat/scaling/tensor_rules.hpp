// The rules by which one tensor's scale follows its amaxes, written once: DelayedScaler applies them to one tensor,
// ScalerGroup to many.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/scale_params.hpp>
#include <hifloat/scaling/amax_algorithms.hpp>
#include <hifloat/scaling/amax_window.hpp>
#include <hifloat/scaling/options.hpp>
#include <hifloat/scaling/scale.hpp>
#include <hifloat/scaling/window_memory.hpp>
#include <hifloat/simd/float_environment.hpp>

namespace HIFLOAT_NAMESPACE::detail {

/// What a tensor's scaler remembers besides its window.
struct TensorState {
  float scale = 1.0f;
  float inverse_scale = 1.0f;
  std::uint64_t epoch = 0;    ///< changes of the scale's bits
  std::uint64_t pushes = 0;   ///< amaxes that entered the window since the last reset
  std::uint64_t dropped = 0;  ///< steps lost to a non-finite amax since the last reset
  std::size_t oldest = 0;     ///< where the window begins in its ring
  std::size_t size = 0;       ///< entries in the window
  double estimate = 0.0;      ///< that `scale` was made from; 0: none. Saves making the same scale again

  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD constexpr bool is_cold() const noexcept { return pushes == 0; }
};

/// Which commits count: each numbered step once.
struct StepCounter {
  bool any = false;
  std::uint64_t last = 0;

  /// False for a step at or before the last one.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD constexpr bool accepts(std::uint64_t step) const noexcept {
    return !any || step > last;
  }
  HIFLOAT_KEYED friend constexpr bool operator==(const StepCounter&, const StepCounter&) = default;
};

}  // namespace HIFLOAT_NAMESPACE::detail

namespace HIFLOAT_DETAIL_NAMESPACE {

template <class A>
void check_algorithm(const A& algorithm) {
  if constexpr (requires { algorithm.check(); }) algorithm.check();
}

/// Calls `function(argument...)` under the default floating-point environment, by a pointer that the compiler can't see
/// through: no floating-point operation leaves the call.
template <class... Arguments>
[[nodiscard]] double call_under_default_environment(double (*function)(Arguments...), Arguments... arguments) {
  double (*volatile opaque)(Arguments...) = function;
  const FloatEnvironment environment;
  return opaque(arguments...);
}

template <class A>
[[nodiscard]] double estimate_window(const A* algorithm, const AmaxWindowView* window) {
  return static_cast<double>((*algorithm)(*window));
}
template <class A>
[[nodiscard]] double push_amax(A* running, double value, double evicted) {
  return static_cast<double>(running->push(value, evicted));
}

/// Where in its ring the newest amax goes: over the oldest, if the ring is full.
[[nodiscard]] HIFLOAT_HD inline std::size_t advance(TensorState& tensor, std::size_t window) noexcept {
  const std::size_t end = tensor.oldest + tensor.size;
  const std::size_t position = end < window ? end : end - window;
  if (tensor.size < window) {
    ++tensor.size;
  } else {
    tensor.oldest = tensor.oldest + 1 < window ? tensor.oldest + 1 : 0;
  }
  return position;
}

/// Returns the bits of what had to go, 0 for none.
inline std::uint32_t push_to_ring(TensorState& tensor, std::span<float> ring, std::uint32_t bits) noexcept {
  const bool full = tensor.size == ring.size();
  float& place = ring[advance(tensor, ring.size())];
  const std::uint32_t evicted = full ? bit_cast<std::uint32_t>(place) : 0;
  place = bit_cast<float>(bits);
  return evicted;
}

/// Tells an incremental form about the newest amax. Returns its estimate; 0 if there is no such form.
template <class A>
double follow(const A& algorithm, const TensorMemory<A>& memory, std::uint32_t bits, std::uint32_t evicted) {
  if constexpr (LentMemoryAmaxAlgorithm<A>) {
    return widen(algorithm.push(bits, evicted, memory.lent));
  } else if constexpr (IncrementalAmaxAlgorithm<A>) {
    return call_under_default_environment(&push_amax<A>, memory.running, widen(bits), widen(evicted));
  } else {
    return 0.0;
  }
}

/// A tensor of which nothing was committed.
[[nodiscard]] HIFLOAT_HD inline TensorState cold_tensor(const ScalingOptions& options) noexcept {
  return {.scale = options.cold_start.scale(), .inverse_scale = reciprocal(options.cold_start.scale())};
}

HIFLOAT_HD inline void set_scale(TensorState& tensor, float scale) noexcept {
  if (bit_cast<std::uint32_t>(scale) == bit_cast<std::uint32_t>(tensor.scale)) return;
  tensor.scale = scale;
  tensor.inverse_scale = reciprocal(scale);
  ++tensor.epoch;
}

/// Forgets everything but the epoch, which goes on rising: codes of before must not pass for codes of after. The window
/// becomes empty.
HIFLOAT_HD inline void reset(const ScalingOptions& options, TensorState& tensor) noexcept {
  const TensorState before = tensor;
  tensor = TensorState{.scale = before.scale, .inverse_scale = before.inverse_scale, .epoch = before.epoch};
  set_scale(tensor, options.cold_start.scale());
}
template <class A>
void reset(const ScalingOptions& options, const A& algorithm, TensorState& tensor, const TensorMemory<A>& memory) {
  reset(options, tensor);
  forget(algorithm, memory);
}

/// Makes the window anew, from amaxes, oldest to newest, without a commit: after loading and resizing. The newest that
/// it holds stay.
template <class A>
void refill(const A& algorithm, TensorState& tensor, const TensorMemory<A>& memory, std::span<const float> amaxes) {
  tensor.oldest = 0;
  tensor.size = 0;
  forget(algorithm, memory);
  for (const float amax : amaxes) {
    const auto bits = bit_cast<std::uint32_t>(amax);
    follow(algorithm, memory, bits, push_to_ring(tensor, memory.ring, bits));
  }
}

// A step has three parts; between them the window and the estimate are made, which a GPU does in another way.

/// Whether the maximum of the magnitude bits that were observed is an amax for the window.
[[nodiscard]] HIFLOAT_HD inline bool accepts(TensorState& tensor, std::uint32_t staged) noexcept {
  if (staged >= binary32::infinity) ++tensor.dropped;
  return staged != 0 && staged < binary32::infinity;  // zero: nothing was observed, or only zeros
}

/// Counts the amax; whether the scale is recomputed now.
[[nodiscard]] HIFLOAT_HD inline bool is_due(const ScalingOptions& options, TensorState& tensor) noexcept {
  ++tensor.pushes;
  return options.interval == 1 || tensor.pushes == 1 || tensor.pushes % static_cast<unsigned>(options.interval) == 0;
}

/// Makes the next scale.
HIFLOAT_HD inline void take_estimate(const ScalingOptions& options, TensorState& tensor, double estimate) noexcept {
  if (bit_cast<std::uint64_t>(estimate) == bit_cast<std::uint64_t>(tensor.estimate) || !is_positive_finite(estimate))
    return;
  set_scale(tensor, next_scale(options, estimate, tensor.scale, tensor.pushes == 1));
  tensor.estimate = estimate;
}

/// One step with the maximum of the magnitude bits that were observed.
template <class A>
void commit(const ScalingOptions& options, const A& algorithm, TensorState& tensor, const TensorMemory<A>& memory,
            std::uint32_t staged) {
  if (!accepts(tensor, staged)) return;
  const std::uint32_t evicted = push_to_ring(tensor, memory.ring, staged);
  double estimate = follow(algorithm, memory, staged, evicted);
  if (!is_due(options, tensor)) return;
  if constexpr (!LentMemoryAmaxAlgorithm<A> && !IncrementalAmaxAlgorithm<A>) {
    const AmaxWindowView window(memory.ring, tensor.oldest, tensor.size);
    estimate = call_under_default_environment(&estimate_window<A>, &algorithm, &window);
  }
  take_estimate(options, tensor, estimate);
}

/// The entries of a window, oldest to newest.
[[nodiscard]] inline std::vector<float> entries(const TensorState& tensor, std::span<const float> ring) {
  const AmaxWindowView window(ring, tensor.oldest, tensor.size);
  std::vector<float> copy(window.older().begin(), window.older().end());
  copy.insert(copy.end(), window.newer().begin(), window.newer().end());
  return copy;
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
