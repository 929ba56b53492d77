// A linear layer in W8A8: y = x W^T with 8-bit operands in all three products of training.
//
//   qat::QuantizedLinear<> layer(inputs, outputs);
//   layer.set_weights(w);                                // once a step: [outputs x inputs], rounded and packed
//   const auto input = layer.forward(x, y);              // x [batch x inputs], y [batch x outputs]
//   layer.backward(y_gradient, input, x_gradient, w_gradient);
//   layer.commit();                                      // the next step's scales; weights are to be set again
//
// Each operand is rounded once: the input for forward and the weight gradient, the gradient for both products of
// backward, the weights for all of a step's micro-batches. An operand carries the inverse scale that it is read with.
// In a step in BF16 (set_weights(w, Precision::bf16)) operands are bfloat16 numbers, and all else is the same.
//
// Each operand has one scale. A bias is the caller's to add, in float; more dimensions of a batch are more rows of x.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

#include <hifloat/config.hpp>
#include <hifloat/error.hpp>
#include <hifloat/matmul.hpp>
#include <hifloat/matmul/checks.hpp>
#include <hifloat/matrix_view.hpp>
#include <hifloat/qat/linear_traits.hpp>
#include <hifloat/qat/operand.hpp>
#include <hifloat/qat/precision.hpp>
#include <hifloat/qat/state.hpp>
#include <hifloat/qat/tensor_quantizer.hpp>
#include <hifloat/scaling/options.hpp>
#include <hifloat/scaling/refuse_state.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

template <class T>
void check_layer_shape(const char* what, const MatrixView<T>& matrix, std::size_t rows, std::size_t columns) {
  if (matrix.rows() == rows && matrix.columns() == columns) return;
  refuse_sizes("hifloat: a layer's ", what, " is ", matrix.rows(), " x ", matrix.columns(), ", but ", rows, " x ",
               columns, " is wanted");
}

