// Files of Debian packages: read where they are installed, never copied.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace language {

/// All of the file. InputError, which names the package to install, when it cannot be read.
[[nodiscard]] std::string read_package_file(const std::filesystem::path& file, std::string_view package);

}  // namespace language
