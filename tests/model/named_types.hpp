// Short names of the value types that tests of the value type speak of.
#pragma once

#include <cstdint>

#include <hifloat/hif8.hpp>

namespace hf = hifloat;
using hf::hif8;
using hf::hif8_t;
using Hybrid = hif8<hf::rounding::Hybrid>;
using Simplified = hif8<hf::rounding::SimplifiedStochastic>;
using Stochastic = hif8<hf::rounding::Stochastic>;
using Even = hif8<hf::rounding::TiesEven>;
using Truncating = hif8<hf::rounding::TowardZero>;
using Unbounded = hif8<hf::rounding::TiesAway, hf::overflow::Infinity>;

inline std::uint8_t as_code(int code) { return static_cast<std::uint8_t>(code); }
