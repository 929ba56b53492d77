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

/// Calls f with each piece of a range, as long as can be but for the last.
template <class F>
void for_each_piece(const IndexRange& range, std::size_t most, const F& f) {
  for (std::size_t first = range.first; first < range.last; first += most) {
    f(IndexRange{first, (std::min)(first + most, range.last)});
  }
}

/// Of pieces of n as alike as can be, none longer than `most`: the longest, in whole units but for the last.
[[nodiscard]] inline std::size_t longest_piece(std::size_t n, std::size_t most, std::size_t unit) noexcept {
  const std::size_t pieces = std::max<std::size_t>((n + most - 1) / most, 1), units = (n + unit - 1) / unit;
  return (std::min)((units + pieces - 1) / pieces * unit, n);
}

/// Some units of a side of a matrix, cut into pieces as alike as can be: none is longer than the first.
struct CutSide {
  std::size_t n, unit;
  std::size_t pieces = 1;

  [[nodiscard]] std::size_t units() const noexcept { return (n + unit - 1) / unit; }
  /// In units.
  [[nodiscard]] IndexRange piece(std::size_t i) const noexcept { return {first_unit(i), first_unit(i + 1)}; }

 private:
  [[nodiscard]] std::size_t first_unit(std::size_t piece) const noexcept {
    const std::size_t each = units() / pieces, more = units() % pieces;
    return piece * each + (std::min)(piece, more);
  }
};

/// Cuts C, in units that a tile or a panel covers, into parts that are worth a thread's while. A sum belongs to one
/// part, so that how many there are changes no bit.
class ProductParts {
 public:
  ProductParts(std::size_t rows, std::size_t unit_rows, std::size_t columns, std::size_t unit_columns,
               std::size_t depth, std::size_t concurrency) noexcept
      : rows_{rows, unit_rows}, columns_{columns, unit_columns} {
    constexpr std::size_t for_each_thread = 4;  // so that a slow one holds up the others less
    constexpr double least = 1 << 19;           // multiplications: several times what waking a thread costs
    const double work = static_cast<double>(rows) * static_cast<double>(columns) * static_cast<double>(depth);
    const double units = static_cast<double>(rows_.units()) * static_cast<double>(columns_.units());
    const double wanted =
        (std::min)({work / least, units, static_cast<double>(for_each_thread) * static_cast<double>(concurrency)});
    if (concurrency <= 1 || wanted < 2) return;
    auto count = static_cast<std::size_t>(wanted);
    if (count > concurrency) count -= count % concurrency;  // as many for each
    while (!cut(count)) count -= count > concurrency ? concurrency : 1;
  }

  [[nodiscard]] std::size_t count() const noexcept { return rows_.pieces * columns_.pieces; }
  /// What belongs to a part; to none more than to the first.
  /// @{
  [[nodiscard]] IndexRange rows(std::size_t part) const noexcept {
    const IndexRange units = rows_.piece(part / columns_.pieces);
    return {units.first * rows_.unit, (std::min)(units.last * rows_.unit, rows_.n)};
  }
  [[nodiscard]] IndexRange panels(std::size_t part) const noexcept { return columns_.piece(part % columns_.pieces); }
  /// @}

 private:
  /// Into so many, of the shape that repeats the least: A is decoded for each piece of the columns, B of the rows.
  /// False if there are too few units for any.
  [[nodiscard]] bool cut(std::size_t count) noexcept {
    double least = 0;
    bool found = false;
    for (std::size_t i = 1; i <= (std::min)(count, rows_.units()); ++i) {
      const std::size_t across = count / i;
      if (i * across != count || across > columns_.units()) continue;
      const double decoded = static_cast<double>(rows_.n) * static_cast<double>(across) +
                             static_cast<double>(columns_.n) * static_cast<double>(i);
      if (found && decoded > least) continue;
      least = decoded;
      found = true;
      rows_.pieces = i;
      columns_.pieces = across;
    }
    return found;
  }

  CutSide rows_, columns_;
};

}  // namespace HIFLOAT_DETAIL_NAMESPACE
