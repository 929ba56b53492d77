// std::formatter of hif8, where the standard library has <format>.
#pragma once

#include <version>

#if defined(__cpp_lib_format)

#include <concepts>
#include <cstddef>
#include <format>
#include <string_view>
#include <type_traits>

#include <hifloat/config.hpp>
#include <hifloat/error.hpp>
#include <hifloat/hif8.hpp>
#include <hifloat/small_text.hpp>
#include <hifloat/text.hpp>

/// "{}" writes the shortest text that reads back, as to_chars does; "{:8}", "{:>8}", "{:*^8}" and "{:{}}" put it into a
/// field, at its right end if not told otherwise. Whatever else float understands, as in "{:+.3f}" or "{:e}", writes
/// the exact value as float does.
template <class Rounding, class Overflow>
struct std::formatter<hifloat::hif8<Rounding, Overflow>, char> {
  HIFLOAT_KEYED constexpr auto parse(std::format_parse_context& context) {
    auto p = context.begin();
    const auto last = context.end();
    const auto is_digit = [&] { return p != last && *p >= '0' && *p <= '9'; };
    const auto is_alignment = [](char c) { return c == '<' || c == '>' || c == '^'; };

    // [[fill]align]; a brace is no fill: in "{:}>" the field ends at once
    if (last - p >= 2 && is_alignment(p[1]) && *p != '{' && *p != '}') {
      fill_ = p[0];
      alignment_ = p[1];
      p += 2;
    } else if (p != last && is_alignment(*p)) {
      alignment_ = *p++;
    }

    // [width], as digits or as an argument; a leading 0 is a style of float's
    const bool is_argument = p != last && *p == '{';
    if (is_argument) ++p;
    const auto digits = p;
    std::size_t number = 0;
    for (; is_digit() && (is_argument || *digits != '0') && number < too_wide; ++p) {
      number = number * 10 + static_cast<std::size_t>(*p - '0');
    }
    const bool has_number = p != digits;
    if (is_argument && p != last && *p == '}') ++p;

    // What has more is float's.
    is_float_ = p != last && *p != '}';
    if (is_float_) return float_.parse(context);
    if (number >= too_wide) HIFLOAT_THROW(std::format_error, "hifloat: a field this wide is a mistake");
    if (is_argument && has_number) context.check_arg_id(number);
    width_is_argument_ = is_argument;
    width_ = is_argument && !has_number ? context.next_arg_id() : number;
    return p;
  }

  template <class Context>
  HIFLOAT_KEYED auto format(hifloat::hif8<Rounding, Overflow> x, Context& context) const {
    if (is_float_) return float_.format(static_cast<float>(x), context);
    const hifloat::SmallText text = hifloat::to_text(x);
    const std::size_t width = width_is_argument_ ? width_from(context.arg(width_)) : width_;
    const std::size_t padding = width > text.size() ? width - text.size() : 0;
    const std::size_t before = alignment_ == '<' ? 0 : alignment_ == '^' ? padding / 2 : padding;
    auto out = context.out();
    for (std::size_t i = 0; i < before; ++i) *out++ = fill_;
    for (const char c : text) *out++ = c;
    for (std::size_t i = before; i < padding; ++i) *out++ = fill_;
    return out;
  }

 private:
  static constexpr std::size_t too_wide = 100'000'000;

  template <class Argument>
  HIFLOAT_KEYED static std::size_t width_from(const Argument& argument) {
    return std::visit_format_arg(
        [](auto value) -> std::size_t {
          using Value = decltype(value);
          if constexpr (std::integral<Value> && !std::is_same_v<Value, bool> && !std::is_same_v<Value, char>) {
            if (value >= Value{} && static_cast<unsigned long long>(value) < too_wide)
              return static_cast<std::size_t>(value);
          }
          HIFLOAT_THROW(std::format_error, "hifloat: a width is a number, neither negative nor that large");
        },
        argument);
  }

  std::formatter<float, char> float_;
  bool is_float_ = false;
  bool width_is_argument_ = false;
  std::size_t width_ = 0;  // or the number of the argument that has it
  char fill_ = ' ';
  char alignment_ = '>';
};

/// As a string.
template <>
struct std::formatter<hifloat::SmallText, char> : std::formatter<std::string_view, char> {
  template <class Context>
  HIFLOAT_KEYED auto format(const hifloat::SmallText& text, Context& context) const {
    return std::formatter<std::string_view, char>::format(text, context);
  }
};

#endif
