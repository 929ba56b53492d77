// Linked behind a file for AVX-512, whose copies of shared functions a linker would keep: what was compiled for any CPU
// runs on any, as this program does. Under an emulated CPU without AVX (flags.cmake) it shows that.
#include "older_cpu.hpp"

#include <cstdio>

int main() {
  const std::uint64_t expected = digest_for_any_cpu();
  const bool has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                          __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
                          __builtin_cpu_supports("avx512cd");
  if (!has_avx512) {
    std::puts("this CPU has no AVX-512: what was compiled for it is linked, and not called");
    return 0;
  }
  return digest_for_avx512() == expected ? 0 : 1;
}
