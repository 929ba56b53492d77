// What the linear layers of a run are rounded to.
#pragma once

#include <span>
#include <string_view>

#include "language/linear.hpp"
#include "language/parameters.hpp"

namespace schedule_study {

struct Format {
  std::string_view name;  ///< as tables and records have it
  /// Of all blocks: their weights and inputs are rounded, each tensor under the scale of its own largest value. The
  /// head stays float, as the embedding does.
  language::MakeLinear make_linear;
  /// The mean distance of the weights of all blocks from the format's numbers, as hifloat::diagnostics::grid_distance
  /// has it, under the scales that a run has. Null for float.
  double (*grid_distance)(const language::Layout&, const language::Vector& parameters);
};

/// Float, with which the others are compared, then these from fine to coarse.
[[nodiscard]] std::span<const Format> all_formats();

}  // namespace schedule_study
