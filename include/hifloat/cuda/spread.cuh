// How the elements of an array are spread over the threads of a grid. Nothing here needs CUDA: the tests run it for
// every thread of a grid, on the CPU.
//
//   element:  0 .. prefix | prefix .. prefix + width * vectors | .. n
//             singly        16 bytes at a time                   singly
//
// The body begins where the memory that is read or written 16 bytes at a time is aligned. A block takes a batch of
// vectors for each of its threads and goes on a grid further; neighbouring threads take neighbouring vectors.
// What is left at both ends, fewer than two vectors, is the first block's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <hifloat/config.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE::gpu {

inline constexpr unsigned vector_bytes = 16;
inline constexpr unsigned loads_in_flight = 4;  ///< of a thread: made before the first of them is used

/// Which thread of which block, and how many there are.
struct Place {
  std::uint64_t block, blocks;
  unsigned thread, threads;
};

/// An array of n elements in a prefix, a body of vectors of `width` elements, and a tail.
struct Spread {
  std::uint64_t n, prefix, vectors;
  unsigned width;

  HIFLOAT_HD constexpr Spread(std::uintptr_t address, std::size_t element_size, unsigned vector_width,
                              std::uint64_t elements) noexcept
      : n(elements), prefix((0 - address) % vector_bytes / element_size), vectors(0), width(vector_width) {
    if (prefix > n) prefix = n;
    vectors = (n - prefix) / width;
  }

  [[nodiscard]] HIFLOAT_HD constexpr std::uint64_t first_of(std::uint64_t vector) const noexcept {
    return prefix + vector * width;
  }
  /// Elements outside the body.
  [[nodiscard]] HIFLOAT_HD constexpr std::uint64_t singles() const noexcept { return n - vectors * width; }
  [[nodiscard]] HIFLOAT_HD constexpr std::uint64_t single(std::uint64_t i) const noexcept {
    return i < prefix ? i : i + vectors * width;
  }
  /// Blocks of `threads` threads that have something to do; at least one.
  [[nodiscard]] HIFLOAT_HD constexpr std::uint64_t useful_blocks(unsigned threads, unsigned batch) const noexcept {
    const std::uint64_t of_block = std::uint64_t{threads} * batch;
    return vectors == 0 ? 1 : (vectors + of_block - 1) / of_block;
  }
};

/// One thread's work. `work` has
///  - `Vector`, and `batch`: how many of them are loaded before the first is used;
///  - `Vector load<Regular>(std::uint64_t i)`: the vector that begins at element i;
///  - `void vector<Regular>(std::uint64_t i, const Vector&)`, and `void single(std::uint64_t i)` for one element;
///  - `void end_of_batch()`, after at most `batch` vectors, or a single element;
///  - `bool is_regular()`: whether vectors are of the kind that `Regular` ones may be taken for, all of a kernel's.
template <class Work>
HIFLOAT_HD void visit(const Spread& spread, const Place& place, Work& work) {
  HIFLOAT_KEEP_ROLLED
  for (std::uint64_t i = place.block == 0 ? place.thread : spread.singles(); i < spread.singles(); i += place.threads) {
    work.single(spread.single(i));
    work.end_of_batch();
  }
  constexpr unsigned batch = Work::batch;
  const std::uint64_t threads = place.threads, of_block = batch * threads, of_grid = place.blocks * of_block;
  const auto visit_batch = [&](std::uint64_t first, auto regular, const auto& is_there) {
    constexpr bool is_regular = decltype(regular)::value;
    const std::uint64_t v = first + place.thread;
    typename Work::Vector loaded[batch];
    HIFLOAT_UNROLL
    for (unsigned u = 0; u < batch; ++u) {
      if (is_there(v + u * threads)) loaded[u] = work.template load<is_regular>(spread.first_of(v + u * threads));
    }
    HIFLOAT_UNROLL
    for (unsigned u = 0; u < batch; ++u) {
      if (is_there(v + u * threads)) {
        work.template vector<is_regular>(spread.first_of(v + u * threads), loaded[u]);
      }
    }
    work.end_of_batch();
  };
  // Nearly all of a large array goes through the first loop, in which nothing but the end is asked.
  std::uint64_t first = place.block * of_block;
  if (work.is_regular()) {
    for (; first + of_block <= spread.vectors; first += of_grid) {
      visit_batch(first, std::true_type{}, [](std::uint64_t) { return true; });
    }
  }
  for (; first < spread.vectors; first += of_grid) {
    visit_batch(first, std::false_type{}, [&](std::uint64_t v) { return v < spread.vectors; });
  }
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE::gpu
