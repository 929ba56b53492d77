// What quantization did to a tensor, in counts.
#pragma once

#include <cstdint>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>

namespace HIFLOAT_NAMESPACE {

/// Counts over the elements x of one or more `quantize` calls.
struct QuantizeStats {
  std::uint64_t count = 0;  ///< elements
  float amax = 0.0f;  ///< largest |x| of the input, as abs_max: NaN if any x is NaN, else infinity if any is infinite
  /// Finite x whose |x * scale| exceeds the clamp or rounds past the largest value (HiF8: 2^15).
  std::uint64_t overflowed = 0;
  /// Finite x with |x * scale| >= 16 before the clamp: HiF8 leaves fewer than 3 mantissa bits. 0 in other formats.
  std::uint64_t demoted = 0;
  std::uint64_t flushed_to_zero = 0;  ///< finite nonzero x that became 0
  std::uint64_t non_finite = 0;       ///< infinite or NaN x

  /// Merges, in any order with the same result.
  HIFLOAT_KEYED constexpr QuantizeStats& operator+=(const QuantizeStats& other) noexcept {
    count += other.count;
    if (amax_bits() < other.amax_bits()) amax = other.amax;  // as integers, NaN is above infinity
    overflowed += other.overflowed;
    demoted += other.demoted;
    flushed_to_zero += other.flushed_to_zero;
    non_finite += other.non_finite;
    return *this;
  }
  /// Both merged.
  HIFLOAT_KEYED [[nodiscard]] friend constexpr QuantizeStats operator+(QuantizeStats a,
                                                                       const QuantizeStats& b) noexcept {
    return a += b;
  }

  /// Equal counts and the same amax bits.
  HIFLOAT_KEYED [[nodiscard]] friend constexpr bool operator==(const QuantizeStats& a,
                                                               const QuantizeStats& b) noexcept {
    return a.count == b.count && a.amax_bits() == b.amax_bits() && a.overflowed == b.overflowed &&
           a.demoted == b.demoted && a.flushed_to_zero == b.flushed_to_zero && a.non_finite == b.non_finite;
  }

 private:
  HIFLOAT_KEYED [[nodiscard]] constexpr std::uint32_t amax_bits() const noexcept {
    return detail::bit_cast<std::uint32_t>(amax);
  }
};

}  // namespace HIFLOAT_NAMESPACE
