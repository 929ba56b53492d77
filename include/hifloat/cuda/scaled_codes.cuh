// What products on a GPU multiply: codes in device memory, row by row without gaps, and the inverse scales that belong
// to them.
#pragma once

#include <hifloat/config.hpp>
#include <hifloat/hif8.hpp>

namespace HIFLOAT_NAMESPACE::cuda {

/// An operand: codes in device memory, and what their values are multiplied with.
template <class Code = hif8_t>
struct ScaledCodes {
  const Code* codes;                            ///< row by row, without gaps
  float inverse_scale = 1.0f;                   ///< of all of them
  const float* device_inverse_scale = nullptr;  ///< in device memory, in place of `inverse_scale`
};

/// The same with an inverse scale for each row.
template <class Code = hif8_t>
struct RowScaledCodes {
  const Code* codes;                   ///< row by row, without gaps
  const float* device_inverse_scales;  ///< in device memory, as many as there are rows
};

}  // namespace HIFLOAT_NAMESPACE::cuda
