#pragma once

#include <filesystem>

#include "study.hpp"

namespace qat_study {

/// Loss and signed gap by step; with everything, also probe by learning rate, and the window sweep. Throws
/// std::runtime_error where gnuplot fails.
void draw_charts(const std::filesystem::path& svg, const Results& results);

}  // namespace qat_study
