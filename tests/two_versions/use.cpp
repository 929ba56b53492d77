// One of two files of a program that have different versions of the library.
#include <hifloat/hifloat.hpp>

#include <string>
#include <typeinfo>
#include <vector>

hifloat::DelayedScaler<hifloat::amax::Max, 4> SCALER;

/// What the version makes of some numbers, and what it calls itself.
std::string USE() {
  const std::vector<float> x(100, 3.0f);
  SCALER.observe(6.0f);
  SCALER.commit();
  const auto quantized = SCALER.quantize(x);
  return std::to_string(quantized.dequantize()[99]) + " " + typeid(quantized).name();
}
