// expect: window must hold at most 2\^30 amaxes
#include <hifloat/scaling/delayed_scaler.hpp>

#ifdef HIFLOAT_CONTROL
constexpr std::size_t window = 4;
#else
constexpr std::size_t window = std::size_t{1} << 31;
#endif
hifloat::DelayedScaler<hifloat::amax::Max, window>* scaler = nullptr;
constexpr std::size_t size = sizeof(*scaler);
