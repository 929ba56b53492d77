// Adam with decoupled weight decay. Source: Loshchilov, Hutter, "Decoupled weight decay regularization" (ICLR 2019),
// algorithm 2.
#pragma once

#include <cstdint>

#include "parameters.hpp"

namespace language {

struct AdamWOptions {
  float beta1 = 0.9f;
  float beta2 = 0.95f;
  float epsilon = 1e-8f;
  float weight_decay = 0.1f;  ///< of weights; gains and embeddings don't decay
  float largest_norm = 1.0f;  ///< a longer gradient is shortened to this
};

class AdamW {
 public:
  explicit AdamW(const Layout& layout, const AdamWOptions& options = {});

  /// One step against the gradient, which is overwritten.
  void step(Vector& parameters, Vector& gradient, double rate);

 private:
  AdamWOptions options_;
  Vector decay_;  ///< of each parameter
  Vector mean_, square_;
  std::uint64_t steps_ = 0;
};

}  // namespace language
