// Text without allocation: what HiF8 numbers are written to.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string_view>

#include <hifloat/config.hpp>

namespace HIFLOAT_NAMESPACE {

/// A few characters in place, without allocation; ends with a null character.
class SmallText {
 public:
  static constexpr std::size_t capacity = 31;  ///< characters, without the null

  /// Empty.
  HIFLOAT_KEYED constexpr SmallText() = default;

  HIFLOAT_KEYED [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }  ///< in characters
  /// size() characters and a null.
  HIFLOAT_KEYED [[nodiscard]] constexpr const char* data() const noexcept { return characters_; }
  HIFLOAT_KEYED [[nodiscard]] constexpr const char* c_str() const noexcept { return characters_; }  ///< the same
  /// The first character.
  HIFLOAT_KEYED [[nodiscard]] constexpr const char* begin() const noexcept { return characters_; }
  /// Past the last character, where the null is.
  HIFLOAT_KEYED [[nodiscard]] constexpr const char* end() const noexcept { return characters_ + size_; }
  /// Valid while this object lives.
  HIFLOAT_KEYED constexpr operator std::string_view() const noexcept { return {characters_, size_}; }

  /// Appends; at most `capacity` characters in all, which is not checked.
  /// @{
  HIFLOAT_KEYED constexpr SmallText& operator+=(char c) noexcept {
    characters_[size_++] = c;
    return *this;
  }
  HIFLOAT_KEYED constexpr SmallText& operator+=(std::string_view text) noexcept {
    for (const char c : text) *this += c;
    return *this;
  }
  /// @}

 private:
  char characters_[capacity + 1] = {};
  std::size_t size_ = 0;
};

}  // namespace HIFLOAT_NAMESPACE

namespace HIFLOAT_FUNCTION_NAMESPACE {

/// As a string.
template <class Character, class Traits>
std::basic_ostream<Character, Traits>& operator<<(std::basic_ostream<Character, Traits>& out, const SmallText& text) {
  return out << text.c_str();
}

}  // namespace HIFLOAT_FUNCTION_NAMESPACE
