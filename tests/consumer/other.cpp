#include <hifloat/hifloat.hpp>  // in two files of one program: everything in it has to be inline

float through_hif8(float value) { return static_cast<float>(hifloat::hif8_t{value}); }
