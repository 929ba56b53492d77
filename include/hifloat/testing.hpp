// For your own tests of quantization numerics, with any framework:
//
//   codes_in_order<Code>()          all codes but NaN, ascending by value; finite_values<Format>() their values
//   rounding_boundaries<Code>()     where rounding changes its mind, with the floats one ulp on either side
//   hostile_tensors(n, seed)        a spike, zeros, subnormals, NaN, a wide range, channels with outliers
//   ulp_distance(a, b)              how many numbers lie between two, in binary32 or in HiF8
//   error_bound<Rounding>(exponent) what rounding may cost at most
//   explain<Code>(x, scale)         one line: why x became its code, field by field
//   expect_on_grid, expect_quantized_near   a tensor is as it should be, or what is wrong with its first bad element
//
// doctest and GoogleTest print numbers with their codes.
#pragma once

#include <hifloat/testing/boundaries.hpp>
#include <hifloat/testing/distance.hpp>
#include <hifloat/testing/expect.hpp>
#include <hifloat/testing/explain.hpp>
#include <hifloat/testing/hostile.hpp>
#include <hifloat/testing/printing.hpp>
