// Text as a number: std::from_chars of double decides how far it goes, and what is written reads back.

#include "check.hpp"

#include <hifloat/math.hpp>
#include <hifloat/text.hpp>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <system_error>

namespace hf = hifloat;

namespace {

template <class Number>
void read(const char* first, const char* last, std::chars_format format) {
  Number x = Number::from_bits(0x55);
  const auto result = hf::from_chars(first, last, x, format);
#if defined(__cpp_lib_to_chars)  // the standard library reads floating-point numbers
  double reference = 0;
  // libstdc++ 12 takes 1p+-3 for 0.125.
  if (format == std::chars_format::hex && std::string_view(first, last).find("+-") != std::string_view::npos) return;
  const auto expected = std::from_chars(first, last, reference, format);
  FUZZ_CHECK(result.ptr == expected.ptr);
  FUZZ_CHECK((result.ec == std::errc::invalid_argument) == (expected.ec == std::errc::invalid_argument));
  // The reference is rounded before it is rounded to HiF8; what was read lies between what its neighbours become.
  if (expected.ec == std::errc{}) {
    if (std::isnan(reference)) {
      FUZZ_CHECK(isnan(x));
    } else {
      FUZZ_CHECK(Number(std::nextafter(reference, -HUGE_VAL)) <= x && x <= Number(std::nextafter(reference, HUGE_VAL)));
    }
  }
#endif
  if (result.ec == std::errc::invalid_argument) {
    FUZZ_CHECK(x.bits() == 0x55);
    return;
  }
  char text[64];
  const auto written = hf::to_chars(text, text + sizeof text, x);
  FUZZ_CHECK(written.ec == std::errc{});
  Number again = Number::from_bits(0x55);
  const auto reread = hf::from_chars(text, written.ptr, again);
  FUZZ_CHECK(reread.ec == std::errc{} && reread.ptr == written.ptr && again.bits() == x.bits());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto* const first = reinterpret_cast<const char*>(data);
  const char* const last = first + size;
  for (const std::chars_format format :
       {std::chars_format::general, std::chars_format::fixed, std::chars_format::scientific, std::chars_format::hex}) {
    read<hf::hif8_t>(first, last, format);
    read<hf::hif8<hf::rounding::TiesEven, hf::overflow::Infinity>>(first, last, format);
    read<hf::hif8<hf::rounding::TowardZero>>(first, last, format);
  }
  return 0;
}
