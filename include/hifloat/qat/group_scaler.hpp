// The tensors of a ScalerGroup as the scalers of layers: one commit, and one reduction over ranks, for all of them.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <hifloat/array.hpp>
#include <hifloat/config.hpp>
#include <hifloat/scale_params.hpp>
#include <hifloat/scaling/quantized.hpp>
#include <hifloat/scaling/scaler_group.hpp>
#include <hifloat/stats.hpp>

namespace HIFLOAT_NAMESPACE::qat {

/// Tensor `index` of a group, which must outlive it. The group commits, for all: commit() of a layer then only ends the
/// layer's step, before or after that. (A layer that is not told keeps its weights; where the group's commit has
/// changed their scale, to use them is std::logic_error.) Mode, reset and state are the group's: a WarmupGate is given
/// the group.
template <class Group = ScalerGroup<>>
class GroupScaler {
 public:
  /// An index past the end is std::out_of_range.
  HIFLOAT_KEYED GroupScaler(Group& group, std::size_t index) : group_(&group), index_(index) {
    (void)group.scale(index);
  }

  /// The tensor's, and the group's, as DelayedScaler has them.
  /// @{
  HIFLOAT_KEYED [[nodiscard]] float scale() const { return group_->scale(index_); }
  HIFLOAT_KEYED [[nodiscard]] float inverse_scale() const { return group_->inverse_scale(index_); }
  HIFLOAT_KEYED [[nodiscard]] std::uint64_t epoch() const { return group_->epoch(index_); }
  HIFLOAT_KEYED [[nodiscard]] bool is_cold() const { return group_->is_cold(index_); }
  HIFLOAT_KEYED [[nodiscard]] ScalingMode mode() const noexcept { return group_->mode(); }
  HIFLOAT_KEYED [[nodiscard]] const ScalingOptions& options() const noexcept { return group_->options(); }
  /// @}

  /// As Quantizes says.
  /// @{
  template <FloatRange X, WritableCodeRange Codes, class... Key>
  HIFLOAT_KEYED auto quantize(const X& x, Codes&& codes, const Key&... key) const {
    return group_->tensor(index_).quantize(x, std::forward<Codes>(codes), key...);
  }
  template <class Code = hif8_t, FloatRange X, WritableRangeOf<X> Y, class... Key>
  HIFLOAT_KEYED QuantizeStats fake_quantize(const X& x, Y&& y, const Key&... key) const {
    return group_->tensor(index_).template fake_quantize<Code>(x, std::forward<Y>(y), key...);
  }
  template <std::invocable FiniteAmax, std::invocable<ScaleParams> Pass>
  HIFLOAT_KEYED QuantizedInfo quantize_in_passes(const FiniteAmax& finite_amax, const Pass& pass) const {
    return group_->tensor(index_).quantize_in_passes(finite_amax, pass);
  }
  template <FloatRange X>
  HIFLOAT_KEYED [[nodiscard]] ScaleParams params_for(const X& x) const {
    return group_->tensor(index_).params_for(x);
  }
  /// @}

  /// Merges an amax of this step into the group's for this tensor.
  /// @{
  HIFLOAT_KEYED void observe(float amax) { group_->observe(index_, amax); }
  HIFLOAT_KEYED void observe(const QuantizeStats& stats) { group_->observe(index_, stats); }
  /// @}
  HIFLOAT_KEYED static void commit() noexcept {}  ///< nothing: the group commits

 private:
  Group* group_;
  std::size_t index_;
};

}  // namespace HIFLOAT_NAMESPACE::qat
