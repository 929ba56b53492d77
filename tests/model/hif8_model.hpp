#pragma once
// A slow model of HiFloat8, written from the text of the format and sharing no code with the library under test.
// Decoding reads a code bit by bit from the top. Encoding looks a magnitude up in the sorted list of all values and
// decides between the two neighbours by the rounding rule, in arithmetic on doubles that is exact throughout: every
// binary32, bfloat16 and binary16 number is a double, and neighbours, midpoints and differences need few bits.
// Call it only in the default floating-point environment; it trusts the compiler's doubles.

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>

namespace model {

enum class Rounding { TiesAway, TiesEven, TowardZero, Hybrid, SimplifiedStochastic, Stochastic };
enum class Overflow { Saturate, Infinity, SaturateNanToZero };

inline const char* name(Overflow overflow) {
  switch (overflow) {
    case Overflow::Saturate: return "Saturate";
    case Overflow::Infinity: return "Infinity";
    case Overflow::SaturateNanToZero: return "SaturateNanToZero";
  }
  return "?";
}

enum class Kind { Binary32, Bfloat16, Binary16, Binary64 };

inline constexpr std::uint8_t zero_code = 0x00;
inline constexpr std::uint8_t nan_code = 0x80;
inline constexpr std::uint8_t infinity_code = 0x6F;
inline constexpr std::uint8_t sign_bit = 0x80;

// ---- decoding -------------------------------------------------------------------------------------------------------

class BitReader {
 public:
  explicit BitReader(std::uint8_t code) : code_(code) {}

  bool next() {
    --position_;
    return ((code_ >> position_) & 1) != 0;
  }

  int take(int count) {
    int value = 0;
    for (int i = 0; i < count; ++i) value = 2 * value + (next() ? 1 : 0);
    return value;
  }

