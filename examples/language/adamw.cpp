#include "adamw.hpp"

#include <cmath>

namespace language {

AdamW::AdamW(const Layout& layout, const AdamWOptions& options)
    : options_(options),
      decay_(Vector::Zero(layout.size())),
      mean_(Vector::Zero(layout.size())),
      square_(Vector::Zero(layout.size())) {
  for (const Tensor& tensor : layout.tensors()) {
    if (tensor.kind == Tensor::Kind::weight) tensor.of(decay_).setConstant(options.weight_decay);
  }
}

void AdamW::step(Vector& parameters, Vector& gradient, double rate) {
  ++steps_;
  const float norm = gradient.norm();
  if (norm > options_.largest_norm) gradient *= options_.largest_norm / norm;
  const float beta1 = options_.beta1, beta2 = options_.beta2;
  mean_ += (1 - beta1) * (gradient - mean_);
  square_.array() += (1 - beta2) * (gradient.array().square() - square_.array());
  const auto steps = static_cast<double>(steps_);
  const auto mean_share = static_cast<float>(1 / (1 - std::pow(static_cast<double>(beta1), steps)));
  const auto square_share = static_cast<float>(1 / (1 - std::pow(static_cast<double>(beta2), steps)));
  const auto r = static_cast<float>(rate);
  parameters.array() -= r * (mean_share * mean_.array() / ((square_share * square_.array()).sqrt() + options_.epsilon) +
                             decay_.array() * parameters.array());
}

}  // namespace language
