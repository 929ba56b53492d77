// A layer whose weights and gradients are rounded with random bits.
#pragma once

#include <hifloat/hif8.hpp>
#include <hifloat/qat/linear_traits.hpp>

namespace model {

using Dithered = hifloat::hif8<hifloat::rounding::Stochastic>;
struct DitheredTraits : hifloat::qat::W8A8 {
  using WeightCode = Dithered;
  using GradientCode = Dithered;
};

}  // namespace model
