// Stochastic gradient descent with momentum. Source: Sutskever et al., "On the importance of initialization and
// momentum in deep learning" (ICML 2013), section 2, the classical form.
#pragma once

#include "parameters.hpp"

namespace language {

struct SgdOptions {
  float momentum = 0.9f;
  float largest_norm = 1.0f;  ///< a longer gradient is shortened to this
};

class Sgd {
 public:
  explicit Sgd(const Layout& layout, const SgdOptions& options = {})
      : options_(options), velocity_(Vector::Zero(layout.size())) {}

  /// One step against the gradient, which is overwritten.
  void step(Vector& parameters, Vector& gradient, double rate) {
    const float norm = gradient.norm();
    if (norm > options_.largest_norm) gradient *= options_.largest_norm / norm;
    velocity_ = options_.momentum * velocity_ + gradient;
    parameters -= static_cast<float>(rate) * velocity_;
  }

 private:
  SgdOptions options_;
  Vector velocity_;
};

}  // namespace language
