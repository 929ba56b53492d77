// What a layer computes in.
#pragma once

#include <cstdint>

#include <hifloat/config.hpp>

/// The pieces of quantization-aware training.
namespace HIFLOAT_NAMESPACE::qat {

/// What the operands of a layer's products are rounded to in a step. A WarmupGate and a LayerPolicy each give one.
enum class Precision : std::uint8_t {
  bf16,  ///< bfloat16, unscaled
  hif8   ///< HiF8, under the scalers' scales
};

/// HiF8 where both allow it: `both(gate.precision(), policy.precision(block, blocks, "attention"))`.
HIFLOAT_KEYED [[nodiscard]] constexpr Precision both(Precision a, Precision b) noexcept {
  return a == Precision::hif8 && b == Precision::hif8 ? Precision::hif8 : Precision::bf16;
}

}  // namespace HIFLOAT_NAMESPACE::qat
