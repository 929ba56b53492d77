// expect: is_hif8
#include <hifloat/hifloat.hpp>

struct Traits : hifloat::qat::W8A8 {  // a format that matmul does not know
#ifndef HIFLOAT_CONTROL
  using WeightCode = hifloat::formats::e4m3fn;
#endif
};

hifloat::qat::QuantizedLinear<Traits> layer(8, 4);
