// The products of a run in HiF8 or BF16: the library at work.
#pragma once

#include <cstddef>
#include <vector>

#include <hifloat/qat/quantized_linear.hpp>

#include "products.hpp"
#include "scheme.hpp"
#include "tally.hpp"

namespace compare_amax {

class QuantizedProducts final : public Products {
 public:
  explicit QuantizedProducts(const Scheme& scheme);

  void set_weight(std::size_t layer, const Eigen::Map<const WeightMatrix>& weight) override;
  Matrix forward(std::size_t layer, const Matrix& input) override;
  void weight_gradient(std::size_t layer, const Matrix& output_gradient, Eigen::Map<WeightMatrix> gradient) override;
  Matrix input_gradient(std::size_t layer) override;

  /// Ends a step: every scaler takes in the amax it observed. Weights are wanted again.
  void commit();

  [[nodiscard]] Tally tally() const;

  /// Of the first layer's input.
  [[nodiscard]] const TensorTally& first_input() const { return layers_[0].input; }

 private:
  using Linear = hifloat::qat::QuantizedLinear<hifloat::qat::W8A8With<ChosenScaler>>;
  struct Layer {
    Linear linear;
    TensorTally weight = {}, input = {}, gradient = {};
    Linear::Input rounded_input = {};
    Linear::Gradient rounded_gradient = {};
  };

  hifloat::qat::Precision precision_;
  std::vector<Layer> layers_;
};

}  // namespace compare_amax
