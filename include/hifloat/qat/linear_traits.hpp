// What may be chosen about a quantized layer. Each choice is a member of a traits type; name those that differ:
//
//   struct Dithered : qat::W8A8 { using GradientCode = hif8<rounding::Stochastic>; };
//   qat::QuantizedLinear<Dithered> layer(inputs, outputs, seed);
#pragma once

#include <hifloat/config.hpp>
#include <hifloat/executor.hpp>
#include <hifloat/hif8.hpp>
#include <hifloat/qat/tensor_quantizer.hpp>
#include <hifloat/scaling/delayed_scaler.hpp>
#include <hifloat/scaling/options.hpp>

namespace HIFLOAT_NAMESPACE::qat {

/// The defaults, and the contract. The roles are weight, input and gradient (that of the output); for each of them:
///  - a code type, a hif8 of any policies: how it is rounded;
///  - a scaler type, a ScalerOf these codes;
///  - the options of the scaler, where it is made of options alone.
/// `Executor` is whose threads quantize and multiply.
struct W8A8 {
  using WeightCode = hif8_t;                                           ///< how weights are rounded
  using InputCode = hif8_t;                                            ///< how x is
  using GradientCode = hif8_t;                                         ///< how the gradient of y is
  using WeightScaler = DelayedScaler<>;                                ///< of the weights
  using InputScaler = DelayedScaler<>;                                 ///< of x
  using GradientScaler = DelayedScaler<>;                              ///< of the gradient of y
  using Executor = executor::Serial;                                   ///< the calling thread
  static constexpr ScalingOptions weight_scaling{.target = 15.0f};     ///< the top of the tier with 3 mantissa bits
  static constexpr ScalingOptions input_scaling{.target = 15.0f};      ///< the same
  static constexpr ScalingOptions gradient_scaling{.target = 224.0f};  ///< of wider range than the other two
};

/// As published: every role's amax is scaled to 15.
struct PaperW8A8 : W8A8 {
  static constexpr ScalingOptions gradient_scaling{.target = 15.0f};  ///< as the others
};

/// With one type of scaler for all three roles: `W8A8With<CurrentScaler>`, `W8A8With<GroupScaler<>>`.
template <class Scaler>
struct W8A8With : W8A8 {
  using WeightScaler = Scaler;    ///< of the weights
  using InputScaler = Scaler;     ///< of x
  using GradientScaler = Scaler;  ///< of the gradient of y
};

/// A code and a scaler of one role.
template <class Code, class Scaler>
concept LinearRole = detail::is_hif8<Code> && ScalerOf<Scaler, Code>;

/// What W8A8 says of its members.
template <class T>
concept LinearTraits = LinearRole<typename T::WeightCode, typename T::WeightScaler> &&
    LinearRole<typename T::InputCode, typename T::InputScaler> &&
    LinearRole<typename T::GradientCode, typename T::GradientScaler> && Executor<typename T::Executor>;

/// The scalers of a layer. Those that are not given are made with the traits' options.
template <LinearTraits Traits = W8A8>
struct LinearScalers {
  typename Traits::WeightScaler weight = typename Traits::WeightScaler(Traits::weight_scaling);  ///< of the weights
  typename Traits::InputScaler input = typename Traits::InputScaler(Traits::input_scaling);      ///< of x
  /// Of the gradient of y.
  typename Traits::GradientScaler gradient = typename Traits::GradientScaler(Traits::gradient_scaling);
};

}  // namespace HIFLOAT_NAMESPACE::qat
