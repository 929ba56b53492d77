// expect: satisf(y|action of) 'RoundingPolicy
#include <hifloat/codec.hpp>

#ifdef HIFLOAT_CONTROL
using Rounding = hifloat::rounding::TiesEven;
#else
using Rounding = int;
#endif

auto code = hifloat::encode<Rounding, hifloat::overflow::Saturate>(1.0f);
