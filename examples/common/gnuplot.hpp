// Charts as SVG, drawn by gnuplot.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace common {

/// For before the runs: throws InputError, with the name of the option, where there is no gnuplot on the PATH or the
/// file cannot be written.
void check_plot(std::string_view option, const std::filesystem::path& svg);

/// A string in gnuplot's single quotes.
[[nodiscard]] std::string quoted(std::string_view text);

/// The name of a data block: "$" and the text, of whose characters those become _ that names cannot have.
[[nodiscard]] std::string block_name(std::string_view text);

/// Defines a data block, for `plot $name using 1:2`.
void write_block(std::ostream& script, std::string_view name, const std::vector<std::vector<double>>& rows);

/// Runs the script, with the output, a grid, and line types 1 to 4 in red, orange, blue and green set. Throws
/// std::runtime_error where gnuplot fails.
void draw_plot(const std::filesystem::path& svg, int width, int height, const std::string& script);

}  // namespace common
