#pragma once
// The nine hif8 types that have arithmetic, each with the model's names for its policies.

#include "rational.hpp"

#include <hifloat/hif8.hpp>

namespace value_test {

template <class R, class O, rational::Rounding Round, model::Overflow Over>
struct TypeUnderTest {
  using Number = hifloat::hif8<R, O>;
  static constexpr rational::Rounding rounding = Round;
  static constexpr model::Overflow overflow = Over;
};

template <class R, rational::Rounding Round, class Function>
void for_each_overflow(Function&& function) {
  function(TypeUnderTest<R, hifloat::overflow::Saturate, Round, model::Overflow::Saturate>{});
  function(TypeUnderTest<R, hifloat::overflow::Infinity, Round, model::Overflow::Infinity>{});
  function(TypeUnderTest<R, hifloat::overflow::SaturateNanToZero, Round, model::Overflow::SaturateNanToZero>{});
}

template <class Function>
void for_each_type(Function&& function) {
  for_each_overflow<hifloat::rounding::TiesAway, rational::Rounding::TiesAway>(function);
  for_each_overflow<hifloat::rounding::TiesEven, rational::Rounding::TiesEven>(function);
  for_each_overflow<hifloat::rounding::TowardZero, rational::Rounding::TowardZero>(function);
}

inline const char* name(rational::Rounding rounding) {
  switch (rounding) {
    case rational::Rounding::TiesAway: return "TiesAway";
    case rational::Rounding::TiesEven: return "TiesEven";
    case rational::Rounding::TowardZero: return "TowardZero";
  }
  return "?";
}

}  // namespace value_test

#define CAPTURE_TYPE(type)                    \
  CAPTURE(value_test::name((type).rounding)); \
  CAPTURE(model::name((type).overflow))
