// Positive numbers of any size in constant memory: a histogram with 32 bins in each doubling.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>

namespace HIFLOAT_NAMESPACE::diagnostics {

/// Quantiles of it are off by at most one part in 60; numbers outside [2^-32, 2^32) count in the bins at the ends.
class LogHistogram {
 public:
  /// A positive number or infinity.
  HIFLOAT_KEYED void add(float x) noexcept {
    const auto bin = static_cast<std::int32_t>(detail::bit_cast<std::uint32_t>(x) >> dropped_bits) - first_bin;
    ++bins_[static_cast<std::size_t>(bin < 0 ? 0 : bin < count_of_bins ? bin : count_of_bins - 1)];
  }
  /// Numbers added so far.
  HIFLOAT_KEYED [[nodiscard]] std::uint64_t count() const noexcept {
    std::uint64_t sum = 0;
    for (const std::uint64_t n : bins_) sum += n;
    return sum;
  }
  /// The middle of the bin that holds the ceil(p * n)-th smallest of n numbers, 0 < p <= 1; NaN if there are none.
  HIFLOAT_KEYED [[nodiscard]] double quantile(double p) const noexcept {
    const double wanted = std::ceil(p * static_cast<double>(count()));
    double below = 0;
    for (std::size_t i = 0; i < bins_.size(); ++i) {
      below += static_cast<double>(bins_[i]);
      if (bins_[i] != 0 && below >= wanted) return middle(i);
    }
    return std::numeric_limits<double>::quiet_NaN();
  }

 private:
  static constexpr int dropped_bits = detail::binary32::mantissa_width - 5;
  static constexpr std::int32_t first_bin = (detail::binary32::bias - 32) << 5, count_of_bins = 64 << 5;

  HIFLOAT_KEYED [[nodiscard]] static double middle(std::size_t bin) noexcept {
    const std::uint32_t first = (static_cast<std::uint32_t>(bin) + first_bin) << dropped_bits;
    return static_cast<double>(detail::bit_cast<float>(first | 1u << (dropped_bits - 1)));
  }
  std::array<std::uint64_t, count_of_bins> bins_{};
};

}  // namespace HIFLOAT_NAMESPACE::diagnostics