inline void check_layer_step(bool right, const char* why) {
  if (!right) HIFLOAT_THROW(std::logic_error, why);
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_NAMESPACE::qat {

/// Matrices are views of float of any strides; results are float or bfloat16. Sizes that do not fit are
/// std::invalid_argument, before anything is written or observed; a batch may be empty. What belongs to another step is
/// std::logic_error. A gradient with a NaN or an infinity makes results that have them too, and its scaler drops the
/// step.
template <LinearTraits Traits = W8A8>
class QuantizedLinear {
 public:
  using Weight = Operand<typename Traits::WeightCode>;      ///< [outputs x inputs]
  using Input = Operand<typename Traits::InputCode>;        ///< [batch x inputs]
  using Gradient = Operand<typename Traits::GradientCode>;  ///< [batch x outputs]
  using Executor = typename Traits::Executor;               ///< whose threads quantize and multiply
  using state_type = QuantizedLinearState;                  ///< what state() returns

  /// The seed matters where a rounding takes random bits: layers should differ in it.
  HIFLOAT_KEYED QuantizedLinear(std::size_t inputs, std::size_t outputs, std::uint64_t seed = 0,
                                LinearScalers<Traits> scalers = {}, Executor executor = {})
      : inputs_(inputs),
        outputs_(outputs),
        weight_(std::move(scalers.weight), seed, 0),
        input_(std::move(scalers.input), seed, 1),
        gradient_(std::move(scalers.gradient), seed, 2),
        executor_(std::move(executor)) {}

  HIFLOAT_KEYED [[nodiscard]] std::size_t inputs() const noexcept { return inputs_; }    ///< features of x
  HIFLOAT_KEYED [[nodiscard]] std::size_t outputs() const noexcept { return outputs_; }  ///< features of y
  /// The weights', a Traits::WeightScaler.
  HIFLOAT_KEYED [[nodiscard]] const auto& weight_scaler() const noexcept { return weight_.scaler(); }
  /// The input's, a Traits::InputScaler.
  HIFLOAT_KEYED [[nodiscard]] const auto& input_scaler() const noexcept { return input_.scaler(); }
  /// The gradient's, a Traits::GradientScaler.
  HIFLOAT_KEYED [[nodiscard]] const auto& gradient_scaler() const noexcept { return gradient_.scaler(); }

  /// Rounds the weights [outputs x inputs] for this step, and packs them; their amax is observed. The precision is that
  /// of the whole step. The same weights give the same codes again, whatever happened in between in this step. Where
  /// the scaler or an allocation throws, there are no weights.
  HIFLOAT_KEYED void set_weights(MatrixView<const float> w, Precision precision = Precision::hif8) {
    detail::check_layer_shape("weight", w, outputs_, inputs_);
    weights_.present = weights_.has_backward = false;
    weights_.operand.round(weight_, executor_, w, precision);
    weights_.forward = {};
    weights_.forward = PackedMatrix(executor_, weights_.operand.matrix().transposed());
    weight_.observe(weights_.operand.stats());
    weights_.present = true;
  }
  /// The weights as they are multiplied. Without weights of this step, std::logic_error.
  HIFLOAT_KEYED [[nodiscard]] const Weight& weights() const {
    check_current();
    return weights_.operand;
  }

  /// y = x W^T. Returns x as it was rounded, for the weight gradient; its amax is observed.
  template <MatmulResult T>
  HIFLOAT_KEYED [[nodiscard]] Input forward(MatrixView<const float> x, MatrixView<T> y) {
    Input input = multiply_weights(x, y);
    input_.observe(input.stats());
    input_.draw(input.size());
    return input;
  }
  /// What forward would give, to the bit, and nothing is observed or drawn: to evaluate.
  template <MatmulResult T>
  HIFLOAT_KEYED void evaluate(MatrixView<const float> x, MatrixView<T> y) const {
    (void)multiply_weights(x, y);
  }

  /// The gradient of y [batch x outputs], rounded for both of its products; its amax is observed.
  HIFLOAT_KEYED [[nodiscard]] Gradient quantize_gradient(MatrixView<const float> y_gradient) {
    check_current();
    detail::check_layer_shape("output gradient", y_gradient, y_gradient.rows(), outputs_);
    Gradient gradient(gradient_, executor_, y_gradient, weights_.operand.precision());
    gradient_.observe(gradient.stats());
    gradient_.draw(gradient.size());
    return gradient;
  }
  /// x_gradient = y_gradient W, with the weights of the step that the gradient was rounded in.
  template <MatmulResult T>
  HIFLOAT_KEYED void input_gradient(const Gradient& y_gradient, MatrixView<T> x_gradient) {
    check_current();
    detail::check_layer_shape("input gradient", x_gradient, y_gradient.rows(), inputs_);
    detail::check_layer_step(is_of_weights(y_gradient),
                             "hifloat: an input gradient needs a gradient of the step (and precision) of the weights");
    if (!weights_.has_backward) {
      weights_.backward = PackedMatrix(executor_, weights_.operand.matrix());
      weights_.has_backward = true;
    }
    matmul(executor_, y_gradient.matrix(), weights_.backward, x_gradient);
  }
  /// w_gradient = alpha * y_gradient^T x + beta * w_gradient. Needs no weights: it may be computed after commit.
  template <MatmulResult T>
  HIFLOAT_KEYED void weight_gradient(const Gradient& y_gradient, const Input& input, MatrixView<T> w_gradient,
                                     const MatmulOptions& options = {}) const {
    check_batch(y_gradient.rows(), input);
    detail::check_layer_shape("weight gradient", w_gradient, outputs_, inputs_);
    detail::check_layer_step(y_gradient.step() == input.step() && y_gradient.precision() == input.precision(),
                             "hifloat: a weight gradient needs an input and a gradient of one step (and precision)");
    matmul(executor_, y_gradient.matrix().transposed(), input.matrix(), w_gradient, options);
  }
  /// Both, of a gradient that is rounded once.
  template <MatmulResult T, MatmulResult U>
  HIFLOAT_KEYED void backward(MatrixView<const float> y_gradient, const Input& input, MatrixView<T> x_gradient,
                              MatrixView<U> w_gradient, const MatmulOptions& weight_options = {}) {
    check_current();
    check_batch(y_gradient.rows(), input);
    detail::check_layer_shape("input gradient", x_gradient, y_gradient.rows(), inputs_);
    detail::check_layer_shape("weight gradient", w_gradient, outputs_, inputs_);
    detail::check_layer_step(is_of_weights(input), "hifloat: an input of another step (or precision) than the weights");
    detail::check_result(x_gradient);
    detail::check_result(w_gradient);
    detail::check_apart(x_gradient, w_gradient);
    const Gradient gradient = quantize_gradient(y_gradient);
    input_gradient(gradient, x_gradient);
    weight_gradient(gradient, input, w_gradient, weight_options);
  }

  /// Ends the step: each role's next scale, and the weights are gone.
  HIFLOAT_KEYED void commit() {
    for_each_role([](auto& role) { role.commit(); });
    weights_.present = false;
  }

  /// Of the scalers that have modes and history of their own; the others stay as they are.
  /// @{
  HIFLOAT_KEYED void set_mode(ScalingMode mode) {
    for_each_role([mode](auto& role) { role.set_mode(mode); });
  }
  HIFLOAT_KEYED void reset() {
    for_each_role([](auto& role) { role.reset(); });
  }
  /// @}

  /// Everything that the future depends on besides the weights and what forward returned.
  HIFLOAT_KEYED [[nodiscard]] QuantizedLinearState state() const {
    return {.inputs = inputs_,
            .outputs = outputs_,
            .weight = weight_.state(),
            .input = input_.state(),
            .gradient = gradient_.state()};
  }
  /// Resumes the layer whose state this is, to the bit; weights must be set again. A state of other sizes
  /// or scalers, or one that no layer can have, is std::invalid_argument, and this layer stays as it was.
  HIFLOAT_KEYED void load(const QuantizedLinearState& state) {
    detail::check_version(state);
    if (state.inputs != inputs_ || state.outputs != outputs_) {
      detail::refuse_state("a layer of " + std::to_string(state.inputs) + " inputs and " +
                           std::to_string(state.outputs) + " outputs, this one has " + std::to_string(inputs_) +
                           " and " + std::to_string(outputs_));
    }
    const std::uint64_t step = state.weight.bits.step;
    if (state.input.bits.step != step || state.gradient.bits.step != step) {
      detail::refuse_state("the roles of a layer are at different steps");
    }
    auto weight = weight_;
    auto input = input_;
    auto gradient = gradient_;
    weight.load(state.weight);
    input.load(state.input);
    gradient.load(state.gradient);
    weight_ = std::move(weight);
    input_ = std::move(input);
    gradient_ = std::move(gradient);
    weights_ = {};
  }

 private:
  /// Of one step; `backward` is packed when a product first needs it. Their memory is that of the next step too: large
  /// pieces of it would go back to the system, and be waited for, page by page, when they come again.
  struct Weights {
    Weight operand{};
    PackedMatrix forward{};
    PackedMatrix backward{};
    bool present = false;
    bool has_backward = false;
  };

  HIFLOAT_KEYED void check_current() const {
    detail::check_layer_step(weights_.present && weights_.operand.epoch() == weight_.epoch(),
                             "hifloat: a layer has no weights of this step: set_weights comes first");
  }
  template <class Code>
  HIFLOAT_KEYED [[nodiscard]] bool is_of_weights(const Operand<Code>& operand) const noexcept {
    return operand.step() == weights_.operand.step() && operand.precision() == weights_.operand.precision();
  }

  template <class T>
  HIFLOAT_KEYED [[nodiscard]] Input multiply_weights(MatrixView<const float> x, MatrixView<T> y) const {
    check_current();
    detail::check_layer_shape("input", x, x.rows(), inputs_);
    detail::check_layer_shape("output", y, x.rows(), outputs_);
    Input input(input_, executor_, x, weights_.operand.precision());
    matmul(executor_, input.matrix(), weights_.forward, y);
    return input;
  }
  HIFLOAT_KEYED void check_batch(std::size_t rows, const Input& input) const {
    detail::check_layer_shape("kept input", MatrixView<const float>(nullptr, input.rows(), input.columns()), rows,
                              inputs_);
  }

  template <class F>
  HIFLOAT_KEYED void for_each_role(const F& f) {
    f(weight_);
    f(input_);
    f(gradient_);
  }

  std::size_t inputs_;
  std::size_t outputs_;
  detail::TensorQuantizer<typename Traits::WeightCode, typename Traits::WeightScaler> weight_;
  detail::TensorQuantizer<typename Traits::InputCode, typename Traits::InputScaler> input_;
  detail::TensorQuantizer<typename Traits::GradientCode, typename Traits::GradientScaler> gradient_;
  Executor executor_;
  Weights weights_{};
};

}  // namespace HIFLOAT_NAMESPACE::qat
