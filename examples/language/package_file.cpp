#include "package_file.hpp"

#include <fstream>
#include <iterator>

#include "../common/input_error.hpp"

namespace language {

std::string read_package_file(const std::filesystem::path& path, std::string_view package) {
  std::ifstream file(path, std::ios::binary);
  if (!file || !std::filesystem::is_regular_file(path)) {
    throw common::InputError(path.string() + " cannot be read (Debian: apt-get install " + std::string(package) + ")");
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace language
