// One line on the terminal that says how far the runs are.
#pragma once

#include <cstddef>
#include <mutex>
#include <string_view>

namespace compare_amax {

/// Silent where stderr is no terminal. Safe to call from several threads.
class Progress {
 public:
  explicit Progress(std::size_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void done(std::string_view what);

 private:
  bool shown_;
  std::size_t total_;
  std::size_t finished_ = 0;
  std::mutex mutex_;
};

}  // namespace compare_amax
