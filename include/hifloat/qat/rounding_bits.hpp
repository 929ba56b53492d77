// The random bits of stochastic rounding over a run that may be stopped and resumed.
#pragma once

#include <cstdint>

#include <hifloat/config.hpp>
#include <hifloat/philox.hpp>

namespace HIFLOAT_NAMESPACE::qat {

/// Names the random bits of a tensor's next elements: the sequence (seed, 4 * step + role), from number `drawn` on. The
/// elements of a step draw one after the other, so that a batch has the same bits in one piece as in several.
struct RoundingBits {
  std::uint64_t seed = 0;   ///< the key's
  std::uint64_t role = 0;   ///< 0..3: tensors with one seed draw apart
  std::uint64_t step = 0;   ///< commits before this one
  std::uint64_t drawn = 0;  ///< elements of this step that had theirs

  /// For the next elements.
  HIFLOAT_KEYED [[nodiscard]] constexpr PhiloxKey key() const noexcept { return {seed, 4 * step + role, drawn}; }
  /// The next step begins.
  HIFLOAT_KEYED constexpr void commit() noexcept {
    ++step;
    drawn = 0;
  }

  /// Member by member.
  HIFLOAT_KEYED friend constexpr bool operator==(const RoundingBits&, const RoundingBits&) = default;
};

}  // namespace HIFLOAT_NAMESPACE::qat
