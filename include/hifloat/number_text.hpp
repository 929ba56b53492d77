// Numbers as text that reads back as the same number, in any locale.
#pragma once

#include <array>
#include <charconv>
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

/// 0x0F.
[[nodiscard]] inline std::string code_text(unsigned code) {
  constexpr char digits[] = "0123456789ABCDEF";
  return {'0', 'x', digits[code >> 4 & 15], digits[code & 15]};
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
