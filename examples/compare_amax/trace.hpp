// amax series recorded elsewhere, replayed through every algorithm and window.
#pragma once

#include <iosfwd>

#include "options.hpp"

namespace compare_amax {

/// The table of --trace: how often and how far each algorithm's estimate would have been passed, and how much range lay
/// unused. What is wrong with the file is an InputError with the line's number.
void print_trace_report(std::ostream& out, const Options& options);

}  // namespace compare_amax
