// What array calls on a GPU are told besides the data.
#pragma once

#include <cstdint>

#include <hifloat/config.hpp>
#include <hifloat/philox.hpp>
#include <hifloat/scale_params.hpp>
#include <hifloat/stats.hpp>

/// The array calls, scalers and products that run on a GPU.
namespace HIFLOAT_NAMESPACE::cuda {

/// How numbers become codes. The rounding and overflow policies are the code type's. Pointers are to device memory,
/// which the kernel reads when it runs: a captured graph sees what is there at each replay.
struct QuantizeOptions {
  float scale = 1.0f;                   ///< in [min_scale, max_scale]
  const float* device_scale = nullptr;  ///< the scale, in place of `scale`; what it may be is the caller's business
  float clamp = no_clamp;               ///< as in ScaleParams
  PhiloxKey philox{};                   ///< the random bits, for codes whose rounding takes them
  const std::uint32_t* skip = nullptr;  ///< if it isn't 0, nothing is written
};

/// How codes become numbers.
struct DequantizeOptions {
  float inverse_scale = 1.0f;                   ///< in [min_scale, max_scale]
  const float* device_inverse_scale = nullptr;  ///< in place of `inverse_scale`
  const std::uint32_t* skip = nullptr;          ///< if it isn't 0, nothing is written
};

/// Measures the input's amax in the same pass: merged by maximum into a binary32's magnitude bits in device memory, of
/// which NaN is the largest. What a ScalerGroup calls observed().
struct MergeAmax {
  std::uint32_t* amax_bits;  ///< in device memory; 0 is the amax of nothing
};

/// Measures what QuantizeStats says, added to one in device memory; all bytes zero is the empty one. The amax also goes
/// where MergeAmax puts it, unless that is null.
struct MergeStats {
  QuantizeStats* stats;                ///< in device memory
  std::uint32_t* amax_bits = nullptr;  ///< as MergeAmax has it, or null
};

}  // namespace HIFLOAT_NAMESPACE::cuda