 private:
  std::uint8_t code_;
  int position_ = 8;
};

// One row of the layout table, filled in for one code. The patterns of NaN and infinity are read as if they were
// numbers; `decode` gives them their meaning.
struct Fields {
  bool negative = false;
  bool denormal = false;
  int exponent_bits = 0;
  int mantissa_bits = 0;
  int exponent = 0;
  int mantissa = 0;
};

inline Fields parse(std::uint8_t code) {
  BitReader bits(code);
  Fields fields;
  fields.negative = bits.next();
  if (bits.next()) {
    fields.exponent_bits = bits.next() ? 4 : 3;
  } else if (bits.next()) {
    fields.exponent_bits = 2;
  } else if (bits.next()) {
    fields.exponent_bits = 1;
  } else if (bits.next()) {
    fields.exponent_bits = 0;
  } else {
    fields.denormal = true;
    fields.mantissa = bits.take(3);
    fields.exponent = fields.mantissa - 23;
    return fields;
  }
  if (fields.exponent_bits > 0) {
    const bool negative_exponent = bits.next();
    const int hidden_one = 1 << (fields.exponent_bits - 1);
    const int magnitude = hidden_one + bits.take(fields.exponent_bits - 1);
    fields.exponent = negative_exponent ? -magnitude : magnitude;
  }
  fields.mantissa_bits = fields.exponent_bits == 4 ? 1 : fields.exponent_bits == 3 ? 2 : 3;
  fields.mantissa = bits.take(fields.mantissa_bits);
  return fields;
}

// |value| of the fields: 2^(M-23), or 2^E * 1.M; denormal M = 0 is zero.
inline double magnitude(const Fields& fields) {
  if (fields.denormal) return fields.mantissa == 0 ? 0.0 : std::ldexp(1.0, fields.exponent);
  const double significand = 1.0 + std::ldexp(static_cast<double>(fields.mantissa), -fields.mantissa_bits);
  return std::ldexp(significand, fields.exponent);
}

inline double decode(std::uint8_t code) {
  if (code == nan_code) return std::numeric_limits<double>::quiet_NaN();
  const Fields fields = parse(code);
  const bool infinite = (code & ~sign_bit & 0xFF) == infinity_code;
  const double size = infinite ? std::numeric_limits<double>::infinity() : magnitude(fields);
  return fields.negative ? -size : size;
}

// ---- the sorted list ------------------------------------------------------------------------------------------------

struct Value {
  double magnitude = 0.0;
  std::uint8_t code = 0;
  Fields fields;
};

inline constexpr std::size_t value_count = 128;
inline constexpr std::size_t infinity_rank = 127;  // infinity stands at 1.5*2^15, which is what its pattern reads as
inline constexpr std::size_t largest_rank = 126;

// The 128 codes without a sign, in the order of their values: zero, 126 finite ones, infinity.
inline const std::array<Value, value_count>& values() {
  static const std::array<Value, value_count> sorted = [] {
    std::array<Value, value_count> list;
    for (std::size_t i = 0; i < value_count; ++i) {
      const auto code = static_cast<std::uint8_t>(i);
      list[i] = Value{magnitude(parse(code)), code, parse(code)};
    }
    std::sort(list.begin(), list.end(), [](const Value& a, const Value& b) { return a.magnitude < b.magnitude; });
    return list;
  }();
  return sorted;
}

// ---- sources --------------------------------------------------------------------------------------------------------

// A number to encode: its exact value, and the stored word, whose lowest bits are the threshold of SSR.
struct Source {
  double value = 0.0;
  Kind kind = Kind::Binary32;
  std::uint32_t stored = 0;
};

inline Source binary32(std::uint32_t bits) {
  return {static_cast<double>(std::bit_cast<float>(bits)), Kind::Binary32, bits};
}

inline Source bfloat16(std::uint16_t word) {
  const float widened = std::bit_cast<float>(static_cast<std::uint32_t>(word) << 16);
  return {static_cast<double>(widened), Kind::Bfloat16, word};
}

inline Source binary16(std::uint16_t word) {
  const int exponent = (word >> 10) & 0x1F;
  const int mantissa = word & 0x3FF;
  double size = 0.0;
  if (exponent == 31) {
    size = mantissa == 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  } else if (exponent == 0) {
    size = std::ldexp(static_cast<double>(mantissa), -24);
  } else {
    size = std::ldexp(static_cast<double>(1024 + mantissa), exponent - 25);
  }
  return {(word & 0x8000) != 0 ? -size : size, Kind::Binary16, word};
}

inline Source binary64(double value) { return {value, Kind::Binary64, 0}; }

// A binary32 or 16-bit source times a scale: one binary32 multiplication, to nearest even. Under a power of two a
// 16-bit source stays one, with its own SSR rule and the LSB it is stored with; under any other scale it is the
// binary32 number.
inline Source scaled(Source source, float scale) {
  const float product = static_cast<float>(source.value) * scale;
  int exponent = 0;
  const bool power_of_two = std::frexp(scale, &exponent) == 0.5f;
  if (source.kind == Kind::Binary32 || !power_of_two) return binary32(std::bit_cast<std::uint32_t>(product));
  source.value = static_cast<double>(product);
  return source;
}

// ---- rounding -------------------------------------------------------------------------------------------------------

// A source's magnitude between its neighbours: values()[lower] <= magnitude < values()[lower + 1].
struct Bracket {
  double magnitude = 0.0;
  bool nan = false;
  bool negative = false;
  std::size_t lower = 0;
};

inline Bracket bracket(const Source& source) {
  Bracket result;
  result.nan = std::isnan(source.value);
  if (result.nan) return result;
  result.negative = std::signbit(source.value);
  result.magnitude = std::fabs(source.value);
  const auto above = std::upper_bound(values().begin(), values().end(), result.magnitude,
                                      [](double magnitude, const Value& value) { return magnitude < value.magnitude; });
  result.lower = static_cast<std::size_t>(above - values().begin()) - 1;
  return result;
}

// The first `count` bits that are discarded when the lower neighbour is kept. At e = -23 and below the lower neighbour
// is zero and the step 2^-22, so the leading 1 of the source is among them.
inline std::uint32_t discarded_bits(const Bracket& x, int count) {
  const double low = values()[x.lower].magnitude;
  const double step = values()[x.lower + 1].magnitude - low;
  return static_cast<std::uint32_t>(std::int64_t((x.magnitude - low) / step * static_cast<double>(1 << count)));
}

inline bool rounds_up_ties_away(const Bracket& x) {
  const double midpoint = (values()[x.lower].magnitude + values()[x.lower + 1].magnitude) / 2.0;
  return x.magnitude >= midpoint;
}

inline bool rounds_up_ties_even(const Bracket& x) {
  const Fields& low = values()[x.lower].fields;
  const double midpoint = (values()[x.lower].magnitude + values()[x.lower + 1].magnitude) / 2.0;
  if (x.magnitude != midpoint) return x.magnitude > midpoint;
  if (x.lower == 0) return false;           // 2^-23 goes to 0
  if (low.mantissa_bits == 0) return true;  // a tie at W = 0 goes up
  return low.mantissa % 2 != 0;
}

inline bool rounds_up_simplified_stochastic(const Bracket& x, const Source& source) {
  if (x.magnitude < 0x1p-23) return false;
  switch (source.kind) {
    case Kind::Binary32: return discarded_bits(x, 14) >= (source.stored & 0x3FFFu);
    case Kind::Bfloat16:
    case Kind::Binary16: return discarded_bits(x, 2) >= (2u * (source.stored & 1u) + 1u);
    case Kind::Binary64: break;
  }
  throw std::logic_error("the format defines no simplified stochastic rounding of a binary64 source");
}

// Index into values() of the rounded magnitude; infinity_rank is "rounds past the largest".
inline std::size_t rounded_rank(Rounding rounding, const Bracket& x, const Source& source, std::uint32_t random) {
  if (x.lower == infinity_rank) {
    const bool truncated = rounding == Rounding::TowardZero && std::isfinite(x.magnitude);
    return truncated ? largest_rank : infinity_rank;
  }
  bool up = false;
  switch (rounding) {
    case Rounding::TiesAway: up = rounds_up_ties_away(x); break;
    case Rounding::TiesEven: up = rounds_up_ties_even(x); break;
    case Rounding::TowardZero: break;
    case Rounding::Hybrid: {
      const bool near_one = x.magnitude >= 0x1p-3 && x.magnitude < 0x1p4;  // |e| <= 3
      up = near_one ? rounds_up_ties_away(x) : rounds_up_simplified_stochastic(x, source);
      break;
    }
    case Rounding::SimplifiedStochastic: up = rounds_up_simplified_stochastic(x, source); break;
    case Rounding::Stochastic: up = discarded_bits(x, 16) + random >= 0x10000u; break;
  }
  return up ? x.lower + 1 : x.lower;
}

// ---- overflow and specials ------------------------------------------------------------------------------------------

inline std::uint8_t finish(Overflow overflow, bool nan, bool negative, std::size_t rank) {
  if (nan) return overflow == Overflow::SaturateNanToZero ? zero_code : nan_code;
  if (rank == infinity_rank && overflow != Overflow::Infinity) rank = largest_rank;
  if (rank == 0) return zero_code;
  return static_cast<std::uint8_t>(values()[rank].code | (negative ? sign_bit : 0));
}

inline std::uint8_t encode(Rounding rounding, Overflow overflow, const Source& source, std::uint16_t random = 0) {
  const Bracket x = bracket(source);
  return finish(overflow, x.nan, x.negative, x.nan ? 0 : rounded_rank(rounding, x, source, random));
}

}  // namespace model
