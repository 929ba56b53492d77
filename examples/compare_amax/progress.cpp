#include "progress.hpp"

#include <cstddef>
#include <cstdio>
#include <iostream>
#include <mutex>
#include <string_view>

#if defined(_WIN32)
#include <io.h>
#else
#include <unistd.h>
#endif

namespace compare_amax {
namespace {

bool stderr_is_a_terminal() {
#if defined(_WIN32)
  return _isatty(_fileno(stderr)) != 0;
#else
  return isatty(STDERR_FILENO) != 0;
#endif
}

constexpr std::string_view clear_line = "\r\033[K";

}  // namespace

Progress::Progress(std::size_t total) : shown_(stderr_is_a_terminal()), total_(total) {
  if (shown_) std::cerr << "0 of " << total_ << " runs" << std::flush;
}

Progress::~Progress() {
  if (shown_) std::cerr << clear_line << std::flush;
}

void Progress::done(std::string_view what) {
  const std::lock_guard lock(mutex_);
  ++finished_;
  if (shown_) std::cerr << clear_line << finished_ << " of " << total_ << " runs, last: " << what << std::flush;
}

}  // namespace compare_amax
