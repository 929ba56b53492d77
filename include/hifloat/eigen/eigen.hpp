// Everything that needs Eigen.
#pragma once

#include <hifloat/eigen/numbers.hpp>
#include <hifloat/eigen/quantize.hpp>
#include <hifloat/eigen/quantized_matrix.hpp>
#include <hifloat/eigen/view.hpp>
