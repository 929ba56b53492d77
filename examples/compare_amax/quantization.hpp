// How a run rounds its tensors: the library at work. One scaler per tensor.
#pragma once

#include <array>
#include <cstddef>
#include <variant>
#include <vector>

#include <hifloat/hifloat.hpp>

#include "predictor.hpp"
#include "scheme.hpp"
#include "tally.hpp"

namespace compare_amax {

class Quantization final : public Numerics {
 public:
  explicit Quantization(const Scheme& scheme);

  void round(Role role, std::size_t layer, Matrix& tensor) override;

  /// Ends a step: every scaler takes in the amax it observed.
  void commit();
  /// From here on every scale stays as it is.
  void freeze();

  [[nodiscard]] Tally tally() const;

  /// amax of the first layer's input in each step so far, and the estimate it was scaled by.
  struct Series {
    std::vector<float> amax, estimate;
  };
  [[nodiscard]] const Series& first_input() const { return first_input_; }

 private:
  struct Bf16 {};  // no scale
  using Scaler = std::variant<Bf16, hifloat::CurrentScaler, hifloat::DelayedScaler<hifloat::amax::MostRecent, 1>,
                              hifloat::DelayedScaler<hifloat::amax::ExpSmooth, exp_smooth_window>,
                              hifloat::DelayedScaler<hifloat::amax::Max, hifloat::dynamic_window>>;

  struct Tensor {
    Scaler scaler;
    hifloat::QuantizeStats values = {};
    Overshoot overshoot = {};
    double signal = 0, noise = 0;  // energies
  };

  static Scaler make_scaler(const Scheme& scheme, Role role);

  std::vector<Tensor> tensors_;  // the layers' weights, their inputs, their gradients
  std::vector<hifloat::hif8_t> codes_;
  Matrix rounded_;
  Series first_input_;
};

}  // namespace compare_amax
