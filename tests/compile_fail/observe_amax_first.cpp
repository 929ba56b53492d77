// expect: deleted
#include <hifloat/scaling/scaler_group.hpp>

void observe(hifloat::ScalerGroup<>& group) {
#ifdef HIFLOAT_CONTROL
  group.observe(1, 0.5f);
  group.observe(0, 1);
#else
  group.observe(0.5f, 1);
#endif
}
