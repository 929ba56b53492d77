// The codec as tables that a block of threads fills through the codec itself and keeps in shared memory. Device code
// would otherwise spend some forty instructions on a number, several times what memory leaves it; a table in constant
// memory would be read one index at a time.
//
// A table codec has
//  - `Table`, and `fill(table, params, thread, threads)`: one thread's share of it;
//  - `encode(table, source, random)`, for a source whose NaNs are quiet;
//  - `clamps`: whether the clamp is in the table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <hifloat/bits.hpp>
#include <hifloat/codec.hpp>
#include <hifloat/config.hpp>
#include <hifloat/format.hpp>
#include <hifloat/overflow.hpp>
#include <hifloat/rounding.hpp>
#include <hifloat/simd/element.hpp>
#include <hifloat/simd/float_environment.hpp>
#include <hifloat/simd/tables.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE::gpu {

/// A magnitude code with the sign put on: there is no -0, and NaN has none.
[[nodiscard]] HIFLOAT_HD constexpr std::uint8_t negated(std::uint8_t code) noexcept {
  return static_cast<std::uint8_t>(code == format::zero ? code : code | format::sign_bit);
}

/// The cells of policies for which the 13 top bits of a binary32 decide, with a sticky bit below them where ties are
/// told apart. Quiet NaNs share no cell with infinity.
template <class R>
struct TopBitsCells {
  static constexpr bool sticky = std::is_same_v<R, rounding::TiesEven>;
  static constexpr unsigned count = sticky ? 1u << 14 : 1u << 13;

  [[nodiscard]] HIFLOAT_HD static constexpr std::size_t of(std::uint32_t bits) noexcept {
    return sticky ? top_bits_index(bits) : bits >> top_bits_shift;
  }
  /// The cell's lowest number, or with the sticky bit its second one.
  [[nodiscard]] HIFLOAT_HD static constexpr std::uint32_t lowest(unsigned cell) noexcept {
    return sticky ? cell >> 1 << top_bits_shift | (cell & 1) : cell << top_bits_shift;
  }
};

/// The code of a cell's magnitude, with the clamp applied. Few cells need the codec: all others are zero, or past the
/// largest value.
template <class R, class O>
[[nodiscard]] HIFLOAT_HD std::uint8_t code_of_cell(std::uint32_t bits, const KernelParams& params) noexcept {
  constexpr auto bits_of = [](int exponent) {
    return static_cast<std::uint32_t>(exponent + binary32::bias) << binary32::mantissa_width;
  };
  const Source x = clamped<float>(source_of_binary32(bits), params);
  if (x.bits < bits_of(format::min_exponent - 1)) return format::zero;
  if (x.bits < bits_of(format::max_exponent + 1)) return encode_source<R, O>(x, 0);
  if (x.bits > binary32::infinity) return apply_overflow<O>(format::nan);
  return apply_overflow<O>(x.bits == binary32::infinity || R::passes_largest ? format::infinity : format::max);
}

/// Calls `put(cell, magnitude bits, code)` for one thread's share of the cells without sign.
template <class R, class O, class Put>
HIFLOAT_HD void fill_top_bits(const KernelParams& params, unsigned thread, unsigned threads, Put put) noexcept {
  using Cells = TopBitsCells<R>;
  for (unsigned cell = thread; cell < Cells::count / 2; cell += threads) {
    const std::uint32_t bits = Cells::lowest(cell);
    put(cell, bits, code_of_cell<R, O>(bits, params));
  }
}

/// Rounding by one look-up.
template <class R, class O>
struct TopBitsCodec {
  static constexpr bool uses_random = false, clamps = true;
  struct Table {
    alignas(16) std::uint8_t code[TopBitsCells<R>::count];
  };

  HIFLOAT_HD static void fill(Table& table, const KernelParams& params, unsigned thread, unsigned threads) noexcept {
    fill_top_bits<R, O>(params, thread, threads, [&](unsigned cell, std::uint32_t, std::uint8_t code) {
      table.code[cell] = code;
      table.code[cell + TopBitsCells<R>::count / 2] = negated(code);
    });
  }
  [[nodiscard]] HIFLOAT_HD static std::uint8_t encode(const Table& table, const Source& x, std::uint16_t) noexcept {
    return table.code[TopBitsCells<R>::of(x.bits)];
  }
};

inline constexpr unsigned counting_field_bits = 6;

