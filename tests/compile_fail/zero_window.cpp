// expect: window.*(at least one|not be (zero|empty)|> 0)
#include <hifloat/hifloat.hpp>

#ifdef HIFLOAT_CONTROL
hifloat::DelayedScaler<hifloat::amax::Max, 1> scaler;
#else
hifloat::DelayedScaler<hifloat::amax::Max, 0> scaler;
#endif
