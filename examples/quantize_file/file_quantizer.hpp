// From one safetensors file to another, a piece of a tensor at a time.
#pragma once

#include <cstddef>
#include <vector>

#include "options.hpp"
#include "tensor_report.hpp"

namespace quantize_file {

struct FileReport {
  std::vector<TensorReport> tensors;
  std::size_t copied = 0;
};

/// Asked before each piece whether to go on; if not, quantize_file ends in an exception and leaves no file.
using GoOn = bool (*)();

/// Files that cannot be used are hifloat::io::Error.
[[nodiscard]] FileReport quantize_file(const Options& options, GoOn go_on);

}  // namespace quantize_file
