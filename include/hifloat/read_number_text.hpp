// Text as a float or double, in any locale.
#pragma once

#include <charconv>

#include <hifloat/config.hpp>
#if !defined(__cpp_lib_to_chars)  // libc++ has from_chars of integers alone, before its version 20
#include <hifloat/from_chars_by_stream.hpp>
#endif

namespace HIFLOAT_DETAIL_NAMESPACE {

/// As std::from_chars, or by it.
template <class Number>
[[nodiscard]] std::from_chars_result read_number_text(const char* first, const char* last, Number& x) {
#if defined(__cpp_lib_to_chars)
  return std::from_chars(first, last, x);
#else
  return from_chars_by_stream(first, last, x);
#endif
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
