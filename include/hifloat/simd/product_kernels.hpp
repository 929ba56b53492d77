// What a matrix product asks of an instruction set, and the scalar answer.
//
// Operands are decoded into words of 32 bits: a binary32 number, or, where the CPU multiplies pairs of bfloat16
// numbers, two neighbours of the summed dimension. Every HiF8 value is exact in either, and so is every product of two
// in binary32: only sums are rounded.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <hifloat/config.hpp>
#include <hifloat/simd/element.hpp>
#include <hifloat/simd/scalar.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// The largest numbers of rows and columns that a tile has.
inline constexpr std::size_t most_tile_rows = 8, most_tile_columns = 64;

/// Codes that the next tiles will read, by address: what is asked for may lie past their end. A tile asks for `step`
/// bytes with each word: else memory is waited for while nothing is computed.
struct CodesAhead {
  static constexpr std::size_t most = 128;  ///< two cache lines: tiles ask for two addresses
  std::uintptr_t address;
  std::size_t step;
};

/// One tile: sums[i][j] += sum over k < words of a[i][k] * b[k][j], for its rows i and all columns j of a panel.
/// Without `continues` the sums begin at 0. The stride is in words; the rows of sums lie one after the other.
using ProductTile = void(const void* a, std::size_t a_stride, const void* b, std::size_t words, float* sums,
                         bool continues, CodesAhead ahead) noexcept;
using ProductTiles = std::array<ProductTile*, most_tile_rows>;

/// The same with the right operand's codes, of HiF8, whose words are kept in `kept` unless that is null; there are
/// stream_rows rows then. False, and no sum written, where it meets codes or a number of words that it has no way for.
using ProductStream = bool(const void* a, std::size_t a_stride, const std::uint8_t* codes, std::size_t words,
                           float* sums, bool continues, CodesAhead ahead, void* kept) noexcept;
using ProductStreams = std::array<ProductStream*, most_tile_rows>;

/// y[j] = row_factor * column_scales[j] * sums[j] + beta * y[j], in binary64, rounded once to binary32 with
/// NaN the quiet one; y is not read unless `reads`. n is a multiple of 8. Sums lie in the order that tiles leave.
using FinishRow = void(float* y, const float* sums, const double* column_scales, std::size_t n, double row_factor,
                       double beta, bool reads) noexcept;

/// n HiF8 codes as the numbers that words are made of; or so many rows of words of a panel, as tiles read them.
using DecodeNumbers = void(const std::uint8_t* codes, void* numbers, std::size_t n,
                           const KernelParams& unscaled) noexcept;

struct ProductKernels {
  std::size_t rows;         ///< of the largest tile
  std::size_t columns;      ///< of a tile, and of a panel
  std::size_t depth;        ///< numbers in a word
  std::size_t stream_rows;  ///< of the largest tile that reads codes; 0: there are none
  /// ProductBlocks: of the left operand a tile's rows by slice_words stay in the L1 cache, and of the right one a panel
  /// by part_words; in the L2 cache, few_rows by few_words of the left one, or block_panels by slice_words of the right
  /// one. A block of the left one has no more than block_rows by slice_words.
  std::size_t slice_words, part_words, few_rows, few_words, block_panels, block_rows;
  ProductTiles tiles;      ///< by number of rows - 1
  ProductStreams streams;  ///< likewise
  FinishRow* finish;
  DecodeNumbers* decode;
  DecodeNumbers* decode_panel;
};

template <class Backend, class Number>
void decode_numbers(const std::uint8_t* codes, void* numbers, std::size_t n, const KernelParams& unscaled) noexcept {
  Backend::decode(codes, static_cast<Number*>(numbers), n, unscaled);
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_DETAIL_NAMESPACE::scalar_products {

/// 1 x 8. What is computed is hidden from the optimiser, so that no flag changes a sum.
struct Products {
  using Number = float;
  using Word = float;
  using Words = float;
  using Sums = float;
  using Doubles = double;
  static constexpr std::size_t lanes = 1, double_lanes = 1;
  static constexpr std::size_t rows = 1, vectors = 8;
  static constexpr std::size_t stream_rows = 0;
  static constexpr std::size_t slice_words = 512, part_words = 256, few_rows = 16, few_words = 2048;
  static constexpr std::size_t block_panels = 8, block_rows = 128;

  static void prefetch(std::uintptr_t) {}
  static Words load(const Word* p) { return *p; }
  static Words broadcast(const Word* p) { return *p; }
  static Sums zero() { return 0; }
  static Sums load_sums(const float* p) { return *p; }
  static void store_sums(float* p, Sums x) { *p = x; }
  static void arrange(Word*, std::size_t) {}
  static Doubles widen_sums(const float* sums, std::size_t j) { return widen(sums + j); }
  static Sums multiply_add(Words a, Words b, Sums sum) {
    float product = a * b;
    HIFLOAT_OPAQUE(product);
    sum += product;
    HIFLOAT_OPAQUE(sum);
    return sum;
  }
  static Doubles set(double x) { return x; }
  static Doubles load_doubles(const double* p) { return *p; }
  static Doubles widen(const float* p) { return static_cast<double>(*p); }
  static void narrow(float* p, Doubles x) { *p = element_from<float>(static_cast<float>(x)); }
  static Doubles multiply(Doubles a, Doubles b) {
    double product = a * b;
    HIFLOAT_OPAQUE(product);
    return product;
  }
  static Doubles fused(Doubles a, Doubles b, Doubles c) { return multiply(a, b) + c; }
};

#include <hifloat/simd/product_tile.inl>

}  // namespace HIFLOAT_DETAIL_NAMESPACE::scalar_products
