// The formats that a decoder's layers can be rounded to, from the first step on.
#pragma once

#include <span>
#include <string_view>

#include "linear.hpp"
#include "parameters.hpp"

namespace language {

struct Format {
  std::string_view name;  ///< as tables and records have it
  /// Of all blocks: their weights and inputs are rounded, each tensor under the scale of its own largest value. The
  /// head stays float, as the embedding does.
  MakeLinear make_linear;
  /// The mean distance of the weights of all blocks from the format's numbers, as hifloat::diagnostics::grid_distance
  /// has it, under the scales that the layers give them. Null for float.
  double (*grid_distance)(const Layout&, const Vector& parameters);
};

/// Float, with which the others are compared, then these from fine to coarse.
[[nodiscard]] std::span<const Format> all_formats();

}  // namespace language
