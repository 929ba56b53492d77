// One IEEE binary64 operation each, rounded once: no fused multiply-add, no reordering under -ffast-math, no wider
// registers. To be called under the default floating-point environment. (Its fields are in bits.hpp.)
#pragma once

#include <hifloat/config.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE::binary64 {

#if defined(__SSE2__) && __FLT_EVAL_METHOD__ != 0  // x87 would round twice
[[nodiscard]] inline double add(double a, double b) noexcept {
  __asm__("addsd %1, %0" : "+x"(a) : "x"(b));
  return a;
}
[[nodiscard]] inline double multiply(double a, double b) noexcept {
  __asm__("mulsd %1, %0" : "+x"(a) : "x"(b));
  return a;
}
[[nodiscard]] inline double divide(double a, double b) noexcept {
  __asm__("divsd %1, %0" : "+x"(a) : "x"(b));
  return a;
}
#else
[[nodiscard]] HIFLOAT_HD inline double add(double a, double b) noexcept {
#if HIFLOAT_DEVICE_CODE
  return __dadd_rn(a, b);
#else
  HIFLOAT_OPAQUE(a);
  HIFLOAT_OPAQUE(b);
  double sum = a + b;
  HIFLOAT_OPAQUE(sum);
  return sum;
#endif
}
[[nodiscard]] HIFLOAT_HD inline double multiply(double a, double b) noexcept {
#if HIFLOAT_DEVICE_CODE
  return __dmul_rn(a, b);
#else
  HIFLOAT_OPAQUE(a);
  HIFLOAT_OPAQUE(b);
  double product = a * b;
  HIFLOAT_OPAQUE(product);
  return product;
#endif
}
[[nodiscard]] HIFLOAT_HD inline double divide(double a, double b) noexcept {
#if HIFLOAT_DEVICE_CODE
  return __ddiv_rn(a, b);
#else
  HIFLOAT_OPAQUE(a);
  HIFLOAT_OPAQUE(b);
  double quotient = a / b;
  HIFLOAT_OPAQUE(quotient);
  return quotient;
#endif
}
#endif

}  // namespace HIFLOAT_DETAIL_NAMESPACE::binary64
