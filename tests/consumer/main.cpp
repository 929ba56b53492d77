#include <hifloat/hifloat.hpp>

float through_hif8(float value);

int main() { return through_hif8(1.5f) == static_cast<float>(hifloat::hif8_t{1.5f}) ? 0 : 1; }
