#pragma once

#include <filesystem>

#include "study.hpp"

namespace qat_study {

/// Loss and signed gap by step, overshoot by tensor, the window sweep; with everything, the probe by learning rate.
/// Throws std::runtime_error where gnuplot fails.
void draw_charts(const std::filesystem::path& svg, const Results& results);

}  // namespace qat_study
