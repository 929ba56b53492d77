// A decoder's linear layer on the library's QuantizedLinear, with scalers that are chosen at run time and watched.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <hifloat/diagnostics/scaling_monitor.hpp>
#include <hifloat/qat/qat.hpp>
#include <hifloat/scaling/scaling.hpp>

#include "linear.hpp"

namespace language {

using AnyScaler = hifloat::VariantScaler<hifloat::CurrentScaler, hifloat::DelayedScaler<hifloat::amax::MostRecent, 1>,
                                         hifloat::DelayedScaler<hifloat::amax::ExpSmooth, hifloat::dynamic_window>,
                                         hifloat::DelayedScaler<hifloat::amax::Max, hifloat::dynamic_window>>;

/// In BF16 or HiF8, as `use` says for each step.
class W8A8Linear final : public Linear {
 public:
  using Traits = hifloat::qat::W8A8With<AnyScaler>;
  using Quantized = hifloat::qat::QuantizedLinear<Traits>;
  using Scalers = hifloat::qat::LinearScalers<Traits>;

  /// What the scales did in one role, over the steps in HiF8.
  struct Watch {
    hifloat::diagnostics::ScalingMonitor monitor;  ///< of a delayed scaler: overshoot
    hifloat::QuantizeStats total;                  ///< of any scaler
  };
  enum Role : std::size_t { weight, input, gradient, roles };

  /// Its watches remember so many steps.
  W8A8Linear(std::size_t inputs, std::size_t outputs, const Scalers& scalers, std::size_t history)
      : layer_(inputs, outputs, 0, scalers) {
    watches_.fill({hifloat::diagnostics::ScalingMonitor("", history), {}});
  }

  /// From the next weights on.
  void use(hifloat::qat::Precision precision) { precision_ = precision; }
  [[nodiscard]] const Watch& watch(Role role) const { return watches_[role]; }

  void set_weights(MatrixView<const float> w) override { layer_.set_weights(w, precision_); }
  void forward(MatrixView<const float> x, MatrixView<float> y) override { input_ = layer_.forward(x, y); }
  void evaluate(MatrixView<const float> x, MatrixView<float> y) const override { layer_.evaluate(x, y); }
  void backward(MatrixView<const float> y_gradient, MatrixView<float> x_gradient,
                MatrixView<float> w_gradient) override;
  void commit() override { layer_.commit(); }

  // What a WarmupGate asks for.
  void set_mode(hifloat::ScalingMode mode) { layer_.set_mode(mode); }
  void reset() { layer_.reset(); }

 private:
  Quantized layer_;
  hifloat::qat::Precision precision_ = hifloat::qat::Precision::hif8;
  Quantized::Input input_;
  std::array<Watch, roles> watches_;
};

}  // namespace language
