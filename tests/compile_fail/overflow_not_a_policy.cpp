// expect: satisf(y|action of) 'OverflowPolicy
#include <hifloat/hif8.hpp>

#ifdef HIFLOAT_CONTROL
using Overflow = hifloat::overflow::Infinity;
#else
using Overflow = int;
#endif

hifloat::hif8<hifloat::rounding::TiesAway, Overflow> value;
