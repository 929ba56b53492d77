// expect: window must hold at least one amax
#include <hifloat/scaling/delayed_scaler.hpp>

#ifdef HIFLOAT_CONTROL
hifloat::DelayedScaler<hifloat::amax::Max, 1> scaler;
#else
hifloat::DelayedScaler<hifloat::amax::Max, 0> scaler;
#endif
