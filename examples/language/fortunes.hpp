// Prose from Debian's fortunes, read where it is installed.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace language {

/// The texts of ten files of quotations about work, science and books, file after file, each on one line of printable
/// ASCII without what is longer than 400 characters. InputError, naming the package, if a file cannot be read.
[[nodiscard]] std::vector<std::string> fortunes(const std::filesystem::path& directory = "/usr/share/games/fortunes");

}  // namespace language
