// How the elements of a launch are spread over its threads: each is somebody's, and nobody else's.

#include <hifloat/cuda/spread.cuh>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace test_cuda_spread {
namespace {

namespace gpu = hifloat::detail::gpu;

template <unsigned Batch, bool Regular>
struct CountVisits {
  struct Vector {
    std::uint64_t first = ~std::uint64_t{0};
  };
  static constexpr unsigned batch = Batch;
  std::vector<int>& visits;
  std::uintptr_t address;
  std::size_t element_size;
  unsigned width;
  unsigned open = 0, faults = 0, regular = 0;

  [[nodiscard]] static bool is_regular() { return Regular; }
  template <bool IsRegular>
  Vector load(std::uint64_t i) {
    faults += (address + i * element_size) % 16 != 0;
    faults += IsRegular && !Regular;
    faults += i + width > visits.size();
    return {i};
  }
  template <bool IsRegular>
  void vector(std::uint64_t i, const Vector& loaded) {
    faults += loaded.first != i;
    faults += IsRegular && !Regular;
    regular += IsRegular;
    for (std::uint64_t j = i; j < i + width; ++j) ++visits.at(j);
    faults += ++open > batch;
  }
  void single(std::uint64_t i) {
    ++visits.at(i);
    faults += ++open > 1;
  }
  void end_of_batch() { open = 0; }
};

template <unsigned Batch, bool Regular>
void check_kind(std::size_t element_size, unsigned width, unsigned blocks, unsigned threads) {
  for (std::uintptr_t misaligned = 0; misaligned < 16; misaligned += element_size) {
    for (std::size_t n = 0; n <= 300; ++n) {
      const std::uintptr_t address = 4096 + misaligned;
      const gpu::Spread spread(address, element_size, width, n);
      std::vector<int> visits(n);
      unsigned faults = 0;
      std::uint64_t regular = 0;
      for (unsigned block = 0; block < blocks; ++block) {
        for (unsigned thread = 0; thread < threads; ++thread) {
          CountVisits<Batch, Regular> work{visits, address, element_size, width};
          gpu::visit(spread, {block, blocks, thread, threads}, work);
          faults += work.faults + work.open;
          regular += work.regular;
        }
      }
      for (const int count : visits) faults += count != 1;
      CAPTURE(element_size);
      CAPTURE(misaligned);
      CAPTURE(n);
      CHECK(faults == 0);
      const std::uint64_t of_block = std::uint64_t{threads} * Batch;
      CHECK(regular == (Regular ? spread.vectors / of_block * of_block : 0));
      CHECK(spread.singles() < 2 * std::uint64_t{width});
    }
  }
}

template <unsigned Batch>
void check(std::size_t element_size, unsigned width, unsigned blocks, unsigned threads) {
  check_kind<Batch, true>(element_size, width, blocks, threads);
  check_kind<Batch, false>(element_size, width, blocks, threads);
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

TEST_CASE("there are as many blocks as have something to do") {
  const auto blocks_for = [](std::uint64_t vectors) {
    return gpu::Spread(4096, 4, 4, 4 * vectors).useful_blocks(512, 4);
  };
  CHECK(blocks_for(0) == 1);  // for what is outside the body
  CHECK(blocks_for(1) == 1);
  CHECK(blocks_for(2048) == 1);
  CHECK(blocks_for(2049) == 2);
}

TEST_CASE("arrays past 2^32 elements are numbered without wrapping") {
  constexpr std::uint64_t n = (std::uint64_t{1} << 40) + 5;
  constexpr gpu::Spread spread(4, 4, 4, n);
  static_assert(spread.prefix == 3 && spread.vectors == (std::uint64_t{1} << 38) && spread.singles() == 5);
  static_assert(spread.first_of(spread.vectors - 1) + 4 + 2 == n);
  static_assert(spread.single(3) == n - 2);
  static_assert(spread.useful_blocks(512, 4) == std::uint64_t{1} << 27);
}

}  // namespace test_cuda_spread
