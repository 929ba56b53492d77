// expect: satisf(y|action of) 'RoundingPolicy
#include <hifloat/hif8.hpp>

#ifdef HIFLOAT_CONTROL
using Rounding = hifloat::rounding::TiesEven;
#else
using Rounding = int;
#endif

hifloat::hif8<Rounding> value;
