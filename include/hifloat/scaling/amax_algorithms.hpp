// From a window of amaxes to the estimate that the scale is made from.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <hifloat/config.hpp>
#include <hifloat/error.hpp>
#include <hifloat/scaling/amax_window.hpp>
#include <hifloat/scaling/binary64.hpp>
#include <hifloat/scaling/options.hpp>
#include <hifloat/scaling/scale.hpp>
#include <hifloat/scaling/sliding_max.hpp>
#include <hifloat/simd/float_environment.hpp>

/// Amax algorithms: from a window of amaxes to the estimate of the next one.
namespace HIFLOAT_NAMESPACE::amax {

/// The contract of an algorithm, a small copyable type.
///
/// `double operator()(const AmaxWindowView&) const` is the estimate, from a window of at least one amax. It is called
/// under the default floating-point environment, depends on nothing but the window and the algorithm's own parameters,
/// and must not throw: an exception would leave the step half committed. An estimate that is not positive and finite
/// leaves the scale as it is.
///
/// Optional members:
///  - `void check() const`, called when a scaler is made: std::invalid_argument for parameters that are not allowed;
///  - `push`, the incremental form: see IncrementalAmaxAlgorithm;
///  - for saved states `static constexpr std::string_view id`, a name that no other algorithm has, and for parameters
///    `std::array<double, K> parameters() const` and `static A with_parameters(std::array<double, K>)`. Without them
///    the compiler's name of the type and the object's bytes are saved, which only the same build is sure to
///    understand; two lambdas of one function share a name.
template <class A>
concept AmaxAlgorithm = std::copyable<A> && requires(const A& algorithm, const AmaxWindowView& window) {
  { algorithm(window) } -> std::convertible_to<double>;
};

/// The contract of an incremental form: `double push(double value, double evicted)` takes the newest amax and the one
/// that left the window for it (0: none did), and returns what operator() would return for the new window, to the bit.
/// It may change the object; a scaler keeps a copy as it was given, to start again from. It is called for every amax,
/// also where the scale is recomputed at intervals only.
template <class A>
concept IncrementalAmaxAlgorithm = AmaxAlgorithm<A> && requires(A& algorithm, double value) {
  { algorithm.push(value, value) } -> std::convertible_to<double>;
};

/// The same for an algorithm whose memory grows with the window: the scaler lends it, so that it lies in one piece (for
/// a group: of all tensors). `memory_words(window)` says how many words; all zero is the empty window. Values are
/// binary32 magnitude bits.
template <class A>
concept LentMemoryAmaxAlgorithm = AmaxAlgorithm<A> &&
    requires(const A& algorithm, std::uint32_t bits, std::span<std::uint32_t> memory) {
  { A::memory_words(memory.size()) } -> std::same_as<std::size_t>;
  { algorithm.push(bits, bits, memory) } -> std::same_as<std::uint32_t>;
};

/// The largest in the window.
struct Max {
  static constexpr std::string_view id = "max";  ///< in saved states

  /// The estimate, exact.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD constexpr double operator()(const AmaxWindowView& window) const noexcept {
    std::uint32_t largest = 0;
    window.for_each_bits([&](std::uint32_t bits) { largest = largest < bits ? bits : largest; });
    return detail::widen(largest);
  }

  /// Words of the queue that `push` keeps.
  HIFLOAT_KEYED static constexpr std::size_t memory_words(std::size_t window) noexcept {
    return detail::sliding_max_words(window);
  }
  /// O(1) amortised, whatever the window.
  HIFLOAT_KEYED [[nodiscard]] constexpr std::uint32_t push(std::uint32_t value, std::uint32_t,
                                                           std::span<std::uint32_t> memory) const noexcept {
    return detail::sliding_max(value, memory);
  }
};

/// The newest.
struct MostRecent {
  static constexpr std::string_view id = "most_recent";  ///< in saved states

  /// The estimate, exact.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD constexpr double operator()(const AmaxWindowView& window) const noexcept {
    return window.back();
  }
  /// No words.
  HIFLOAT_KEYED static constexpr std::size_t memory_words(std::size_t) noexcept { return 0; }
  /// The newest amax.
  HIFLOAT_KEYED [[nodiscard]] constexpr std::uint32_t push(std::uint32_t value, std::uint32_t,
                                                           std::span<std::uint32_t>) const noexcept {
    return value;
  }
};

/// The arithmetic mean: the sum, oldest to newest, divided by the number of entries present.
struct Mean {
  static constexpr std::string_view id = "mean";  ///< in saved states

  /// The estimate; each operation rounded once, in binary64.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD double operator()(const AmaxWindowView& window) const noexcept {
    double sum = 0.0;
    window.for_each([&](double amax) { sum = detail::binary64::add(sum, amax); });
    return detail::binary64::divide(sum, static_cast<double>(window.size()));
  }
};

