// The HiF8 bit layout: fields, named codes, decode. The only file with bit positions; every table, limit and constant
// elsewhere is generated from it at compile time. Source: "Ascend HiFloat8 Format for Deep Learning" (arXiv
// 2409.16626), table 1.
//
//   dot    D  exponent E        mantissa bits   positive codes
//   0000   -  M-23 (denormal)   (3 bits of M)   0x01-0x07      value 2^(M-23), M = 1..7
//   0001   0  0                 3               0x08-0x0F
//   001    1  +-1               3               0x10-0x1F
//   01     2  +-2..3            3               0x20-0x3F
//   10     3  +-4..7            2               0x40-0x5F
//   11     4  +-8..15           1               0x60-0x7F
//
// A normal code is sign, dot, D exponent bits, mantissa. The exponent field is sign and magnitude with the magnitude's
// leading 1 hidden.
#pragma once

#include <cstdint>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>

/// The bit layout of HiF8: codes are bytes here, and magnitude codes those without sign.
namespace HIFLOAT_NAMESPACE::format {

inline constexpr int max_exponent = 15;          ///< 2^15 is the largest finite value
inline constexpr int min_normal_exponent = -15;  ///< below it there are only powers of two
inline constexpr int min_exponent = -22;         ///< 2^-22 is the smallest value
inline constexpr std::uint8_t sign_bit = 0x80;   ///< of a negative code

/// Mantissa bits that a value with binary exponent `exponent` keeps: 3 for |E| <= 3, 2 up to 7, 1 up to 15, 0 below
/// 2^-15.
HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD constexpr int mantissa_width(int exponent) noexcept {
  const int distance = exponent < 0 ? -exponent : exponent;
  return 3 - (distance >= 4) - (distance >= 8) - (distance >= 16);
}

/// The magnitude code of 2^exponent * (1 + mantissa / 2^mantissa_width(exponent)), for min_exponent <= exponent <=
/// max_exponent.
HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD constexpr std::uint8_t compose(int exponent, unsigned mantissa) noexcept {
  if (exponent < min_normal_exponent) return static_cast<std::uint8_t>(exponent - min_exponent + 1);
  const unsigned magnitude = static_cast<unsigned>(exponent < 0 ? -exponent : exponent);
  const int width = mantissa_width(exponent);
  const int exponent_bits = (magnitude >= 1) + (magnitude >= 2) + (magnitude >= 4) + (magnitude >= 8);
  const unsigned hidden_one = exponent_bits == 0 ? 0 : 1u << (exponent_bits - 1);
  const unsigned sign_and_rest = (exponent < 0 ? hidden_one : 0) | (magnitude & ~hidden_one);
  const unsigned dot = exponent_bits < 2 ? 1 : static_cast<unsigned>(exponent_bits - 1);
  return static_cast<std::uint8_t>((dot << exponent_bits | sign_and_rest) << width | mantissa);
}

/// The rank of 2^exponent. Positive magnitudes in order of value have the ranks 0..127: 0 is zero, 1 is 2^-22, 126 is
/// 2^15, 127 infinity. Every binade holds one value, one more where a mantissa bit is kept, two more for the second
/// bit, four more for the third.
HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD constexpr int first_rank(int exponent) noexcept {
  constexpr auto binades_below = [](int e, int reach) {  // of those with |E| <= reach
    return e < -reach ? 0 : e > reach ? 2 * reach + 1 : e + reach;
  };
  return exponent - min_exponent + 1 + binades_below(exponent, 15) + 2 * binades_below(exponent, 7) +
         4 * binades_below(exponent, 3);
}

/// What makes this file's tables while it is compiled.
namespace generate {
/// Eight bytes: for the ranks from `first` on, what code and rank differ by. It is the same for eight neighbouring
/// ranks.
HIFLOAT_KEYED constexpr std::uint64_t rank_xor_code(int first) noexcept {
  std::uint64_t packed = 0;
  for (int exponent = min_exponent; exponent <= max_exponent; ++exponent) {
    for (unsigned mantissa = 0; mantissa < 1u << mantissa_width(exponent); ++mantissa) {
      const int rank = first_rank(exponent) + static_cast<int>(mantissa);
      if (rank % 8 != 0 || rank < first || rank >= first + 64) continue;
      packed |= static_cast<std::uint64_t>(compose(exponent, mantissa) ^ rank) << (rank - first);
    }
  }
  return packed;
}
inline constexpr std::uint64_t low_ranks = rank_xor_code(0),  ///< of the ranks 0..63
    high_ranks = rank_xor_code(64);                           ///< of the ranks 64..127
}  // namespace generate

/// The magnitude code of a rank, 0..127.
HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD constexpr std::uint8_t code_of_rank(int rank) noexcept {
  const std::uint64_t packed = rank < 64 ? generate::low_ranks : generate::high_ranks;
  return static_cast<std::uint8_t>(static_cast<unsigned>(rank) ^ (packed >> (rank & 0x38) & 0x7F));
}

inline constexpr std::uint8_t zero = 0x00;                                   ///< the only zero: there is no -0
inline constexpr std::uint8_t nan = 0x80;                                    ///< the only NaN: where -0 would be
inline constexpr std::uint8_t denorm_min = compose(min_exponent, 0);         ///< 2^-22
inline constexpr std::uint8_t min_normal = compose(min_normal_exponent, 0);  ///< 2^-15
inline constexpr std::uint8_t epsilon = compose(-mantissa_width(0), 0);      ///< 0.125: from 1 to the next value
inline constexpr std::uint8_t max = compose(max_exponent, 0);                ///< 2^15
inline constexpr int infinity_rank = first_rank(max_exponent) + 1;           ///< 127
inline constexpr std::uint8_t lowest = sign_bit | max;                       ///< -2^15
inline constexpr std::uint8_t infinity = compose(max_exponent, 1);           ///< the pattern that would mean 1.5 * 2^15
inline constexpr std::uint8_t negative_infinity = sign_bit | infinity;       ///< that of -1.5 * 2^15

/// Whether a code is the one NaN.
HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD constexpr bool is_nan(std::uint8_t code) noexcept { return code == nan; }
/// Whether a code is one of the two infinities.
HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD constexpr bool is_infinite(std::uint8_t code) noexcept {
  return (code & ~sign_bit) == infinity;
}

/// What a code stands for.
enum class Kind : std::uint8_t {
  Zero,      ///< 0x00
  Denormal,  ///< a power of two below 2^-15, without mantissa
  Normal,    ///< 2^-15 to 2^15
  Infinite,  ///< 0x6F and 0xEF
  NaN        ///< 0x80
};

/// A code taken apart. For finite nonzero codes the value is (-1)^negative * 2^exponent * (1 + mantissa /
/// 2^mantissa_bits).
struct Fields {
  Kind kind = Kind::Zero;  ///< what the code stands for
  bool negative = false;   ///< the sign bit, which NaN has too
  int dot_bits = 4;        ///< length of the prefix code
  int exponent_bits = 0;   ///< D
  int exponent = 0;        ///< E
  int mantissa_bits = 3;   ///< bits the code spends after the exponent; 0 for denormals, whose 3 bits are the exponent
  unsigned mantissa = 0;   ///< below 2^mantissa_bits; 0 for denormals

