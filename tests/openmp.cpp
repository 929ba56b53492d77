// executor::OpenMp runs every piece once, and array functions on it give the bits of the plain call.
#include <doctest/doctest.h>

#include <atomic>
#include <cstddef>
#include <vector>

#include <hifloat/array.hpp>

#if !defined(_OPENMP)
#error "compiled without OpenMP"
#endif

namespace hf = hifloat;

static_assert(hf::Executor<hf::executor::OpenMp>);

TEST_CASE("every piece runs once, on as many threads as asked for") {
  for (const int threads : {0, 1, 2, 5}) {
    const hf::executor::OpenMp openmp{.threads = threads};
    CHECK(openmp.concurrency() == static_cast<std::size_t>(threads != 0 ? threads : omp_get_max_threads()));
    for (const std::size_t pieces : {0u, 1u, 100u}) {
      std::vector<std::atomic<int>> runs(pieces);
      const auto count = [&](std::size_t i) { ++runs[i]; };
      openmp(pieces, hf::Task(count));
      for (const std::atomic<int>& n : runs) CHECK(n == 1);
    }
  }
}

TEST_CASE("quantize") {
  std::vector<float> x(300'001);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i % 4099) - 2000.0f;
  std::vector<hf::hif8_t> expected(x.size()), codes(x.size());
  const hf::QuantizeStats stats = hf::quantize(x, expected, 0.3f);
  for (const int threads : {0, 2, 7}) {
    const hf::executor::OpenMp openmp{.threads = threads};
    CHECK(hf::quantize(hf::on(openmp, x), codes, 0.3f) == stats);
    for (std::size_t i = 0; i < x.size(); ++i) REQUIRE(codes[i].bits() == expected[i].bits());
  }
}
