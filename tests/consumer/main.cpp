#include <complex.h>  // with the GNU extensions that CMake turns on, its I is a macro

#include <hifloat/hifloat.hpp>

float through_hif8(float value);

int main() { return hifloat::hif8_t{through_hif8(1.5f)} == hifloat::hif8_t{1.5f} ? 0 : 1; }
