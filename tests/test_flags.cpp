// Files compiled with different flags and instruction sets, linked into one program: the same bits from each, whatever
// the caller's floating-point environment is, and the environment left as it was.
#include <doctest/doctest.h>

#include <cfenv>
#include <cstdint>
#include <initializer_list>

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

// tests/flags/probe.cpp, once for each set of flags (CMakeLists.txt).
std::uint64_t probe_plain();
std::uint64_t probe_fast_math();
std::uint64_t probe_unoptimised();
std::uint64_t probe_native();
std::uint64_t probe_native_fast_math();
std::uint64_t probe_no_exceptions();
bool mistakes_throw();  // tests/flags/throws.cpp

TEST_CASE("compiler flags change no bit") {
  const std::uint64_t expected = probe_plain();
  CHECK(probe_fast_math() == expected);
  CHECK(probe_unoptimised() == expected);
  CHECK(probe_native() == expected);
  CHECK(probe_native_fast_math() == expected);
  CHECK(probe_no_exceptions() == expected);
}

TEST_CASE("a file without exceptions takes none from the others") { CHECK(mistakes_throw()); }

TEST_CASE("the caller's rounding mode changes no bit and stays") {
  const std::uint64_t expected = probe_plain();
  for (const int mode : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
    REQUIRE(std::fesetround(mode) == 0);
    const std::uint64_t digest = probe_plain();
    const std::uint64_t native_digest = probe_native();
    const int mode_after = std::fegetround();
    std::fesetround(FE_TONEAREST);
    CHECK(digest == expected);
    CHECK(native_digest == expected);
    CHECK(mode_after == mode);
  }
}

#if defined(__SSE2__)
TEST_CASE("flush-to-zero and denormals-are-zero change no bit and stay") {
  const std::uint64_t expected = probe_plain();
  const unsigned before = _mm_getcsr();
  const unsigned flushing = (before & ~0x3Fu) | 0x8040;
  _mm_setcsr(flushing);
  const std::uint64_t digest = probe_plain();
  const unsigned after = _mm_getcsr();
  _mm_setcsr(before);
  CHECK(digest == expected);
  CHECK((after & ~0x3Fu) == (flushing & ~0x3Fu));
}
#endif
