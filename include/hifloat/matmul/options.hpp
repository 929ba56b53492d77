// What a product is multiplied with and added to.
#pragma once

#include <hifloat/config.hpp>

namespace HIFLOAT_NAMESPACE {

/// C = alpha * A x B + beta * C.
struct MatmulOptions {
  float alpha = 1.0f;  ///< as IEEE 754 multiplies: 0 makes NaN of an infinite sum
  float beta = 0.0f;   ///< 0: C is written, and not read
};

}  // namespace HIFLOAT_NAMESPACE
