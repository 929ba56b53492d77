// How test frameworks print HiF8 numbers: 0.6 (0x1A), and those of other formats likewise.
#pragma once

#include <ostream>
#include <string>

#include <hifloat/config.hpp>
#include <hifloat/formats/quantization_format.hpp>
#include <hifloat/formats/small_float.hpp>
#include <hifloat/hif8.hpp>
#include <hifloat/number_text.hpp>
#include <hifloat/text.hpp>

namespace HIFLOAT_TESTING_NAMESPACE {

/// The number and its code.
template <class R, class O>
[[nodiscard]] std::string printed(hif8<R, O> x) {
  return std::string(to_text(x)) + " (" + detail::code_text(x.bits()) + ")";
}
template <class Layout, class O>
[[nodiscard]] std::string printed(formats::small_float<Layout, O> x) {
  return detail::number_text(static_cast<float>(x)) + " (" + detail::code_text(x.bits()) + ")";
}

}  // namespace HIFLOAT_TESTING_NAMESPACE

// GoogleTest finds these by the types' namespaces.
namespace HIFLOAT_NAMESPACE {
template <class R, class O>
void PrintTo(hif8<R, O> x, std::ostream* out) {
  *out << testing::printed(x);
}
namespace formats {
template <class Layout, class O>
void PrintTo(small_float<Layout, O> x, std::ostream* out) {
  *out << testing::printed(x);
}
}  // namespace formats
}  // namespace HIFLOAT_NAMESPACE

#if defined(DOCTEST_VERSION)
template <class R, class O>
struct doctest::StringMaker<hifloat::hif8<R, O>> {
  static doctest::String convert(hifloat::hif8<R, O> x) { return hifloat::testing::printed(x).c_str(); }
};
template <class Layout, class O>
struct doctest::StringMaker<hifloat::formats::small_float<Layout, O>> {
  static doctest::String convert(hifloat::formats::small_float<Layout, O> x) {
    return hifloat::testing::printed(x).c_str();
  }
};
#endif
