#include "package_file.hpp"

#include <fstream>
#include <sstream>

#include "../common/input_error.hpp"

namespace language {

std::string read_package_file(const std::filesystem::path& path, std::string_view package) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  if (!std::filesystem::is_regular_file(path) || !(content << file.rdbuf())) {
    throw common::InputError(path.string() + " cannot be read (Debian: apt-get install " + std::string(package) + ")");
  }
  return std::move(content).str();
}

}  // namespace language
