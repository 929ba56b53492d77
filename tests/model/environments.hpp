#pragma once
// A computation under every floating-point environment that a caller may have set.

#include "float_control.hpp"

#include <doctest/doctest.h>

#include <cfenv>
#include <cstdint>
#include <initializer_list>

namespace float_control {

/// What `compute` gives is the same under each rounding mode, which stays as it was. A function pointer: nothing of the
/// computation moves across a change of the mode.
template <class Result>
void check_rounding_modes(Result (*compute)()) {
  const Result expected = compute();
  for (const int mode : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
    REQUIRE(std::fesetround(mode) == 0);
    const Result got = compute();
    const int mode_after = std::fegetround();
    std::fesetround(FE_TONEAREST);
    CAPTURE(mode);
    CHECK(mode_after == mode);
    CHECK((got == expected));
  }
}

#if defined(HIFLOAT_TEST_HAS_FLOAT_CONTROL)
/// The same for what else the CPU's control register changes.
template <class Result>
void check_control_register(Result (*compute)()) {
  const Result expected = compute();
  const std::uint64_t before = read() & ~exception_flags;
  for (const std::uint64_t extra : hostile) {
    write(before | extra);
    const Result got = compute();
    const std::uint64_t after = read() & ~exception_flags;
    write(before);
    CAPTURE(extra);
    CHECK(after == (before | extra));
    CHECK((got == expected));
  }
}
#endif

}  // namespace float_control
