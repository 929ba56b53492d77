// A product's parts, for threads to work on.
#pragma once

#include <algorithm>
#include <cstddef>

#include <hifloat/config.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// Half-open.
struct IndexRange {
  std::size_t first, last;
  [[nodiscard]] std::size_t size() const noexcept { return last - first; }
};

/// Of pieces of n as alike as can be, none longer than `most`: the longest, in whole units but for the last.
[[nodiscard]] inline std::size_t longest_piece(std::size_t n, std::size_t most, std::size_t unit) noexcept {
  const std::size_t pieces = std::max<std::size_t>((n + most - 1) / most, 1), units = (n + unit - 1) / unit;
  return std::min((units + pieces - 1) / pieces * unit, n);
}

/// Cuts the longer side of C, in units that a tile or a panel covers, into parts that are worth a thread's while. A sum
/// belongs to one part, so that how many there are changes no bit.
class ProductParts {
 public:
  ProductParts(std::size_t rows, std::size_t unit_rows, std::size_t columns, std::size_t unit_columns,
               std::size_t depth, std::size_t concurrency) noexcept
      : rows_(rows),
        unit_rows_(unit_rows),
        panels_((columns + unit_columns - 1) / unit_columns),
        by_rows_(rows > columns) {
    constexpr std::size_t for_each_thread = 4;  // so that a slow one holds up the others less
    constexpr double least = 1 << 19;           // multiplications: several times what waking a thread costs
    const double work = static_cast<double>(rows) * static_cast<double>(columns) * static_cast<double>(depth);
    const double wanted =
        std::min(work / least, static_cast<double>(for_each_thread) * static_cast<double>(concurrency));
    if (concurrency <= 1 || wanted < 2) return;
    count_ = static_cast<std::size_t>(std::min(wanted, static_cast<double>(units())));
    if (count_ > concurrency) count_ -= count_ % concurrency;  // as many for each
  }

  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  /// What belongs to a part; to none more than to the first.
  /// @{
  [[nodiscard]] IndexRange rows(std::size_t part) const noexcept {
    if (!by_rows_) return {0, rows_};
    return {std::min(first_unit(part) * unit_rows_, rows_), std::min(first_unit(part + 1) * unit_rows_, rows_)};
  }
  [[nodiscard]] IndexRange panels(std::size_t part) const noexcept {
    return by_rows_ ? IndexRange{0, panels_} : IndexRange{first_unit(part), first_unit(part + 1)};
  }
  /// @}

 private:
  [[nodiscard]] std::size_t units() const noexcept {
    return by_rows_ ? (rows_ + unit_rows_ - 1) / unit_rows_ : panels_;
  }
  [[nodiscard]] std::size_t first_unit(std::size_t part) const noexcept {
    const std::size_t each = units() / count_, more = units() % count_;
    return part * each + std::min(part, more);
  }

  std::size_t rows_, unit_rows_, panels_;
  bool by_rows_;
  std::size_t count_ = 1;
};

}  // namespace HIFLOAT_DETAIL_NAMESPACE
