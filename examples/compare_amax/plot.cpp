#include "plot.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#if !defined(_WIN32)
#include <unistd.h>
#endif

#include "format_number.hpp"
#include "input_error.hpp"
#include "summary.hpp"

namespace compare_amax {
namespace {

constexpr std::size_t shown_steps = 300;  // about ten seconds

bool is_executable(const std::filesystem::path& file) {
#if defined(_WIN32)
  return std::filesystem::is_regular_file(file);
#else
  std::error_code ignored;
  return std::filesystem::is_regular_file(file, ignored) && access(file.c_str(), X_OK) == 0;
#endif
}

bool has_gnuplot() {
  const char* path = std::getenv("PATH");
  std::istringstream directories(path == nullptr ? "" : path);
  for (std::string directory; std::getline(directories, directory, ':');) {
    if (is_executable(std::filesystem::path(directory) / "gnuplot")) return true;
  }
  return false;
}

/// A string in gnuplot's single quotes.
std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("''") : std::string(1, c);
  return result + "'";
}

std::string block_name(const std::string& line) {
  std::string name = "$";
  for (const char c : line) name += c == ' ' ? '_' : c;
  return name;
}

bool is_drawn_in_time(const Scheme& scheme) {
  return scheme.algorithm == Algorithm::most_recent || scheme.algorithm == Algorithm::exp_smooth ||
         (scheme.algorithm == Algorithm::max && (scheme.window == 16 || scheme.window == 64));
}

void write_series(std::ostream& script, const std::string& block, const std::vector<float>& series) {
  script << block << " << EOD\n";
  for (std::size_t i = series.size() - std::min(series.size(), shown_steps); i < series.size(); ++i) {
    script << i << ' ' << series[i] << '\n';
  }
  script << "EOD\n";
}

void draw_estimates(std::ostream& script, const SectionResult& sweep) {
  std::ostringstream curves("$amax using 1:2 with impulses lc rgb '#b0b0b0' title 'amax'", std::ios::ate);
  int colour = 0;
  for (const Line& line : sweep.lines) {
    const TensorTally& input = line.runs[0].first_input;
    if (line.scheme.algorithm == Algorithm::current)
      write_series(script, "$amax", input.amax);  // the same in every run
    if (!is_drawn_in_time(line.scheme)) continue;
    const std::string block = block_name(line.scheme.name());
    write_series(script, block, input.estimate);
    curves << ", " << block << " using 1:2 with steps lt " << ++colour << " lw 1.5 title "
           << quoted(line.scheme.name());
  }
  script << "set title 'Input of the first layer: amax and the estimate it is scaled by (first run, its last steps)'\n"
         << "set xlabel 'step'\nset ylabel 'amax'\nset yrange [0:*]\nset key outside right top\nplot " << curves.str()
         << "\n";
}

void draw_gains(std::ostream& script, const std::vector<SectionResult>& results) {
  const Line& bf16 = baseline(results);
  script << "$gain << EOD\n";
  for (const Line& line : results[0].lines) {
    const Summary summary = summarise(line, bf16);
    if (line.scheme.algorithm != Algorithm::max || summary.diverged == line.runs.size()) continue;
    script << line.scheme.window << ' ' << summary.gain_online_db.mean() << ' ' << summary.gain_online_db.spread()
           << ' ' << summary.gain_frozen_db.mean() << ' ' << summary.gain_frozen_db.spread() << '\n';
  }
  script << "EOD\nset title " << quoted("Held-out prediction gain (" + results[0].title + ")") << "\n"
         << "set xlabel 'window of Max (1 is MostRecent)'\nset ylabel 'gain, dB'\nset logscale x 2\nset xrange [0.8:"
         << largest_window << "*1.25]\nset yrange [*:*]\nplot "
         << format_number(summarise(bf16, bf16).gain_online_db.mean()) << " with lines lc rgb 'black' dt 2 title 'BF16'"
         << ", $gain using 1:2:3 with yerrorlines lt 4 lw 1.5 pt 7 ps 0.5 title 'online'"
         << ", $gain using 1:4:5 with yerrorlines lt 2 lw 1.5 pt 6 ps 0.5 title 'frozen'\n";
}

}  // namespace

void check_plot(const std::filesystem::path& svg) {
  if (!has_gnuplot()) throw InputError("--plot needs gnuplot, and there is none on the PATH (Debian: gnuplot-nox)");
  if (!std::ofstream(svg, std::ios::app)) throw InputError("--plot: " + svg.string() + " cannot be written");
}

void draw_plot(const std::filesystem::path& svg, const std::vector<SectionResult>& results) {
  std::ostringstream script;
  script
      << "set terminal svg noenhanced size 1000,800 dynamic background '#ffffff'\nset output " << quoted(svg.string())
      << "\n"
      << "set grid\nset linetype 1 lc rgb '#c0392b'\nset linetype 2 lc rgb '#e08e0b'\nset linetype 3 lc rgb '#2471a3'\n"
      << "set linetype 4 lc rgb '#1e8449'\nset multiplot layout 2,1\n";
  draw_estimates(script, results[0]);
  draw_gains(script, results);
  script << "unset multiplot\n";

  const std::string text = script.str();
  std::FILE* gnuplot = popen("gnuplot", "w");
  const bool written = gnuplot != nullptr && std::fwrite(text.data(), 1, text.size(), gnuplot) == text.size();
  const bool finished = gnuplot != nullptr && pclose(gnuplot) == 0;
  if (!written || !finished) throw std::runtime_error("gnuplot failed to draw " + svg.string());
}

}  // namespace compare_amax
