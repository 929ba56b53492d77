// Runs the tests where there is a GPU; elsewhere says so and ends with the code that ctest counts as skipped.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "usable_gpu.hpp"

#include <cstdio>

int main(int argc, char** argv) {
  if (const char* reason = gpu_test::why_no_gpu()) {
    std::printf("skipped: no GPU: %s\n", reason);
    return GPU_TEST_SKIPPED;
  }
  return doctest::Context(argc, argv).run();
}
