#include "quantization.hpp"

#include <cmath>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>

namespace compare_amax {

namespace hf = hifloat;

Quantization::Scaler Quantization::make_scaler(const Scheme& scheme, Role role) {
  const hf::ScalingOptions options = scheme.scaling_options(role);
  switch (scheme.algorithm) {
    case Algorithm::current: return hf::CurrentScaler(options);
    case Algorithm::most_recent: return hf::DelayedScaler<hf::amax::MostRecent, 1>(options);
    case Algorithm::exp_smooth: return hf::DelayedScaler<hf::amax::ExpSmooth, exp_smooth_window>(options);
    case Algorithm::max: return hf::DelayedScaler<hf::amax::Max, hf::dynamic_window>(scheme.window, options);
    default: return Bf16{};
  }
}

Quantization::Quantization(const Scheme& scheme) {
  for (const Role role : {Role::weight, Role::input, Role::gradient}) {
    for (std::size_t layer = 0; layer < layer_count; ++layer) tensors_.push_back({make_scaler(scheme, role)});
  }
}

void Quantization::round(Role role, std::size_t layer, Matrix& matrix) {
  Tensor& tensor = tensors_[static_cast<std::size_t>(role) * layer_count + layer];
  const std::span<float> values(matrix.data(), static_cast<std::size_t>(matrix.size()));

  std::visit(
      [&]<class S>(S& scaler) {
        if constexpr (std::is_same_v<S, Bf16>) {
          for (float& x : values) x = static_cast<float>(hf::bfloat16(x));
        } else {
          codes_.resize(values.size());
          rounded_.resize(matrix.rows(), matrix.cols());
          const auto quantized = scaler.quantize(values, codes_);
          quantized.dequantize(std::span(rounded_.data(), values.size()));

          const float amax = quantized.stats().amax;
          const float estimate = scaler.options().target * quantized.inverse_scale();
          tensor.values += quantized.stats();
          tensor.overshoot.add(static_cast<double>(amax) / static_cast<double>(estimate));
          tensor.signal += static_cast<double>(matrix.squaredNorm());
          tensor.noise += static_cast<double>((matrix - rounded_).squaredNorm());
          if (role == Role::input && layer == 0) {
            first_input_.amax.push_back(amax);
            first_input_.estimate.push_back(estimate);
          }

          scaler.observe(quantized.stats());
          matrix.swap(rounded_);
        }
      },
      tensor.scaler);
}

void Quantization::commit() {
  for (Tensor& tensor : tensors_) {
    std::visit(
        [](auto& scaler) {
          if constexpr (requires { scaler.commit(); }) scaler.commit();
        },
        tensor.scaler);
  }
}

void Quantization::freeze() {
  for (Tensor& tensor : tensors_) {
    std::visit(
        [](auto& scaler) {
          if constexpr (requires { scaler.set_mode(hf::ScalingMode::Frozen); })
            scaler.set_mode(hf::ScalingMode::Frozen);
        },
        tensor.scaler);
  }
}

Tally Quantization::tally() const {
  Tally sum;
  std::size_t measured = 0;
  for (std::size_t i = 0; i < tensors_.size(); ++i) {
    const Tensor& tensor = tensors_[i];
    (i / layer_count == static_cast<std::size_t>(Role::gradient) ? sum.gradients : sum.forward) += tensor.values;
    sum.overshoot += tensor.overshoot;
    if (!(tensor.noise > 0)) continue;  // a tensor that lost nothing has no finite SQNR
    sum.sqnr_db += 10 * std::log10(tensor.signal / tensor.noise);
    ++measured;
  }
  if (measured > 0) sum.sqnr_db /= static_cast<double>(measured);
  return sum;
}

}  // namespace compare_amax
