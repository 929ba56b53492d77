// 1.5_hif8
#pragma once

#include <charconv>
#include <cstddef>

#include <hifloat/config.hpp>
#include <hifloat/decimal.hpp>
#include <hifloat/hif8.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

// Not constexpr and never defined: the compiler names it in the error.
void hif8_literal_is_neither_a_decimal_nor_a_hexadecimal_number();

/// The value of a numeric literal's characters: decimal or hexadecimal, with or without digit separators. The octal and
/// binary integers of C++ are refused, so that 010_hif8 surprises nobody.
template <char... Characters>
[[nodiscard]] consteval hif8_t literal() {
  constexpr char spelling[] = {Characters...};
  char text[sizeof...(Characters) + 1] = {};
  std::size_t size = 0;
  bool octal = spelling[0] == '0' && sizeof...(Characters) > 1;
  for (const char c : spelling) {
    if (c != '\'') text[size++] = c;
    octal = octal && (c == '\'' || digit_value(c) < 10);
  }
  const bool hexadecimal = size > 2 && text[0] == '0' && lower_case(text[1]) == 'x';
  const ReadNumber number = read_number(hexadecimal ? text + 2 : text, text + size,
                                        hexadecimal ? std::chars_format::hex : std::chars_format::general);
  if (octal || number.end != text + size) hif8_literal_is_neither_a_decimal_nor_a_hexadecimal_number();
  return rounded<hif8_t::rounding_policy, hif8_t::overflow_policy>(number.bits);
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_NAMESPACE {
/// Literals of HiF8 numbers, for a using-directive.
inline namespace literals {

/// A hif8_t from a decimal or hexadecimal literal, rounded once from what is written: 1.5_hif8, 1e-3_hif8, 32'768_hif8,
/// 0x1.8p3_hif8. Made while compiling. What lies past the largest value is 32768, as hif8_t has it.
/// C++'s octal and binary integers do not compile.
template <char... Characters>
[[nodiscard]] consteval hif8_t operator""_hif8() {
  return detail::literal<Characters...>();
}

}  // namespace literals
}  // namespace HIFLOAT_NAMESPACE
