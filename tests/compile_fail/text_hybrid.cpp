// expect: ArithmeticRounding
#include <hifloat/text.hpp>

#ifdef HIFLOAT_CONTROL
using Number = hifloat::hif8<hifloat::rounding::TiesEven>;
#else
using Number = hifloat::hif8<hifloat::rounding::Hybrid>;
#endif

void read(const char* first, const char* last, Number& x) { hifloat::from_chars(first, last, x); }
