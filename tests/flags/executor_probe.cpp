// A digest of what executors change, nothing: on threads where this file is compiled with OpenMP (test_flags.cpp).
#include "digest.hpp"
#include "probe.hpp"

ProbeDigests HIFLOAT_PROBE() {
#if defined(_OPENMP)
  const hf::executor::OpenMp executor{.threads = 3};
#else
  const hf::executor::Serial executor;
#endif
  Digest digest;
  add_executor(digest, all_kinds_of_floats(), executor);
  return {digest.value, 0};
}
