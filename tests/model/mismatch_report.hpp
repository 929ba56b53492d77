#pragma once
// Counts mismatches from several threads and keeps the first twenty as text.

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <string>

namespace codec_test {

class MismatchReport {
 public:
  void add(const std::string& line) {
    if (++count_ > 20) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    lines_ += line + '\n';
  }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] const std::string& lines() const { return lines_; }

 private:
  std::atomic<std::uint64_t> count_{0};
  std::mutex mutex_;
  std::string lines_;
};

// HIFLOAT_TEST_FULL=1 in the environment asks for every input in place of a strided run.
inline bool full_run() {
  const char* wanted = std::getenv("HIFLOAT_TEST_FULL");
  return wanted != nullptr && std::string(wanted) == "1";
}

}  // namespace codec_test
