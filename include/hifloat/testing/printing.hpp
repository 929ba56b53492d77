// How test frameworks print HiF8 numbers, and those of other formats: 0.6 (0x1A).
#pragma once

#include <ostream>
#include <string>

#include <hifloat/config.hpp>
#include <hifloat/formats/int_grid.hpp>
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
/// The same of another format.
template <class F>
  requires QuantizationFormat<F> && requires(F x) { x.bits(); }
[[nodiscard]] std::string printed(F x) {
  return detail::number_text(static_cast<float>(x)) + " (" + detail::code_text(x.bits()) + ")";
}

}  // namespace HIFLOAT_TESTING_NAMESPACE

// GoogleTest finds these by the types' namespaces.
namespace HIFLOAT_NAMESPACE {
/// As `printed` has it.
/// @{
template <class R, class O>
HIFLOAT_KEYED void PrintTo(hif8<R, O> x, std::ostream* out) {
  *out << testing::printed(x);
}
HIFLOAT_KEYED inline void PrintTo(bfloat16 x, std::ostream* out) { *out << testing::printed(x); }
/// @}
namespace formats {
/// As `printed` has it.
/// @{
template <class Layout, class O>
HIFLOAT_KEYED void PrintTo(small_float<Layout, O> x, std::ostream* out) {
  *out << testing::printed(x);
}
template <int Bits>
HIFLOAT_KEYED void PrintTo(int_grid<Bits> x, std::ostream* out) {
  *out << testing::printed(x);
}
/// @}
}  // namespace formats
}  // namespace HIFLOAT_NAMESPACE

// And doctest these, included before or after: its String need not be known until something is printed.
namespace doctest {
class String;
template <class T>
struct StringMaker;
}  // namespace doctest

namespace HIFLOAT_NAMESPACE::detail {
struct DoctestPrinter {
  template <class T, class String = doctest::String>
  HIFLOAT_KEYED static String convert(const T& x) {
    return testing::printed(x).c_str();
  }
};
}  // namespace HIFLOAT_NAMESPACE::detail

template <class R, class O>
struct doctest::StringMaker<hifloat::hif8<R, O>> : hifloat::detail::DoctestPrinter {};
template <class Layout, class O>
struct doctest::StringMaker<hifloat::formats::small_float<Layout, O>> : hifloat::detail::DoctestPrinter {};
template <int Bits>
struct doctest::StringMaker<hifloat::formats::int_grid<Bits>> : hifloat::detail::DoctestPrinter {};