/// The same, where the entry also says what to count: one addition counts four things.
template <class R, class O>
struct CountingCodec {
  static constexpr bool uses_random = false, clamps = true;
  /// Fields of an entry. The code is on top: sums may run into it. The others hold the sum of a batch.
  static constexpr unsigned field_bits = counting_field_bits;
  enum Field : unsigned { non_finite, demoted, past_largest, zero, code_shift = 24 };
  struct Table {
    alignas(16) std::uint32_t entry[TopBitsCells<R>::count];
  };

  HIFLOAT_HD static void fill(Table& table, const KernelParams& params, unsigned thread, unsigned threads) noexcept {
    fill_top_bits<R, overflow::Infinity>(
        params, thread, threads, [&](unsigned cell, std::uint32_t bits, std::uint8_t code) {
          const auto flag = [](Field field, bool is_set) { return is_set ? 1u << field * field_bits : 0; };
          const std::uint8_t final_code = apply_overflow<O>(code);
          const std::uint32_t counts =
              flag(non_finite, bits >= binary32::infinity) | flag(demoted, bits >= hif8_demoted_from) |
              flag(past_largest, format::is_infinite(code)) | flag(zero, final_code == format::zero);
          table.entry[cell] = counts | static_cast<std::uint32_t>(final_code) << code_shift;
          table.entry[cell + TopBitsCells<R>::count / 2] = counts | static_cast<std::uint32_t>(negated(final_code))
                                                                        << code_shift;
        });
  }
  [[nodiscard]] HIFLOAT_HD static std::uint32_t entry(const Table& table, std::uint32_t bits) noexcept {
    return table.entry[TopBitsCells<R>::of(bits)];
  }
  [[nodiscard]] HIFLOAT_HD static constexpr std::uint8_t code_of(std::uint32_t entry) noexcept {
    return static_cast<std::uint8_t>(entry >> code_shift);
  }
  [[nodiscard]] HIFLOAT_HD static constexpr std::uint32_t count_of(std::uint32_t sum, Field field) noexcept {
    return sum >> field * field_bits & ((1u << field_bits) - 1);
  }
};

/// The lower half of {high, low} >> (amount mod 32).
[[nodiscard]] HIFLOAT_HD inline std::uint32_t shifted_right(std::uint32_t high, std::uint32_t low,
                                                            std::uint32_t amount) noexcept {
#if HIFLOAT_DEVICE_CODE
  return __funnelshift_r(low, high, amount);
#else
  return static_cast<std::uint32_t>((std::uint64_t{high} << 32 | low) >> (amount & 31));
#endif
}

/// Of a significand: its leading 1 and three mantissa bits, from a binary32's 12 top bits. One instruction, where told.
[[nodiscard]] HIFLOAT_HD inline std::uint32_t leading_bits(std::uint32_t top) noexcept {
#if HIFLOAT_DEVICE_CODE
  std::uint32_t bits;
  asm("lop3.b32 %0, %1, 7, 8, 0xEA;" : "=r"(bits) : "r"(top));
  return bits;
#else
  return (top & 7) | 8;
#endif
}

/// Policies that compare the discarded bits with others: the 12 top bits name the code below, the one above, and where
/// the discarded bits begin; the policy chooses. It sees the first 32 discarded bits (16 and more are all that the
/// library's own policies look at), and only whether any were kept.
template <class R, class O>
struct StepCodec {
  static constexpr bool uses_random = R::uses_random;
  static constexpr bool clamps = R::round_trips;  // the clamp is an exact value: it stays one whatever is compared
  static constexpr unsigned cell_shift = 20, cells = 1u << 12;
  /// Fields of an entry. Nothing is kept below the smallest value. `cut` brings the discarded bits of a significand
  /// whose fourth bit is bit 31 to the top.
  enum Field : unsigned { cut = 0, any_kept = 5, mantissa_width = 6, below = 8, above = 16 };
  struct Table {
    alignas(16) std::uint32_t entry[cells];
  };

