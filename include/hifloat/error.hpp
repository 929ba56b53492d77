// How a user's mistake ends: HIFLOAT_THROW (config.hpp) throws, or calls `fail` where the includer compiles without
// exceptions.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include <hifloat/config.hpp>

namespace HIFLOAT_NAMESPACE::detail {

HIFLOAT_KEYED [[noreturn]] inline void fail(const char* exception, const char* message) noexcept {
  std::fprintf(stderr, "%s: %s\n", exception, message);
  std::abort();
}

}  // namespace HIFLOAT_NAMESPACE::detail

namespace HIFLOAT_DETAIL_NAMESPACE {

/// A message of texts and sizes, one after the other, without allocation. What is too long ends early.
class Message {
 public:
  void add(const char* text) noexcept {
    while (*text != '\0') add_character(*text++);
  }
  void add(std::unsigned_integral auto n) noexcept {
    std::uint64_t power = 1;
    while (n / power >= 10) power *= 10;
    for (; power != 0; power /= 10) add_character(static_cast<char>('0' + n / power % 10));
  }
  [[nodiscard]] const char* c_str() const noexcept { return text_; }

 private:
  void add_character(char c) noexcept {
    if (size_ + 1 < sizeof text_) text_[size_++] = c;
  }

  char text_[256] = {};
  std::size_t size_ = 0;
};

/// Sizes that don't fit: std::invalid_argument with a Message of these parts. Whoever checks sizes has no text on its
/// stack: that is made here.
template <class... Parts>
[[noreturn]] HIFLOAT_COLD void refuse_sizes(Parts... parts) {
  Message message;
  (message.add(parts), ...);
  HIFLOAT_THROW(std::invalid_argument, message.c_str());
}

/// The same for an index past the end: std::out_of_range.
template <class... Parts>
[[noreturn]] HIFLOAT_COLD void refuse_index(Parts... parts) {
  Message message;
  (message.add(parts), ...);
  HIFLOAT_THROW(std::out_of_range, message.c_str());
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
