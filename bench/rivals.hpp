// Other libraries' products of row-major matrices, C [m x n] = A [m x k] * B [k x n], on one thread.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include <hifloat/storage.hpp>

namespace bench {

struct Shape {
  std::size_t m, n, k;
};

struct Matrices {
  const float *a, *b;
  const hifloat::bfloat16 *a_bf16, *b_bf16;
  float* c;
};

struct Rival {
  std::string name;
  std::function<void()> run;
};

/// Those that were found when this was built and that this CPU can run.
[[nodiscard]] std::vector<Rival> rivals(const Shape& shape, const Matrices& matrices);

/// What OpenBLAS runs on, as far as it says; "" without it.
[[nodiscard]] std::string openblas_core();

inline constexpr const char* sgemm_name = "OpenBLAS sgemm";
inline constexpr const char* onednn_name = "oneDNN bf16";

}  // namespace bench
