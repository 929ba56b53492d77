// The exponents of codes as classes, for counting: each of HiF8's 38 exponents, infinity, and zero.
#pragma once

#include <cstdint>

#include <hifloat/config.hpp>
#include <hifloat/format.hpp>
#include <hifloat/simd/pair_tables.hpp>
#include <hifloat/simd/rank_line.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

inline constexpr unsigned class_rows = 5;
inline constexpr unsigned exponent_classes = 8 * class_rows;

/// Infinity's follows those of the seven denormals: the first row is empty in most data.
inline constexpr unsigned infinity_class = format::min_normal_exponent - format::min_exponent;
inline constexpr unsigned zero_class = 39;  ///< of NaN, too, which differs from zero in its sign alone
static_assert(infinity_class == 7 && zero_class == format::max_exponent - format::min_exponent + 2);

/// The class of each code: of finite values, exponents are numbered as ascending magnitude codes come to them. The sign
/// doesn't count.
struct ExponentClasses {
  std::uint8_t of_code[256];
  std::int8_t exponent[zero_class];  ///< infinity_class has none
};
inline constexpr ExponentClasses exponent_class = [] {
  ExponentClasses classes{};
  unsigned known = 0;
  for (unsigned code = 0; code < 128; ++code) {
    const format::Fields fields = format::fields(static_cast<std::uint8_t>(code));
    unsigned found = 0;
    if (fields.kind == format::Kind::Zero) {
      found = zero_class;
    } else if (fields.kind == format::Kind::Infinite) {
      found = infinity_class;
    } else {
      while (found < known && (found == infinity_class || classes.exponent[found] != fields.exponent)) ++found;
      if (found == infinity_class) ++found;
      if (found >= known) classes.exponent[found] = static_cast<std::int8_t>(fields.exponent);
      known = found >= known ? found + 1 : known;
    }
    classes.of_code[code] = classes.of_code[code + 128] = static_cast<std::uint8_t>(found);
  }
  return classes;
}();
static_assert(zero_class < exponent_classes && exponent_class.exponent[zero_class - 1] != 0);

/// A row is eight classes, each a bit of a byte: the code's class is the one bit set in one of the rows.
[[nodiscard]] constexpr unsigned class_bit(unsigned row, unsigned code) noexcept {
  return exponent_class.of_code[code] / 8 == row ? 1u << exponent_class.of_code[code] % 8 : 0u;
}
inline constexpr ByteTable128 class_of_code =
    make_table128([](unsigned code) -> unsigned { return exponent_class.of_code[code]; });
template <unsigned Row>
inline constexpr ByteTable64 class_row = make_table64([](unsigned i) { return i / 8 == Row ? 1u << i % 8 : 0u; });

/// A row without the class, as the common bits of two smaller tables, by code / 8 and by code % 8: no class has two
/// values of code / 8.
template <unsigned Row>
inline constexpr ByteTable64 class_row_by_upper = make_table64([](unsigned i) {
  unsigned bits = 0;
  for (unsigned low = 0; low < 8; ++low) bits |= class_bit(Row, i % 16 * 8 + low);
  return bits;
});
template <unsigned Row>
inline constexpr ByteTable64 class_row_by_lower = make_table64([](unsigned i) {
  unsigned bits = 0;
  for (unsigned upper = 0; upper < 16; ++upper) bits |= class_bit(Row, upper * 8 + i % 8);
  return bits;
});

template <unsigned Row>
inline constexpr bool class_row_is_product = [] {
  for (unsigned code = 0; code < 128; ++code) {
    const unsigned product = class_row_by_upper<Row>.byte[code / 8] & class_row_by_lower<Row>.byte[code % 8];
    if (product != class_bit(Row, code)) return false;
  }
  return true;
}();
static_assert(class_row_is_product<0> && class_row_is_product<1> && class_row_is_product<2> &&
              class_row_is_product<3> && class_row_is_product<4>);

}  // namespace HIFLOAT_DETAIL_NAMESPACE
