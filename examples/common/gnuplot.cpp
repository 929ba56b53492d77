#include "gnuplot.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#if !defined(_WIN32)
#include <unistd.h>
#endif

#include "input_error.hpp"

namespace common {
namespace {

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

}  // namespace

void check_plot(std::string_view option, const std::filesystem::path& svg) {
  const std::string name(option);
  if (!has_gnuplot()) throw InputError(name + " needs gnuplot, and there is none on the PATH (Debian: gnuplot-nox)");
  if (!std::ofstream(svg, std::ios::app)) throw InputError(name + ": " + svg.string() + " cannot be written");
}

std::string quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("''") : std::string(1, c);
  return result + "'";
}

std::string block_name(std::string_view text) {
  std::string name = "$";
  for (const char c : text) {
    const bool allowed = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    name += allowed ? c : '_';
  }
  return name;
}

void write_block(std::ostream& script, std::string_view name, const std::vector<std::vector<double>>& rows) {
  script << name << " << EOD\n";
  for (const std::vector<double>& row : rows) {
    const char* separator = "";
    for (const double value : row) {
      script << separator << value;
      separator = " ";
    }
    script << '\n';
  }
  script << "EOD\n";
}

void draw_plot(const std::filesystem::path& svg, int width, int height, const std::string& script) {
  std::ostringstream text;
  text << "set terminal svg noenhanced size " << width << ',' << height << " dynamic background '#ffffff'\n"
       << "set output " << quoted(svg.string()) << "\nset grid\n"
       << "set linetype 1 lc rgb '#c0392b'\nset linetype 2 lc rgb '#e08e0b'\nset linetype 3 lc rgb '#2471a3'\n"
       << "set linetype 4 lc rgb '#1e8449'\n"
       << script;
  const std::string commands = text.str();
  std::FILE* gnuplot = popen("gnuplot", "w");
  const bool written =
      gnuplot != nullptr && std::fwrite(commands.data(), 1, commands.size(), gnuplot) == commands.size();
  const bool finished = gnuplot != nullptr && pclose(gnuplot) == 0;
  if (!written || !finished) throw std::runtime_error("gnuplot failed to draw " + svg.string());
}

}  // namespace common
