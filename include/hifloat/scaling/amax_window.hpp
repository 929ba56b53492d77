// The last amaxes of a tensor, as an algorithm sees them.
#pragma once

#include <cstddef>
#include <cstdint>
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
  HIFLOAT_KEYED explicit constexpr AmaxWindowView(std::span<const float> amaxes) noexcept
      : AmaxWindowView(amaxes, 0, amaxes.size()) {}
  /// Over `size` amaxes of a ring, from position `oldest` on.
  HIFLOAT_KEYED constexpr AmaxWindowView(std::span<const float> ring, std::size_t oldest, std::size_t size) noexcept
      : AmaxWindowView(ring.data(), ring.size(), oldest, size) {}
  /// The same with the ring as a pointer, for device code; `capacity` is its length.
  HIFLOAT_KEYED HIFLOAT_HD constexpr AmaxWindowView(const float* ring, std::size_t capacity, std::size_t oldest,
                                                    std::size_t size) noexcept
      : ring_(ring), capacity_(capacity), oldest_(oldest), size_(size) {}

  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD constexpr std::size_t size() const noexcept { return size_; }  ///< in amaxes
  /// Entry i, the oldest first; exact.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD constexpr double operator[](std::size_t i) const noexcept {
    return detail::widen(bits(i));
  }
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD constexpr double front() const noexcept { return (*this)[0]; }  ///< the oldest
  /// The newest.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD constexpr double back() const noexcept { return (*this)[size_ - 1]; }
  /// The binary32 bits of entry i: magnitudes are ordered like them.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD constexpr std::uint32_t bits(std::size_t i) const noexcept {
    const std::size_t position = oldest_ + i;
    return detail::bit_cast<std::uint32_t>(ring_[position < capacity_ ? position : position - capacity_]);
  }
  /// The entries in two stretches of memory, the older one first: for loops that are to be fast.
  HIFLOAT_KEYED [[nodiscard]] constexpr std::span<const float> older() const noexcept {
    return {ring_ + oldest_, older_size()};
  }
  /// What follows `older`; may be empty.
  HIFLOAT_KEYED [[nodiscard]] constexpr std::span<const float> newer() const noexcept {
    return {ring_, size_ - older_size()};
  }

  /// Calls f(amax) for each entry, oldest to newest: faster than an index, which may wrap around at every step.
  HIFLOAT_NO_EXEC_CHECK
  template <class F>
  HIFLOAT_KEYED HIFLOAT_HD constexpr void for_each(F&& f) const {
    for_each_bits([&](std::uint32_t bits) { f(detail::widen(bits)); });
  }
  /// The same with the entries' binary32 bits.
  HIFLOAT_NO_EXEC_CHECK
  template <class F>
  HIFLOAT_KEYED HIFLOAT_HD constexpr void for_each_bits(F&& f) const {
    const std::size_t older = older_size();
    for (std::size_t i = 0; i < older; ++i) f(detail::bit_cast<std::uint32_t>(ring_[oldest_ + i]));
    for (std::size_t i = 0; i < size_ - older; ++i) f(detail::bit_cast<std::uint32_t>(ring_[i]));
  }

  /// Over the amaxes as doubles, the oldest first; valid while the view lives.
  class Iterator {
   public:
    /// A forward iterator's names.
    /// @{
    using value_type = double;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::forward_iterator_tag;
    /// @}
    HIFLOAT_KEYED constexpr Iterator() = default;
    /// As the view has it.
    HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD constexpr double operator*() const noexcept { return (*view_)[i_]; }
    /// To the next newer entry.
    HIFLOAT_KEYED HIFLOAT_HD constexpr Iterator& operator++() noexcept {
      ++i_;
      return *this;
    }
    /// The same; where it was before.
    HIFLOAT_KEYED HIFLOAT_HD constexpr Iterator operator++(int) noexcept {
      const Iterator old = *this;
      ++i_;
      return old;
    }
    /// Same view, same entry.
    HIFLOAT_KEYED friend constexpr bool operator==(const Iterator&, const Iterator&) = default;

   private:
    friend class AmaxWindowView;
    HIFLOAT_KEYED HIFLOAT_HD constexpr Iterator(const AmaxWindowView* view, std::size_t i) noexcept
        : view_(view), i_(i) {}
    const AmaxWindowView* view_ = nullptr;
    std::size_t i_ = 0;
  };
  /// The oldest entry.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD constexpr Iterator begin() const noexcept { return {this, 0}; }
  /// Past the newest.
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD constexpr Iterator end() const noexcept { return {this, size_}; }

 private:
  HIFLOAT_KEYED [[nodiscard]] HIFLOAT_HD constexpr std::size_t older_size() const noexcept {
    return size_ < capacity_ - oldest_ ? size_ : capacity_ - oldest_;
  }

  const float* ring_;
  std::size_t capacity_;
  std::size_t oldest_;
  std::size_t size_;
};

}  // namespace HIFLOAT_NAMESPACE
