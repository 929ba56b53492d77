// Numbers as text that reads back as the same number, in any locale.
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <string>

#include <hifloat/config.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// The shortest such text.
template <class Number>
void append_number(std::string& text, Number x) {
  std::array<char, 40> buffer{};
  text.append(buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), x).ptr);
}
template <class Number>
[[nodiscard]] std::string number_text(Number x) {
  std::string text;
  append_number(text, x);
  return text;
}

/// With `decimals` digits after the point.
[[nodiscard]] inline std::string fixed_text(double x, int decimals) {
  std::array<char, 400> buffer{};  // a double has up to 309 digits before the point
  char* const end = buffer.data() + buffer.size();
  return {buffer.data(), std::to_chars(buffer.data(), end, x, std::chars_format::fixed, decimals).ptr};
}

/// 0x0F of a byte, 0x3F80 of a word.
template <class Bits>
[[nodiscard]] std::string code_text(Bits code) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string text = "0x";
  for (std::size_t i = 2 * sizeof code; i-- != 0;) text += digits[code >> (4 * i) & 15];
  return text;
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
