// Files compiled with different flags and instruction sets, linked into one program: the same bits from each, whatever
// the caller's floating-point environment is, and the environment left as it was.
#include "flags/probe.hpp"
#include "model/float_control.hpp"

#include <doctest/doctest.h>

#include <cfenv>
#include <cstdint>
#include <initializer_list>

// tests/flags/probe.cpp, once for each set of flags (flags/flags.cmake).
ProbeDigests probe_plain();
ProbeDigests probe_native();
ProbeDigests probe_native_fast_math();
ProbeDigests probe_no_exceptions();
#if defined(HIFLOAT_TEST_OPENMP)
ProbeDigests probe_serial();  // tests/flags/executor_probe.cpp
ProbeDigests probe_openmp();
#endif

TEST_CASE("compiler and instruction set change no bit") {
  // What g++ 12, clang 14 and clang 19 agree on, at any level of optimisation and on every instruction set. It changes
  // with the probe.
  CHECK(probe_plain().everywhere == 0x33A7D87AB72EB1EF);
}

TEST_CASE("compiler flags change no bit") {
  const ProbeDigests expected = probe_plain();
  CHECK((probe_native() == expected));
  CHECK((probe_native_fast_math() == expected));
  CHECK((probe_no_exceptions() == expected));
#if defined(HIFLOAT_TEST_OPENMP)
  CHECK((probe_openmp() == probe_serial()));
#endif
}

TEST_CASE("the caller's rounding mode changes no bit and stays") {
  const ProbeDigests expected = probe_plain();
  for (const int mode : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
    REQUIRE(std::fesetround(mode) == 0);
    const ProbeDigests digest = probe_plain();
    const ProbeDigests native_digest = probe_native();
    const int mode_after = std::fegetround();
    std::fesetround(FE_TONEAREST);
    CHECK((digest == expected));
    CHECK((native_digest == expected));
    CHECK(mode_after == mode);
  }
}

#if defined(HIFLOAT_TEST_HAS_FLOAT_CONTROL)
TEST_CASE("what else the CPU's control register changes, flush-to-zero first of all, changes no bit and stays") {
  const ProbeDigests expected = probe_plain();
  const std::uint64_t before = float_control::read() & ~float_control::exception_flags;
  for (const std::uint64_t extra : float_control::hostile) {
    float_control::write(before | extra);
    const ProbeDigests digest = probe_plain();
    const std::uint64_t after = float_control::read() & ~float_control::exception_flags;
    float_control::write(before);
    CAPTURE(extra);
    CHECK((digest == expected));
    CHECK(after == (before | extra));
  }
}
#endif
