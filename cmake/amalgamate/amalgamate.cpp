// Writes one header that is a header and all of the project's headers that it includes:
//
//   amalgamate <include directory> <header, as it is included> <output file> <version>
//
// Each header stands at top level, once, after those that it includes, whatever conditions they are included under:
// what depends on a platform says so itself. Parts (.inl) stand wherever they are included.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <regex>
#include <set>
#include <stdexcept>
#include <string>

namespace {

class Amalgamation {
 public:
  Amalgamation(std::filesystem::path directory, std::ostream& out) : directory_(std::move(directory)), out_(out) {}

  void add_header(const std::string& name) {
    if (!added_.insert(name).second) return;
    for_each_line(name, [this](const std::string&, const std::string& included) {
      if (is_header(included)) add_header(included);
    });
    out_ << "\n// ---- " << name << '\n';
    add_text(name);
  }

 private:
  static bool is_header(const std::string& name) { return name.ends_with(".hpp"); }

  void add_text(const std::string& name) {
    for_each_line(name, [this](const std::string& line, const std::string& included) {
      if (line == "#pragma once" || is_header(included)) return;
      if (included.empty()) {
        out_ << line << '\n';
      } else {
        add_text(included);
      }
    });
  }

  /// f(line, the header or part of ours that it includes, or nothing)
  template <class F>
  void for_each_line(const std::string& name, const F& f) const {
    static const std::regex include(R"(\s*#\s*include\s*<(hifloat/[^>]*)>.*)");
    std::ifstream file(directory_ / name);
    if (!file) throw std::runtime_error(name + " cannot be read");
    std::smatch match;
    for (std::string line; std::getline(file, line);) {
      f(line, std::regex_match(line, match, include) ? match[1].str() : std::string());
    }
  }

  std::filesystem::path directory_;
  std::ostream& out_;
  std::set<std::string> added_;
};

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 5) throw std::runtime_error("usage: amalgamate <include directory> <header> <output file> <version>");
    std::filesystem::create_directories(std::filesystem::path(argv[3]).parent_path());
    std::ofstream out(argv[3]);
    out << "// hifloat " << argv[4]
        << ": HiFloat8 (HiF8) and delayed tensor scaling in one header. Made from many: read those.\n"
        << "// SPDX-License-Identifier: Apache-2.0\n#pragma once\n";
    Amalgamation(argv[1], out).add_header(argv[2]);
    if (!out.flush()) throw std::runtime_error(std::string(argv[3]) + " cannot be written");
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "amalgamate: " << error.what() << '\n';
    return 1;
  }
}
