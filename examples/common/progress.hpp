// How far the runs are, and how long they still take.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

namespace common {

[[nodiscard]] bool stderr_is_a_terminal();

/// "40 s", "12 min" or "3 h 05 min".
[[nodiscard]] std::string duration_text(double seconds);

/// What is done of runs that cost more or less, as many at a time as there are threads.
class RunCount {
 public:
  /// `cost` is that of all runs together, in any unit.
  RunCount(std::size_t total, double cost, unsigned threads, std::string_view noun = "runs")
      : total_(total), cost_(cost), threads_(threads), noun_(noun) {}

  /// A run has finished that took `seconds` on its thread.
  void add(double cost, double seconds);
  /// What the rest will take if it costs what the finished runs did, after `elapsed` seconds of all threads.
  [[nodiscard]] double seconds_left(double elapsed) const;
  /// "3 of 40 runs, 12 min left, last: Max 64".
  [[nodiscard]] std::string text(std::string_view last, double elapsed) const;

 private:
  std::size_t total_, finished_ = 0;
  double cost_, finished_cost_ = 0;
  double busy_ = 0;  // seconds that the finished runs took, one after the other
  unsigned threads_;
  std::string_view noun_;  // a literal
};

/// One line on the terminal; where stderr is none, a line every half a minute. Safe to call from several threads.
class Progress {
 public:
  explicit Progress(RunCount runs);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void done(std::string_view what, double cost, double seconds);

 private:
  using Clock = std::chrono::steady_clock;

  bool on_terminal_ = stderr_is_a_terminal();
  RunCount runs_;
  Clock::time_point start_ = Clock::now(), shown_ = start_;
  std::mutex mutex_;
};

}  // namespace common
