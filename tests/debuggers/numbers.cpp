// What a debugger is asked to show: every HiF8 code beside the library's own value and fields, and all 16-bit words.
#include <hifloat/hifloat.hpp>

#include <cstddef>
#include <cstdint>

hifloat::hif8_t hif8[256];
hifloat::hif8<hifloat::rounding::Stochastic, hifloat::overflow::Infinity> other_policies;
float hif8_values[256];
char hif8_fields[256][16];
hifloat::bfloat16 bfloat16[65536];
hifloat::binary16 binary16[65536];
float bfloat16_values[65536], binary16_values[65536];

void shown() {}

int main() {
  for (std::size_t i = 0; i < 256; ++i) {
    hif8[i] = hifloat::hif8_t::from_bits(static_cast<std::uint8_t>(i));
    hif8_values[i] = static_cast<float>(hif8[i]);
    std::size_t end = 0;
    for (const char c : hifloat::fields_text(hif8[i])) hif8_fields[i][end++] = c;
  }
  other_policies = decltype(other_policies)::from_bits(0x24);
  for (std::size_t i = 0; i < 65536; ++i) {
    bfloat16[i] = hifloat::bfloat16::from_bits(static_cast<std::uint16_t>(i));
    bfloat16_values[i] = static_cast<float>(bfloat16[i]);
    binary16[i] = hifloat::binary16::from_bits(static_cast<std::uint16_t>(i));
    binary16_values[i] = static_cast<float>(binary16[i]);
  }
  shown();
}
