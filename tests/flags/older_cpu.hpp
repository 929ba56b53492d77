#pragma once
// What older_cpu_probe.cpp computes, under the flags it is compiled with.

#include <cstdint>

std::uint64_t digest_for_any_cpu();
std::uint64_t digest_for_avx512();
