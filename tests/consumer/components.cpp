#include <hifloat/eigen/eigen.hpp>
#include <hifloat/io/npy.hpp>
#include <hifloat/io/safetensors.hpp>
