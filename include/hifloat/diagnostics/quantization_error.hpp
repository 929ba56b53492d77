// How far a tensor is from what quantization left of it.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <ranges>
#include <stdexcept>

#include <hifloat/array.hpp>
#include <hifloat/config.hpp>
#include <hifloat/diagnostics/numbers.hpp>
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

/// Compares two ranges of floating-point numbers of equal size. Sums are binary64, from the first element to the last.
/// std::invalid_argument: sizes that differ.
template <FloatRange X, FloatRange Y>
[[nodiscard]] QuantizationError quantization_error(const X& original, const Y& restored) {
  const std::size_t n = std::ranges::size(original);
  if (n != std::ranges::size(restored)) {
    HIFLOAT_THROW(std::invalid_argument, "hifloat: original and restored have different sizes");
  }
  const auto* x = std::ranges::data(original);
  const auto* y = std::ranges::data(restored);
  QuantizationError error;
  double signal = 0, noise = 0, other = 0, product = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double a = detail::to_double(x[i]), b = detail::to_double(y[i]);
    if (!detail::is_finite(a) || !detail::is_finite(b)) {
      ++error.non_finite;
      continue;
    }
    ++error.count;
    const double difference = a - b;
    signal += a * a;
    other += b * b;
    product += a * b;
    noise += difference * difference;
    if (a != 0) error.max_relative_error = std::fmax(error.max_relative_error, std::fabs(difference / a));
  }
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  error.mse = error.count != 0 ? noise / static_cast<double>(error.count) : nan;
  error.sqnr = signal == 0  ? nan
               : noise == 0 ? std::numeric_limits<double>::infinity()
                            : 10 * std::log10(signal / noise);
  error.cosine = signal == 0 || other == 0 ? nan : product / (std::sqrt(signal) * std::sqrt(other));
  return error;
}

}  // namespace HIFLOAT_DIAGNOSTICS_NAMESPACE
