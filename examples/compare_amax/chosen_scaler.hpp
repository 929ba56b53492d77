// A scaler whose algorithm is chosen at run time: one of the library's, whose types say which they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>

#include <hifloat/array.hpp>
#include <hifloat/scaling/scaling.hpp>

namespace compare_amax {

inline constexpr std::size_t exp_smooth_window = 30;

/// What a layer wants of a scaler, of any of these.
class ChosenScaler {
 public:
  using Current = hifloat::CurrentScaler;
  using MostRecent = hifloat::DelayedScaler<hifloat::amax::MostRecent, 1>;
  using ExpSmooth = hifloat::DelayedScaler<hifloat::amax::ExpSmooth, exp_smooth_window>;
  using Max = hifloat::DelayedScaler<hifloat::amax::Max, hifloat::dynamic_window>;
  using Choice = std::variant<Current, MostRecent, ExpSmooth, Max>;

  explicit ChosenScaler(const Choice& scaler) : scaler_(scaler) {}

  [[nodiscard]] const hifloat::ScalingOptions& options() const {
    return std::visit(
        [](const auto& scaler) -> const auto& { return scaler.options(); }, scaler_);
  }
  [[nodiscard]] std::uint64_t epoch() const {
    return std::visit([](const auto& scaler) { return scaler.epoch(); }, scaler_);
  }
  template <hifloat::FloatRange X, hifloat::WritableCodeRange Codes>
  [[nodiscard]] hifloat::QuantizedInfo quantize(const X& x, const Codes& codes) const {
    return std::visit([&](const auto& scaler) -> hifloat::QuantizedInfo { return scaler.quantize(x, codes); }, scaler_);
  }
  void observe(const hifloat::QuantizeStats& stats) {
    std::visit([&](auto& scaler) { scaler.observe(stats); }, scaler_);
  }
  void commit() {
    std::visit([](auto& scaler) { scaler.commit(); }, scaler_);
  }

 private:
  Choice scaler_;
};

}  // namespace compare_amax
