#include <vector>

#include <hifloat/hifloat.hpp>  // in two files of one program: everything in it has to be inline

float through_hif8(float value) {
  hifloat::DelayedScaler<> scaler;
  return scaler.quantize(std::vector{value}).dequantize().front();
}
