// The work of a product with few rows, y = alpha * x * transposed(w) * inverse scales + beta * y, with x [m x k] and
// w [n x k] in HiF8 and m <= 8, for host and device: nothing here needs CUDA.
//
// Such a product takes as long as w takes to be read, which is done once. A block has 16 warps and takes up to 32 rows
// of w at a time. Its warps share the columns, 64 of them in turn, and a warp's threads ("lanes") share rows and
// columns:
//
//   lane                  rows                                      columns of the step
//   4 row + part          row of x, and row of four units of w      16 part .. 16 part + 15
//
// so that a step is five loads of 16 codes for each lane. A tensor core adds up 8 columns at a time, two of each part:
// it multiplies TF32 numbers, of which HiF8 values are some, and the order of columns is no matter to it as long as x
// and w agree. The sums are binary32; those of the warps are added up in binary64, one after the other. What is
// computed does not depend on the size of the grid: every run has the same bits.
#pragma once

#include <cstddef>
#include <cstdint>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/cuda/memory.cuh>
#include <hifloat/format.hpp>
#include <hifloat/matmul/options.hpp>
#include <hifloat/scaling/binary64.hpp>
#include <hifloat/simd/element.hpp>
#include <hifloat/simd/float_environment.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE::gpu {

inline constexpr unsigned skinny_rows = 8;  ///< of x, at most
inline constexpr unsigned unit_rows = 8;    ///< of w; a tensor core takes two units
inline constexpr unsigned units_at_once = 4, tiles_at_once = units_at_once / 2,
                          rows_at_once = units_at_once * unit_rows;
inline constexpr unsigned skinny_lanes = 32, skinny_warps = 16;
inline constexpr unsigned step_columns = 64;

/// 16 neighbours.
struct alignas(16) FourWords {
  std::uint32_t word[4];
};

/// The value of every code, once for each bank of shared memory: a warp's look-ups don't wait for each other, whatever
/// the codes. Codes are 256 bytes apart, though 128 would do, so that an address is put together from bytes by one
/// instruction.
class BankedValues {
 public:
  HIFLOAT_HD void fill(unsigned thread, unsigned threads) noexcept {
    for (unsigned code = thread / 2; code < 256; code += threads / 2) {
      const float x = bit_cast<float>(format::binary32_bits(static_cast<std::uint8_t>(code)));
      HIFLOAT_UNROLL
      for (unsigned i = 0; i < 4; ++i) {  // threads that store at a time store to different banks
        quarters_[code][thread % 2 * 4 + (i + code) % 4] = {{x, x, x, x}};
      }
    }
  }
  /// Of byte j of a word.
  [[nodiscard]] HIFLOAT_HD float value(std::uint32_t word, unsigned j, unsigned lane) const noexcept {
#if HIFLOAT_DEVICE_CODE
    const unsigned offset = __byte_perm(word, lane * 4, 0x7604 | j << 4);
#else
    const unsigned offset = (word >> (8 * j) & 0xFF) << 8 | lane * 4;
#endif
    const void* const number = reinterpret_cast<const unsigned char*>(quarters_) + offset;
    return *static_cast<const float*>(number);
  }

 private:
  Elements<float, 4> quarters_[256][16];
};

/// Sums of one warp, for each row of x and of w; the distance of rows keeps the stores of four apart in shared memory.
struct WarpSums {
  float of[skinny_rows][rows_at_once + 4];
};

/// A lane's part of the tiles that a tensor core adds to. Of each, elements 0 and 1 are of the upper unit's row lane /
/// 4 and of x's rows lane % 4 * 2 and the next, 2 and 3 the same of the lower unit.
struct LaneSums {
  float of[tiles_at_once][4] = {};

  HIFLOAT_HD void store(WarpSums& sums, unsigned lane) const noexcept {
    HIFLOAT_UNROLL
    for (unsigned tile = 0; tile < tiles_at_once; ++tile) {
      HIFLOAT_UNROLL
      for (unsigned i = 0; i < 4; ++i) {
        sums.of[lane % 4 * 2 + i % 2][(2 * tile + i / 2) * unit_rows + lane / 4] = of[tile][i];
      }
    }
  }
};

struct SkinnyMemory {
  BankedValues values;
  WarpSums sums[skinny_warps];
};

/// x or w.
struct SkinnyOperand {
  const std::uint8_t* codes;
  std::uint64_t rows;
  float inverse_scale;
  const float* device_inverse_scales;  ///< unless it is null: one for each row, or for all
  bool by_row;

  [[nodiscard]] HIFLOAT_HD double scale_of(std::uint64_t row) const noexcept {
    return to_binary64(device_inverse_scales == nullptr ? inverse_scale : device_inverse_scales[by_row ? row : 0]);
  }
};

/// Numbers of two columns.
struct NumberPair {
  float first, second;
};

/// The rows of w that are left for a block. It is at work on the first of them.
struct RowsLeft {
  std::uint64_t first, end;

  [[nodiscard]] HIFLOAT_HD unsigned at_work() const noexcept {
    return end - first < rows_at_once ? static_cast<unsigned>(end - first) : rows_at_once;
  }
  [[nodiscard]] HIFLOAT_HD RowsLeft next() const noexcept { return {first + at_work(), end}; }
};