  /// Field by field.
  HIFLOAT_KEYED friend constexpr bool operator==(const Fields&, const Fields&) = default;
};

/// Takes any of the 256 codes apart. Zero, NaN and infinities have the fields of their bit pattern.
HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD constexpr Fields fields(std::uint8_t code) noexcept {
  Fields f;
  const unsigned magnitude = code & 0x7Fu;
  f.negative = (code & sign_bit) != 0;
  if (magnitude < 0x08) {
    f.kind = magnitude != 0 ? Kind::Denormal : f.negative ? Kind::NaN : Kind::Zero;
    f.exponent = magnitude != 0 ? static_cast<int>(magnitude) + min_exponent - 1 : 0;
    f.mantissa_bits = 0;
    return f;
  }
  const unsigned dot = magnitude >> 5;
  f.exponent_bits = dot != 0 ? static_cast<int>(dot) + 1 : static_cast<int>(magnitude >> 4);
  f.dot_bits = f.exponent_bits > 1 ? 2 : 4 - f.exponent_bits;
  f.mantissa_bits = 7 - f.dot_bits - f.exponent_bits;
  f.mantissa = magnitude & ((1u << f.mantissa_bits) - 1);
  if (f.exponent_bits != 0) {
    const unsigned hidden_one = 1u << (f.exponent_bits - 1);
    const unsigned field = magnitude >> f.mantissa_bits & (2 * hidden_one - 1);
    const int distance = static_cast<int>(hidden_one | (field & (hidden_one - 1)));
    f.exponent = (field & hidden_one) != 0 ? -distance : distance;
  }
  f.kind = magnitude == infinity ? Kind::Infinite : Kind::Normal;
  return f;
}

/// The value of a code as binary32 bits, always exact. NaN is 0x7FC00000. (Every value is exact in bfloat16 and
/// binary16 as well.)
HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD constexpr std::uint32_t binary32_bits(std::uint8_t code) noexcept {
  namespace b32 = hifloat::detail::binary32;
  const Fields f = fields(code);
  if (f.kind == Kind::Zero) return 0;
  if (f.kind == Kind::NaN) return b32::quiet_nan;
  const std::uint32_t sign = f.negative ? b32::sign_mask : 0;
  if (f.kind == Kind::Infinite) return sign | b32::infinity;
  return sign | static_cast<std::uint32_t>(f.exponent + b32::bias) << b32::mantissa_width |
         f.mantissa << (b32::mantissa_width - f.mantissa_bits);
}

static_assert(max == 0x6E && infinity == 0x6F && min_normal == 0x7E && denorm_min == 0x01 && epsilon == 0x38);

}  // namespace HIFLOAT_NAMESPACE::format
