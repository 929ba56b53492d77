// What the natvis file's expressions say of every number is what the library says.
#include <hifloat/hifloat.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>

namespace {

void append_text(std::string& text, const char* more) { text += more; }
void append_g(std::string& text, double x) {
  char buffer[32];
  text.append(buffer, static_cast<std::size_t>(std::snprintf(buffer, sizeof buffer, "%g", x)));
}
template <class Integer>
void append_x(std::string& text, Integer x) {
  char buffer[32];
  text.append(buffer, static_cast<std::size_t>(
                          std::snprintf(buffer, sizeof buffer, "0x%0*x", static_cast<int>(2 * sizeof x), unsigned{x})));
}

// A debugger converts without a warning.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#include "shown.inl"
#pragma GCC diagnostic pop

template <class Number, class Bits>
std::string expected(Bits bits) {
  const float value = static_cast<float>(Number::from_bits(bits));
  std::string text;
  if (value != value) {
    text = "nan";
  } else {
    append_g(text, static_cast<double>(value));
  }
  append_text(text, " (");
  append_x(text, bits);
  return text + ")";
}

}  // namespace

TEST_CASE("HiF8: value, code and fields") {
  for (int i = 0; i < 256; ++i) {
    const auto code = static_cast<std::uint8_t>(i);
    const shown_hif8 shown(hifloat::hif8_t::from_bits(code));
    CHECK(shown.display() == expected<hifloat::hif8_t>(code));
    const hifloat::format::Fields f = hifloat::format::fields(code);
    CHECK(shown.items() == std::map<std::string, int>{{"sign", f.negative},
                                                      {"exponent bits", f.exponent_bits},
                                                      {"exponent", f.exponent},
                                                      {"mantissa bits", f.mantissa_bits},
                                                      {"mantissa", static_cast<int>(f.mantissa)}});
  }
}

TEST_CASE("16-bit floats: value and word") {
  std::size_t wrong = 0;
  for (int i = 0; i < 65536; ++i) {
    const auto bits = static_cast<std::uint16_t>(i);
    if (shown_bfloat16(hifloat::bfloat16::from_bits(bits)).display() != expected<hifloat::bfloat16>(bits)) ++wrong;
    if (shown_binary16(hifloat::binary16::from_bits(bits)).display() != expected<hifloat::binary16>(bits)) ++wrong;
  }
  CHECK(wrong == 0);
  CHECK(shown_bfloat16(hifloat::bfloat16(-6.0f)).items() ==
        std::map<std::string, int>{{"sign", 1}, {"exponent", 2}, {"mantissa", 64}});
  CHECK(shown_binary16(hifloat::binary16(-6.0f)).items() ==
        std::map<std::string, int>{{"sign", 1}, {"exponent", 2}, {"mantissa", 512}});
}
