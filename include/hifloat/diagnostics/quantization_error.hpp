// How far a tensor is from what quantization left of it.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <ranges>

#include <hifloat/array.hpp>
#include <hifloat/config.hpp>
#include <hifloat/diagnostics/numbers.hpp>
#include <hifloat/equal.hpp>
#include <hifloat/error.hpp>

namespace HIFLOAT_NAMESPACE::diagnostics {

/// Figures over the elements that are finite on both sides. What has no meaning (the cosine with a tensor of zeros, an
/// SQNR without a signal) is NaN.
struct QuantizationError {
  std::uint64_t count = 0;        ///< elements compared
  std::uint64_t non_finite = 0;   ///< elements left out, infinite or NaN on either side
  double mse = 0;                 ///< mean (x - y)^2
  double sqnr = 0;                ///< 10 log10(sum x^2 / sum (x - y)^2), in dB; infinite where nothing was lost
  double cosine = 0;              ///< of the angle between the two as vectors
  double max_relative_error = 0;  ///< largest |x - y| / |x| over x != 0
};

}  // namespace HIFLOAT_NAMESPACE::diagnostics

namespace HIFLOAT_DIAGNOSTICS_NAMESPACE {

/// Compares tensors that come in pieces: the figures are those of all pieces added, one after the other. Sums are
/// binary64, from the first element to the last.
class QuantizationErrorSums {
 public:
  /// Two ranges of floating-point numbers. std::invalid_argument: sizes that differ.
  template <FloatRange X, FloatRange Y>
  void add(const X& original, const Y& restored) {
    const std::size_t n = std::ranges::size(original), other = std::ranges::size(restored);
    if (n != other) detail::refuse_sizes("hifloat: original and restored have different sizes: ", n, " and ", other);
    const auto* x = std::ranges::data(original);
    const auto* y = std::ranges::data(restored);
    for (std::size_t i = 0; i < n; ++i) add_pair(detail::to_double(x[i]), detail::to_double(y[i]));
  }

  /// The figures of what was added so far.
  [[nodiscard]] QuantizationError error() const noexcept {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    return {.count = count_,
            .non_finite = non_finite_,
            .mse = count_ != 0 ? noise_ / static_cast<double>(count_) : nan,
            .sqnr = detail::is_zero(signal_)  ? nan
                    : detail::is_zero(noise_) ? std::numeric_limits<double>::infinity()
                                              : 10 * std::log10(signal_ / noise_),
            .cosine = detail::is_zero(signal_) || detail::is_zero(other_)
                          ? nan
                          : product_ / (std::sqrt(signal_) * std::sqrt(other_)),
            .max_relative_error = max_relative_error_};
  }

 private:
  void add_pair(double a, double b) noexcept {
    if (!detail::is_finite(a) || !detail::is_finite(b)) {
      ++non_finite_;
      return;
    }
    ++count_;
    const double difference = a - b;
    signal_ += a * a;
    other_ += b * b;
    product_ += a * b;
    noise_ += difference * difference;
    if (!detail::is_zero(a)) max_relative_error_ = std::fmax(max_relative_error_, std::fabs(difference / a));
  }

  std::uint64_t count_ = 0, non_finite_ = 0;
  double signal_ = 0, noise_ = 0, other_ = 0, product_ = 0, max_relative_error_ = 0;
};

/// Compares two ranges of floating-point numbers of equal size. std::invalid_argument: sizes that differ.
template <FloatRange X, FloatRange Y>
[[nodiscard]] QuantizationError quantization_error(const X& original, const Y& restored) {
  QuantizationErrorSums sums;
  sums.add(original, restored);
  return sums.error();
}

}  // namespace HIFLOAT_DIAGNOSTICS_NAMESPACE
