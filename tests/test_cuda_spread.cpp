// How the elements of a launch are spread over its threads: each is somebody's, and nobody else's.

#include <hifloat/cuda/spread.cuh>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace test_cuda_spread {
namespace {

namespace gpu = hifloat::detail::gpu;

template <unsigned Batch>
struct CountVisits {
  struct Vector {
    std::uint64_t first = ~std::uint64_t{0};
  };
  static constexpr unsigned batch = Batch;
  std::vector<int>& visits;
  std::uintptr_t address;
  std::size_t element_size;
  unsigned width;
  unsigned open = 0, faults = 0;

  Vector load(std::uint64_t i) {
    faults += (address + i * element_size) % 16 != 0;
    faults += i + width > visits.size();
    return {i};
  }
  void vector(std::uint64_t i, const Vector& loaded) {
    faults += loaded.first != i;
    for (std::uint64_t j = i; j < i + width; ++j) ++visits.at(j);
    faults += ++open > batch;
  }
  void single(std::uint64_t i) {
    ++visits.at(i);
    faults += ++open > 1;
  }
  void end_of_batch() { open = 0; }
};

template <unsigned Batch>
void check(std::size_t element_size, unsigned width, unsigned blocks, unsigned threads) {
  for (std::uintptr_t misaligned = 0; misaligned < 16; misaligned += element_size) {
    for (std::size_t n = 0; n <= 300; ++n) {
      const std::uintptr_t address = 4096 + misaligned;
      const gpu::Spread spread(address, element_size, width, n);
      std::vector<int> visits(n);
      unsigned faults = 0;
      for (unsigned block = 0; block < blocks; ++block) {
        for (unsigned thread = 0; thread < threads; ++thread) {
          CountVisits<Batch> work{visits, address, element_size, width};
          gpu::visit(spread, {block, blocks, thread, threads}, work);
          faults += work.faults + work.open;
        }
      }
      for (const int count : visits) faults += count != 1;
      CAPTURE(element_size);
      CAPTURE(misaligned);
      CAPTURE(n);
      CHECK(faults == 0);
      CHECK(spread.singles() < 2 * std::uint64_t{width});
    }
  }
}

}  // namespace

TEST_CASE("every element is visited once, in aligned vectors, whatever the alignment, the length and the grid") {
  for (const unsigned blocks : {1u, 2u, 3u}) {
    for (const unsigned threads : {1u, 2u, 32u}) {
      check<4>(4, 4, blocks, threads);  // float
      check<2>(4, 8, blocks, threads);  // float with random bits
      check<4>(2, 8, blocks, threads);  // 16-bit elements
      check<2>(2, 8, blocks, threads);
    }
  }
}

TEST_CASE("arrays past 2^32 elements are numbered without wrapping") {
  constexpr std::uint64_t n = (std::uint64_t{1} << 40) + 5;
  constexpr gpu::Spread spread(4, 4, 4, n);
  static_assert(spread.prefix == 3 && spread.vectors == (std::uint64_t{1} << 38) && spread.singles() == 5);
  static_assert(spread.first_of(spread.vectors - 1) + 4 + 2 == n);
  static_assert(spread.single(3) == n - 2);
  static_assert(spread.useful_blocks(512, 4) == std::uint64_t{1} << 27);
  CHECK(gpu::Spread(4096, 4, 4, 0).useful_blocks(512, 4) == 1);
}

}  // namespace test_cuda_spread