/// Exponential smoothing over the window: e = oldest; then, oldest to newest, e = alpha * a + (1 - alpha) * e.
struct ExpSmooth {
  static constexpr std::string_view id = "exp_smooth";  ///< in saved states
  double alpha = 0.1;                                   ///< weight of a new amax, 0 < alpha <= 1

  /// std::invalid_argument for an alpha outside (0, 1], or NaN.
  HIFLOAT_KEYED void check() const {
    if (!detail::is_share(alpha)) HIFLOAT_THROW(std::invalid_argument, "hifloat: ExpSmooth needs 0 < alpha <= 1");
  }
  /// The estimate; each operation rounded once, in binary64.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD double operator()(const AmaxWindowView& window) const noexcept {
    const double rest = detail::binary64::add(1.0, -alpha);
    double estimate = window[0];
    window.for_each([&](double amax) {
      estimate =
          detail::binary64::add(detail::binary64::multiply(alpha, amax), detail::binary64::multiply(rest, estimate));
    });
    return estimate;
  }
  /// alpha, for saved states.
  HIFLOAT_KEYED [[nodiscard]] constexpr std::array<double, 1> parameters() const noexcept { return {alpha}; }
  /// The algorithm that has these parameters, not checked yet.
  HIFLOAT_KEYED [[nodiscard]] static constexpr ExpSmooth with_parameters(std::array<double, 1> saved) noexcept {
    return {.alpha = saved[0]};
  }
};

/// Nearest rank: the ceil(p * n)-th smallest of n entries, p * n being one binary64 multiplication.
struct Percentile {
  static constexpr std::string_view id = "percentile";  ///< in saved states
  double p = 0.99;                                      ///< 0 < p <= 1

  /// std::invalid_argument for a p outside (0, 1], or NaN.
  HIFLOAT_KEYED void check() const {
    if (!detail::is_share(p)) HIFLOAT_THROW(std::invalid_argument, "hifloat: Percentile needs 0 < p <= 1");
  }
  /// The estimate, exact: one of the entries.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD double operator()(const AmaxWindowView& window) const noexcept {
    const std::size_t wanted = rank(window.size());
    // The bits of the answer, highest first: a bit is set if fewer entries than `wanted` lie below the number that has
    // it. No memory is needed, and each count is a loop that vectorizes.
    std::uint32_t answer = 0;
    for (std::uint32_t bit = 0x40000000u; bit != 0; bit >>= 1) {
      if (count_below(window, answer | bit) < wanted) answer |= bit;
    }
    return detail::widen(answer);
  }

  /// The window in order of size, its length, and the rank.
  HIFLOAT_KEYED static constexpr std::size_t memory_words(std::size_t window) noexcept { return 2 + window; }
  /// The window in order of size: an amax takes the place of the one that left, and those between them move by one.
  HIFLOAT_KEYED [[nodiscard]] std::uint32_t push(std::uint32_t value, std::uint32_t evicted,
                                                 std::span<std::uint32_t> memory) const noexcept {
    std::uint32_t& size = memory[0];
    std::uint32_t& wanted = memory[1];
    std::uint32_t* const sorted = memory.data() + 2;
    if (evicted == 0) {
      sorted[size++] = evicted = 0xFFFFFFFFu;  // what leaves is above all others
      const detail::FloatEnvironment environment;
      wanted = static_cast<std::uint32_t>(rank(size));
    }
    std::uint32_t* const left = std::lower_bound(sorted, sorted + size, evicted);
    std::uint32_t* const place = std::lower_bound(sorted, sorted + size, value);
    if (left < place) {
      std::copy(left + 1, place, left);
      *(place - 1) = value;
    } else {
      std::copy_backward(place, left, left + 1);
      *place = value;
    }
    return sorted[wanted - 1];
  }
  /// p, for saved states.
  HIFLOAT_KEYED [[nodiscard]] constexpr std::array<double, 1> parameters() const noexcept { return {p}; }
  /// The algorithm that has these parameters, not checked yet.
  HIFLOAT_KEYED [[nodiscard]] static constexpr Percentile with_parameters(std::array<double, 1> saved) noexcept {
    return {.p = saved[0]};
  }

 private:
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD HIFLOAT_NOINLINE std::size_t rank(std::size_t size) const noexcept {
    const double position = detail::binary64::multiply(p, static_cast<double>(size));
    const auto below = static_cast<std::size_t>(position);
    return below + (static_cast<double>(below) < position);
  }
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD static constexpr std::size_t count_below(const AmaxWindowView& window,
                                                                                  std::uint32_t bound) noexcept {
    std::size_t count = 0;
    window.for_each_bits([&](std::uint32_t bits) { count += bits < bound; });
    return count;
  }
};

}  // namespace HIFLOAT_NAMESPACE::amax

namespace HIFLOAT_NAMESPACE {
using amax::AmaxAlgorithm;
using amax::IncrementalAmaxAlgorithm;
using amax::LentMemoryAmaxAlgorithm;
}  // namespace HIFLOAT_NAMESPACE
