// What a user may choose about scaling, and what is allowed.
#pragma once

#include <cstdint>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/error.hpp>
#include <hifloat/scale_params.hpp>

namespace HIFLOAT_NAMESPACE {

/// What a scaler does before its first commit.
namespace cold_start {
/// Every tensor is quantized with its own finite amax; scale() is 1. The delay begins with the first commit that has an
/// amax.
struct FirstAmax {};
/// Every tensor is quantized with this scale; a power of two where ScalingOptions::power_of_two is set.
struct Fixed {
  float scale = 1.0f;  ///< in [2^-126, 2^126]
};
}  // namespace cold_start

/// One of the policies of namespace cold_start.
class ColdStart {
 public:
  /// The default.
  HIFLOAT_KEYED constexpr ColdStart(cold_start::FirstAmax = {}) noexcept {}
  /// Its scale is checked by the scaler that takes it.
  HIFLOAT_KEYED constexpr ColdStart(cold_start::Fixed fixed) noexcept : uses_first_amax_(false), scale_(fixed.scale) {}

  /// FirstAmax, not Fixed.
  HIFLOAT_KEYED [[nodiscard]] constexpr bool uses_first_amax() const noexcept { return uses_first_amax_; }
  /// scale() of a scaler that has committed nothing: 1 with FirstAmax.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD constexpr float scale() const noexcept { return scale_; }

  /// Member by member.
  HIFLOAT_KEYED friend constexpr bool operator==(const ColdStart&, const ColdStart&) = default;

 private:
  bool uses_first_amax_ = true;
  float scale_ = 1.0f;
};

/// What a scaler does with amaxes and data.
enum class ScalingMode : std::uint8_t {
  Track,     ///< observe, commit, quantize
  Frozen,    ///< the scale is fixed and used even while cold: observe and commit record nothing, nothing is repaired
  Calibrate  ///< observe and commit as in Track; data passes through unquantized
};

/// scale = target / estimate * 2^-margin. Values that are not allowed are std::invalid_argument where a scaler is made.
struct ScalingOptions {
  /// Where the estimated amax lands. Finite, positive, normal. 15 is the top of the tier with 3 mantissa bits;
  /// gradients often take 224. Values beyond it only lose mantissa bits; past 2^15 the overflow policy acts.
  float target = 15.0f;
  /// Limits |x * scale| before rounding: no_clamp, or a finite positive HiF8 value.
  float clamp = no_clamp;
  /// Binary orders of headroom, -126..126.
  int margin = 0;
  /// The scale is rounded down to a power of two. A smaller one is taken at once, a larger one when it is exceeded by a
  /// quarter.
  bool power_of_two = false;
  /// Recompute the scale at the first and then every `interval`-th amax; at least 1.
  int interval = 1;
  /// Bound on amax * scale / target past which that one tensor is quantized again with its own amax; 0: never. A tensor
  /// with a non-finite element is left as it is: its step is dropped anyway.
  float repair = 0.0f;
  /// What happens before the first amax is committed.
  ColdStart cold_start{};

  /// Member by member.
  HIFLOAT_KEYED friend constexpr bool operator==(const ScalingOptions&, const ScalingOptions&) = default;
};

}  // namespace HIFLOAT_NAMESPACE

namespace HIFLOAT_DETAIL_NAMESPACE {

// Comparisons are on bits: they hold under -ffast-math, and a NaN or a negative number fails them.

[[nodiscard]] constexpr bool is_positive_normal(float x) noexcept {
  const std::uint32_t bits = bit_cast<std::uint32_t>(x);
  return bits >= binary32::smallest_normal && bits < binary32::infinity;
}

/// 0 < x <= 1.
[[nodiscard]] constexpr bool is_share(double x) noexcept {
  const std::uint64_t bits = bit_cast<std::uint64_t>(x);
  return bits != 0 && bits <= bit_cast<std::uint64_t>(1.0);
}

inline void check(const ScalingOptions& options) {
  if (!is_positive_normal(options.target)) {
    HIFLOAT_THROW(std::invalid_argument, "hifloat: the scaling target must be a finite positive normal number");
  }
  check_clamp(options.clamp);
  if (options.margin < -126 || options.margin > 126) {
    HIFLOAT_THROW(std::invalid_argument, "hifloat: the scaling margin must lie in -126..126");
  }
  if (options.interval < 1) HIFLOAT_THROW(std::invalid_argument, "hifloat: the scaling interval must be at least 1");
  if (bit_cast<std::uint32_t>(options.repair) != 0 && !is_positive_normal(options.repair)) {
    HIFLOAT_THROW(std::invalid_argument, "hifloat: the repair bound must be a finite positive number, or 0 for none");
  }
  const float scale = options.cold_start.scale();
  if (!is_valid_scale(scale))
    HIFLOAT_THROW(std::invalid_argument, "hifloat: a fixed cold-start scale must lie in [2^-126, 2^126]");
  if (options.power_of_two && !is_power_of_two(scale)) {
    HIFLOAT_THROW(std::invalid_argument, "hifloat: with power-of-two scales, a fixed cold-start scale must be one");
  }
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
