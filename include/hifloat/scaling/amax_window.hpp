// The last amaxes of a tensor, as an algorithm sees them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <span>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/scaling/scale.hpp>

namespace HIFLOAT_NAMESPACE {

/// As a scaler's Window: its length is the first argument of the constructor.
inline constexpr std::size_t dynamic_window = static_cast<std::size_t>(-1);

/// The amaxes of a window, oldest to newest; never empty inside an algorithm. Each is a positive finite binary32
/// number, given as a double.
class AmaxWindowView {
 public:
  /// Over amaxes stored in order. They are not copied.
  explicit constexpr AmaxWindowView(std::span<const float> amaxes) noexcept
      : AmaxWindowView(amaxes, 0, amaxes.size()) {}
  /// Over `size` amaxes of a ring, from position `oldest` on.
  constexpr AmaxWindowView(std::span<const float> ring, std::size_t oldest, std::size_t size) noexcept
      : ring_(ring), oldest_(oldest), size_(size) {}

  [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
  [[nodiscard]] constexpr double operator[](std::size_t i) const noexcept { return detail::widen(bits(i)); }
  [[nodiscard]] constexpr double front() const noexcept { return (*this)[0]; }
  [[nodiscard]] constexpr double back() const noexcept { return (*this)[size_ - 1]; }
  /// The binary32 bits of entry i: magnitudes are ordered like them.
  [[nodiscard]] constexpr std::uint32_t bits(std::size_t i) const noexcept {
    const std::size_t position = oldest_ + i;
    return detail::bit_cast<std::uint32_t>(ring_[position < ring_.size() ? position : position - ring_.size()]);
  }
  /// The entries in two stretches of memory, the older one first: for loops that are to be fast. The second may be
  /// empty.
  [[nodiscard]] constexpr std::span<const float> older() const noexcept {
    return ring_.subspan(oldest_, size_ < ring_.size() - oldest_ ? size_ : ring_.size() - oldest_);
  }
  [[nodiscard]] constexpr std::span<const float> newer() const noexcept { return ring_.first(size_ - older().size()); }

  /// Calls f(amax) for each entry, oldest to newest: faster than an index, which may wrap around at every step.
  template <class F>
  constexpr void for_each(F&& f) const {
    for (const auto part : {older(), newer()}) {
      for (const float amax : part) f(detail::widen(detail::bit_cast<std::uint32_t>(amax)));
    }
  }

  /// Over the amaxes as doubles, the oldest first.
  class Iterator {
   public:
    using value_type = double;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::forward_iterator_tag;
    constexpr Iterator() = default;
    [[nodiscard]] constexpr double operator*() const noexcept { return (*view_)[i_]; }
    constexpr Iterator& operator++() noexcept { return ++i_, *this; }
    constexpr Iterator operator++(int) noexcept {
      const Iterator old = *this;
      ++i_;
      return old;
    }
    friend constexpr bool operator==(const Iterator&, const Iterator&) = default;

   private:
    friend class AmaxWindowView;
    constexpr Iterator(const AmaxWindowView* view, std::size_t i) noexcept : view_(view), i_(i) {}
    const AmaxWindowView* view_ = nullptr;
    std::size_t i_ = 0;
  };
  [[nodiscard]] constexpr Iterator begin() const noexcept { return {this, 0}; }
  [[nodiscard]] constexpr Iterator end() const noexcept { return {this, size_}; }

 private:
  std::span<const float> ring_;
  std::size_t oldest_;
  std::size_t size_;
};

}  // namespace HIFLOAT_NAMESPACE
