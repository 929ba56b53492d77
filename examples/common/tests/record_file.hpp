// What the tests of records and jobs share.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "common/input_error.hpp"

namespace common_test {

/// A file in the working directory, gone before and after.
class ScratchFile {
 public:
  ScratchFile() { std::filesystem::remove(path); }
  ~ScratchFile() { std::filesystem::remove(path); }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  void write(const std::string& content) const { std::ofstream(path, std::ios::binary) << content; }
  [[nodiscard]] std::string content() const {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const std::filesystem::path path = "example_common_test.records";
};

/// The text of the InputError that `action` throws.
template <class Action>
std::string refusal(const Action& action) {
  try {
    action();
  } catch (const common::InputError& error) {
    return error.what();
  }
  return "not refused";
}

}  // namespace common_test
