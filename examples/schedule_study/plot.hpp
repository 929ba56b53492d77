#pragma once

#include <vector>

#include "grid.hpp"

namespace schedule_study {

/// Penalty against size with the law's prediction interval, and loss against warm-down in the largest fitted decoder,
/// as SVG. Throws std::runtime_error where gnuplot fails.
void draw_plot(const Options& options, const std::vector<Cell>& cells);

}  // namespace schedule_study
