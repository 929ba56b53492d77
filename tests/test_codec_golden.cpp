// All 256 codes decode to the golden table, which was written independently of the library.

#include "model/golden_codes.hpp"

#include <hifloat/codec.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace test_codec_golden {

TEST_CASE("every code decodes to the golden value, bit for bit") {
  const auto table = golden::hif8_codes();
  for (std::size_t code = 0; code < 256; ++code) {
    CAPTURE(code);
    const float value = hifloat::decode(static_cast<std::uint8_t>(code));
    const auto expected =
        std::isnan(table[code]) ? 0x7FC00000u : std::bit_cast<std::uint32_t>(static_cast<float>(table[code]));
    CHECK(std::bit_cast<std::uint32_t>(value) == expected);
    if (!std::isnan(table[code])) CHECK(static_cast<double>(value) == table[code]);
  }
}

}  // namespace test_codec_golden
