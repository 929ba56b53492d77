// amax series recorded elsewhere, replayed through every algorithm and window.
#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "options.hpp"

namespace compare_amax {

struct TensorTrace {
  std::string tensor;
  std::vector<float> amax;  ///< in the order of the steps
};

/// CSV with the header step,tensor,amax; each tensor's steps ascend. Throws InputError with the line's number.
[[nodiscard]] std::vector<TensorTrace> read_trace(const std::filesystem::path& csv);

/// The table of --trace: how often and how far each algorithm's estimate would have been passed, and how much range lay
/// unused.
void print_trace_report(std::ostream& out, const Options& options);

}  // namespace compare_amax
