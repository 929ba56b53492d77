// Two charts in one SVG, drawn by gnuplot.
#pragma once

#include <filesystem>
#include <vector>

#include "experiment.hpp"

namespace compare_amax {

/// Above, the amax of the first layer's input against the estimate of each algorithm, at the end of the first run;
/// below, prediction gain against the window.
void draw_plot(const std::filesystem::path& svg, const std::vector<SectionResult>& results);

}  // namespace compare_amax