/// `Aligned`: all rows of x and w begin at multiples of 16 bytes. Otherwise codes are loaded one by one.
template <class T, bool Aligned>
struct SkinnyJob {
  SkinnyOperand x, w;
  T* y;
  std::uint64_t k;
  MatmulOptions options;
  std::uint64_t units_each = 0, one_more = 0;  ///< units of a block, and how many blocks have one more

  struct Step {
    FourWords x, w[units_at_once];
  };

  /// Shares the rows of w, of which there are some, among no more than `most` blocks. Returns how many.
  unsigned share_among(unsigned most) noexcept {
    const std::uint64_t units = (w.rows + unit_rows - 1) / unit_rows;
    const unsigned blocks = units < most ? static_cast<unsigned>(units) : most;
    units_each = units / blocks;
    one_more = units % blocks;
    return blocks;
  }
  [[nodiscard]] HIFLOAT_HD RowsLeft rows_of(std::uint64_t block) const noexcept {
    const std::uint64_t first = block * units_each + (block < one_more ? block : one_more);
    const std::uint64_t end = (first + units_each + (block < one_more)) * unit_rows;
    return {first * unit_rows, end < w.rows ? end : w.rows};
  }

  /// The step that begins at a column. What is not there is zeros.
  [[nodiscard]] HIFLOAT_HD Step load(const RowsLeft& rows, std::uint64_t first_column, unsigned lane) const noexcept {
    const std::uint64_t column = first_column + lane % 4 * 16;
    const unsigned row = lane / 4;
    Step loaded;
    loaded.x = codes_at<true>(x, row, row < x.rows, column);
    HIFLOAT_UNROLL
    for (unsigned unit = 0; unit < units_at_once; ++unit) {
      const unsigned of_rows = unit * unit_rows + row;
      loaded.w[unit] = codes_at<false>(w, rows.first + of_rows, of_rows < rows.at_work(), column);
    }
    return loaded;
  }

  /// Calls multiply_add(tile, x, upper, lower) for all that was loaded, two columns at a time of this lane's: its row
  /// of x, and of the two units of a tile.
  template <class MultiplyAdd>
  HIFLOAT_HD static void multiply(const Step& step, const RowsLeft& rows, const BankedValues& values, unsigned lane,
                                  const MultiplyAdd& multiply_add) noexcept {
    const auto pair = [&](const FourWords& codes, unsigned j) {
      const std::uint32_t word = codes.word[j / 4];
      return NumberPair{values.value(word, j % 4, lane), values.value(word, j % 4 + 1, lane)};
    };
    NumberPair numbers[8];
    HIFLOAT_UNROLL
    for (unsigned i = 0; i < 8; ++i) numbers[i] = pair(step.x, 2 * i);
    HIFLOAT_UNROLL
    for (unsigned tile = 0; tile < tiles_at_once; ++tile) {
      if (2 * tile * unit_rows >= rows.at_work()) continue;
      HIFLOAT_UNROLL
      for (unsigned i = 0; i < 8; ++i) {
        multiply_add(tile, numbers[i], pair(step.w[2 * tile], 2 * i), pair(step.w[2 * tile + 1], 2 * i));
      }
    }
  }

  /// Writes an element of y from the sums of all warps, where this thread has one.
  HIFLOAT_HD void finish(const WarpSums (&sums)[skinny_warps], const RowsLeft& rows, unsigned thread) const noexcept {
    const unsigned i = thread / rows_at_once, j = thread % rows_at_once;
    if (i >= x.rows || j >= rows.at_work()) return;
    double sum = 0;
    HIFLOAT_UNROLL
    for (const WarpSums& of_warp : sums) sum = binary64::add(sum, to_binary64(of_warp.of[i][j]));
    const double factor = binary64::multiply(to_binary64(options.alpha), x.scale_of(i));
    double result = binary64::multiply(binary64::multiply(w.scale_of(rows.first + j), factor), sum);
    T& element = y[i * w.rows + rows.first + j];
    if ((bit_cast<std::uint32_t>(options.beta) & binary32::magnitude_mask) != 0) {
      result = binary64::add(binary64::multiply(to_binary64(options.beta), to_binary64(widened(element))), result);
    }
    element = element_from<T>(rounded_to_binary32(result));
  }

 private:
  template <bool Cached>
  [[nodiscard]] HIFLOAT_HD FourWords codes_at(const SkinnyOperand& matrix, std::uint64_t row, bool has_row,
                                              std::uint64_t column) const noexcept {
    FourWords codes{};
    if (!has_row || column >= k) return codes;
    const std::uint8_t* const address = matrix.codes + row * k + column;
    if constexpr (Aligned) {
      codes = gpu::load<FourWords, Cached>(address);
    } else {
      HIFLOAT_UNROLL
      for (unsigned j = 0; j < 16; ++j) {
        if (column + j < k) codes.word[j / 4] |= std::uint32_t{address[j]} << (j % 4 * 8);
      }
    }
    return codes;
  }
};

}  // namespace HIFLOAT_DETAIL_NAMESPACE::gpu