  HIFLOAT_HD static void fill(Table& table, const KernelParams& params, unsigned thread, unsigned threads) noexcept {
    for (unsigned cell = thread; cell < cells / 2; cell += threads) {
      const Step step = make(cell << cell_shift, params);
      table.entry[cell] = entry_of(step, step.below, step.above);
      table.entry[cell + cells / 2] = entry_of(step, negated(step.below), negated(step.above));
    }
  }
  [[nodiscard]] HIFLOAT_HD static std::uint8_t encode(const Table& table, const Source& x,
                                                      std::uint16_t random) noexcept {
    const std::uint32_t top = x.bits >> cell_shift, entry = table.entry[top];
    const std::uint32_t discarded = shifted_right(leading_bits(top), x.bits << (32 - cell_shift), entry);
    const rounding::Truncated truncated{.kept = entry >> any_kept & 1,
                                        .discarded = std::uint64_t{discarded} << 32,
                                        .threshold = x.threshold,
                                        .mantissa_width = static_cast<int>(entry >> mantissa_width & 3),
                                        .random = random};
    return static_cast<std::uint8_t>(R::rounds_up(truncated) ? entry >> above : entry >> below);
  }

 private:
  struct Step {
    std::uint8_t below, above;
    unsigned fields;  ///< the others
  };
  [[nodiscard]] HIFLOAT_HD static constexpr std::uint32_t entry_of(const Step& step, unsigned code_below,
                                                                   unsigned code_above) noexcept {
    return step.fields | code_below << below | code_above << above;
  }
  [[nodiscard]] HIFLOAT_HD static constexpr Step make(std::uint32_t bits, const KernelParams& params) noexcept {
    const int exponent = static_cast<int>(bits >> binary32::mantissa_width) - binary32::bias;
    if (exponent > format::max_exponent || (clamps && bits >= params.clamp_bits)) {  // one code, whatever is discarded
      const std::uint8_t code = code_of_cell<R, O>(bits, params);
      return {code, code, 0};
    }
    const CutMagnitude magnitude = cut_magnitude(bits, 0, 0);
    const int rank = magnitude.offset + static_cast<int>(magnitude.truncated.kept);
    const auto code_of = [](int r) {
      if (r < format::infinity_rank) return format::code_of_rank(r);
      return apply_overflow<O>(R::passes_largest ? format::infinity : format::max);
    };
    // Three mantissa bits and the leading one are above bit 31; below the smallest value the leading one is discarded,
    // and after zeros, more of which than a shift can bring are too small to matter.
    const bool kept = exponent >= format::min_exponent;
    const int width = magnitude.truncated.mantissa_width;
    const int amount = kept ? 3 - width : 3 + (format::min_exponent - exponent);
    return {code_of(rank), code_of(rank + 1),
            (amount < 31 ? static_cast<unsigned>(amount) : 31u) << cut | unsigned{kept} << any_kept |
                (kept ? static_cast<unsigned>(width) : 0u) << mantissa_width};
  }
};

/// Any other policy: the codec itself, without a table.
template <class R, class O>
struct PlainCodec {
  static constexpr bool uses_random = R::uses_random, clamps = false;
  struct Table {};
  HIFLOAT_HD static void fill(Table&, const KernelParams&, unsigned, unsigned) noexcept {}
  [[nodiscard]] HIFLOAT_HD static std::uint8_t encode(const Table&, const Source& x, std::uint16_t random) noexcept {
    return encode_source<R, O>(x, random);
  }
};

template <class R>
inline constexpr bool decided_by_discarded_bits =
    std::is_same_v<R, rounding::Hybrid> || std::is_same_v<R, rounding::SimplifiedStochastic> ||
    std::is_same_v<R, rounding::Stochastic>;

template <class R, class O>
using TableCodec =
    std::conditional_t<decided_by_top_bits<R>, TopBitsCodec<R, O>,
                       std::conditional_t<decided_by_discarded_bits<R>, StepCodec<R, O>, PlainCodec<R, O>>>;

/// The values of all codes, times a scale, as elements.
template <class T>
struct ValueTable {
  word_t<T> value[256];

  HIFLOAT_HD void fill(float scale, unsigned thread, unsigned threads) noexcept {
    for (unsigned code = thread; code < 256; code += threads) {
      const float scaled = multiply(bit_cast<float>(format::binary32_bits(static_cast<std::uint8_t>(code))), scale);
      value[code] = bit_cast<word_t<T>>(element_from<T>(scaled));
    }
  }
  [[nodiscard]] HIFLOAT_HD T operator[](std::uint8_t code) const noexcept { return bit_cast<T>(value[code]); }
};

}  // namespace HIFLOAT_DETAIL_NAMESPACE::gpu
