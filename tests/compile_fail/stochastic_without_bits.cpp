// expect: no matching function for call to 'encode
#include <hifloat/array.hpp>

#include <array>

void dither(std::array<float, 4>& values, std::array<hifloat::hif8<hifloat::rounding::Stochastic>, 4>& codes) {
#ifdef HIFLOAT_CONTROL
  hifloat::encode(values, codes, 1.0f, hifloat::PhiloxKey{.seed = 1, .stream = 2, .first_index = 3});
#else
  hifloat::encode(values, codes, 1.0f);
#endif
}
