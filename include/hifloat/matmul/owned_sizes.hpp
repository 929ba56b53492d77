// The numbers of rows and columns of a matrix that owns its elements.
#pragma once

#include <cstddef>

#include <hifloat/config.hpp>

namespace HIFLOAT_NAMESPACE::detail {

/// They go where the elements go: moved from, a matrix has no elements, and says so.
struct OwnedSizes {
  std::size_t rows = 0, columns = 0;

  HIFLOAT_KEYED OwnedSizes() = default;
  HIFLOAT_KEYED OwnedSizes(std::size_t of_rows, std::size_t of_columns) noexcept : rows(of_rows), columns(of_columns) {}
  HIFLOAT_KEYED OwnedSizes(const OwnedSizes&) = default;
  HIFLOAT_KEYED OwnedSizes& operator=(const OwnedSizes&) = default;
  HIFLOAT_KEYED OwnedSizes(OwnedSizes&& other) noexcept : rows(other.rows), columns(other.columns) {
    other.rows = other.columns = 0;
  }
  HIFLOAT_KEYED OwnedSizes& operator=(OwnedSizes&& other) noexcept {
    rows = other.rows;
    columns = other.columns;
    other.rows = other.columns = 0;
    return *this;
  }
  HIFLOAT_KEYED ~OwnedSizes() = default;
};

}  // namespace HIFLOAT_NAMESPACE::detail
