// expect: no matching (function for call|conversion for functional-style cast)
#include <hifloat/hif8.hpp>

using Dithered = hifloat::hif8<hifloat::rounding::Stochastic>;

#ifdef HIFLOAT_CONTROL
auto value = Dithered::round(1.0f, std::uint16_t{7});
#else
auto value = Dithered(1.0f);
#endif
