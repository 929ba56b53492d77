#include "progress.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <mutex>
#include <string>
#include <string_view>

#if defined(_WIN32)
#include <io.h>
#else
#include <unistd.h>
#endif

namespace common {
namespace {

constexpr std::string_view clear_line = "\r\033[K";
constexpr std::chrono::seconds log_interval{30};

}  // namespace

bool stderr_is_a_terminal() {
#if defined(_WIN32)
  return _isatty(_fileno(stderr)) != 0;
#else
  return isatty(STDERR_FILENO) != 0;
#endif
}

std::string duration_text(double seconds) {
  if (seconds < 59.5) return std::to_string(std::lround(seconds)) + " s";
  const long minutes = std::lround(seconds / 60);
  if (minutes < 60) return std::to_string(minutes) + " min";
  return std::to_string(minutes / 60) + (minutes % 60 < 10 ? " h 0" : " h ") + std::to_string(minutes % 60) + " min";
}

void RunCount::add(double cost, double seconds) {
  ++finished_;
  finished_cost_ += cost;
  busy_ += seconds;
}

double RunCount::seconds_left(double elapsed) const {
  // All threads are busy until the end, nearly: so this is the time of everything, less what has passed of it.
  return std::max(0.0, cost_ / finished_cost_ * busy_ / threads_ - elapsed);
}

std::string RunCount::text(std::string_view last, double elapsed) const {
  std::string text = std::to_string(finished_) + " of " + std::to_string(total_) + " ";
  text += noun_;
  if (finished_cost_ > 0 && finished_ < total_) text += ", " + duration_text(seconds_left(elapsed)) + " left";
  return finished_ == 0 ? text : text.append(", last: ").append(last);
}

Progress::Progress(RunCount runs) : runs_(runs) {
  if (on_terminal_) std::cerr << runs_.text("", 0) << std::flush;
}

Progress::~Progress() {
  if (on_terminal_) std::cerr << clear_line << std::flush;
}

void Progress::done(std::string_view what, double cost, double seconds) {
  const std::lock_guard lock(mutex_);
  runs_.add(cost, seconds);
  const auto now = Clock::now();
  const std::string text = runs_.text(what, std::chrono::duration<double>(now - start_).count());
  if (on_terminal_) {
    std::cerr << clear_line << text << std::flush;
  } else if (now - shown_ >= log_interval) {
    std::cerr << text << std::endl;
    shown_ = now;
  }
}

}  // namespace common
