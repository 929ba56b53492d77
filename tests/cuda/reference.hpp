// What the GPU has to give, from the scalar loops on all cores of the CPU: compiled by the project's C++ compiler.
#pragma once

#include <hifloat/config.hpp>
#include <hifloat/hif8.hpp>
#include <hifloat/philox.hpp>
#include <hifloat/rounding.hpp>
#include <hifloat/scale_params.hpp>
#include <hifloat/stats.hpp>
#include <hifloat/storage.hpp>

#include <cstddef>

namespace gpu_test {

using hifloat::bfloat16;
using hifloat::binary16;
using hifloat::hif8_t;

using TiesEven = hifloat::hif8<hifloat::rounding::TiesEven, hifloat::overflow::Infinity>;
using TowardZero = hifloat::hif8<hifloat::rounding::TowardZero, hifloat::overflow::SaturateNanToZero>;
using Hybrid = hifloat::hif8<hifloat::rounding::Hybrid, hifloat::overflow::SaturateNanToZero>;
using SimplifiedStochastic = hifloat::hif8<hifloat::rounding::SimplifiedStochastic, hifloat::overflow::Infinity>;
using Stochastic = hifloat::hif8<hifloat::rounding::Stochastic>;

/// A policy of the user's own, which kernels compute.
struct AwayFromZero {
  static constexpr bool uses_random = false, passes_largest = true, round_trips = false;
  [[nodiscard]] HIFLOAT_HD static constexpr bool rounds_up(const hifloat::rounding::Truncated& t) {
    return t.discarded != 0;
  }
};
using UsersOwn = hifloat::hif8<AwayFromZero, hifloat::overflow::Infinity>;

/// Defined for each of these code types and each element type.
template <class T, class Code>
hifloat::QuantizeStats quantize(const T* x, Code* codes, std::size_t n, const hifloat::ScaleParams& params,
                                const hifloat::PhiloxKey& key);
template <class T, class Code>
void fake_quantize(const T* x, T* y, std::size_t n, const hifloat::ScaleParams& params, const hifloat::PhiloxKey& key);

/// For each element type.
template <class T>
void dequantize(const hif8_t* codes, T* x, std::size_t n, float inverse_scale);

}  // namespace gpu_test
