// What quantizing a tensor returns: its codes together with the one inverse scale that they can be read with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <hifloat/array.hpp>
#include <hifloat/config.hpp>
#include <hifloat/stats.hpp>

namespace HIFLOAT_NAMESPACE {

/// How a tensor was quantized.
class QuantizedInfo {
 public:
  HIFLOAT_KEYED QuantizedInfo() = default;
  /// With what the functions below return.
  HIFLOAT_KEYED QuantizedInfo(float inverse_scale, std::uint64_t epoch, const QuantizeStats& stats,
                              bool own_scale) noexcept
      : inverse_scale_(inverse_scale), own_scale_(own_scale), epoch_(epoch), stats_(stats) {}

  /// value = code * inverse_scale
  HIFLOAT_KEYED [[nodiscard]] float inverse_scale() const noexcept { return inverse_scale_; }
  /// The scaler's epoch at that time.
  HIFLOAT_KEYED [[nodiscard]] std::uint64_t epoch() const noexcept { return epoch_; }
  /// Of the pass that made the codes; its amax is what a scaler wants to observe.
  HIFLOAT_KEYED [[nodiscard]] const QuantizeStats& stats() const noexcept { return stats_; }
  /// The scale came from this tensor's own amax (current scaling, a cold start, a repair), not from the scaler's
  /// history.
  HIFLOAT_KEYED [[nodiscard]] bool has_own_scale() const noexcept { return own_scale_; }

 private:
  float inverse_scale_ = 1.0f;
  bool own_scale_ = false;
  std::uint64_t epoch_ = 0;
  QuantizeStats stats_{};
};

/// A quantized tensor whose codes lie in somebody else's memory.
template <class Code>
class QuantizedView : public QuantizedInfo {
 public:
  HIFLOAT_KEYED QuantizedView() = default;
  /// The codes are not copied.
  HIFLOAT_KEYED QuantizedView(std::span<const Code> codes, const QuantizedInfo& info) noexcept
      : QuantizedInfo(info), codes_(codes) {}

  HIFLOAT_KEYED [[nodiscard]] std::span<const Code> codes() const noexcept { return codes_; }  ///< as they were written
  HIFLOAT_KEYED [[nodiscard]] std::size_t size() const noexcept { return codes_.size(); }      ///< in elements

  /// The values, into a range of the same size, else std::invalid_argument; see decode.
  template <WritableFloatRange X>
  HIFLOAT_KEYED void dequantize(X&& x) const {
    decode(codes_, x, inverse_scale());
  }
  /// The values, as a new vector.
  template <FloatingStorage T = float>
  HIFLOAT_KEYED [[nodiscard]] std::vector<T> dequantize() const {
    std::vector<T> x(codes_.size());
    dequantize(x);
    return x;
  }

 private:
  std::span<const Code> codes_;
};

/// A quantized tensor that owns its codes.
template <class Code>
class Quantized : public QuantizedInfo {
 public:
  HIFLOAT_KEYED Quantized() = default;
  /// Takes the codes over.
  HIFLOAT_KEYED Quantized(std::vector<Code> codes, const QuantizedInfo& info) noexcept
      : QuantizedInfo(info), codes_(std::move(codes)) {}

  /// The codes; of a temporary, in a vector of the caller's.
  /// @{
  HIFLOAT_KEYED [[nodiscard]] const std::vector<Code>& codes() const& noexcept { return codes_; }
  HIFLOAT_KEYED [[nodiscard]] std::vector<Code> codes() && noexcept { return std::move(codes_); }
  /// @}
  HIFLOAT_KEYED [[nodiscard]] std::size_t size() const noexcept { return codes_.size(); }  ///< in elements
  /// The same codes, valid while this object lives.
  HIFLOAT_KEYED [[nodiscard]] QuantizedView<Code> view() const& noexcept { return {codes_, *this}; }
  QuantizedView<Code> view() && = delete;  // its codes would be gone

  /// The values, into a range of the same size, else std::invalid_argument; see decode.
  template <WritableFloatRange X>
  HIFLOAT_KEYED void dequantize(X&& x) const {
    decode(codes_, x, inverse_scale());
  }
  /// The values, as a new vector.
  template <FloatingStorage T = float>
  HIFLOAT_KEYED [[nodiscard]] std::vector<T> dequantize() const {
    return view().template dequantize<T>();
  }

 private:
  std::vector<Code> codes_;
};

}  // namespace HIFLOAT_NAMESPACE
