// How a product is cut for its operands to stay in caches.
#pragma once

#include <algorithm>
#include <cstddef>

#include <hifloat/config.hpp>
#include <hifloat/matmul/parts.hpp>
#include <hifloat/simd/product_kernels.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// A block of A is some rows over a slice of the summed dimension; a block of B, some panels over a part of the slice.
///
/// Many rows: a part is the whole slice, and B's block stays in the L2 cache while tile after tile of A's, which stays
/// in the L1 cache, is multiplied with all of its panels. Few rows: each word of B is read a few times only, so that a
/// part of one panel stays in the L1 cache, and A's block in the L2 cache; its slices are as long as there is room, up
/// to whole panels, which then are read in the order of memory.
struct ProductBlocks {
  std::size_t rows;            ///< of a block of A
  std::size_t words;           ///< of a slice
  std::size_t part_words;      ///< of a part of a slice
  std::size_t panels;          ///< of a block of B
  std::size_t panels_of_sums;  ///< that a block of A is multiplied with before its next slice
};

[[nodiscard]] inline ProductBlocks product_blocks(const ProductKernels& kernels, std::size_t rows, std::size_t panels,
                                                  std::size_t words) noexcept {
  constexpr std::size_t columns_of_sums = 1024;  // decoding A's block again for each costs 1 percent
  const auto at_least_1 = [](std::size_t n) { return std::max<std::size_t>(n, 1); };
  const std::size_t panels_of_sums = (std::min)(at_least_1(columns_of_sums / kernels.columns), panels);
  const std::size_t slice = (std::min)(kernels.slice_words, words);
  const std::size_t more = kernels.slice_words / at_least_1(slice);  // of a block, where slices are short
  const std::size_t block_rows = longest_piece(rows, kernels.block_rows * more, kernels.rows);
  if (block_rows > kernels.few_rows) {
    return {block_rows, slice, slice, (std::min)(kernels.block_panels * more, panels_of_sums), panels_of_sums};
  }
  const std::size_t long_slice = (std::min)(kernels.few_rows / at_least_1(block_rows) * kernels.few_words, words);
  return {block_rows, long_slice, (std::min)(kernels.part_words, long_slice), std::min<std::size_t>(1, panels),
          panels_of_sums};
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
