#pragma once

#include <cmath>
#include <cstddef>

namespace common {

/// Mean and sample standard deviation.
class MeanSpread {
 public:
  void add(double value) {
    ++count_;
    const double deviation = value - mean_;
    mean_ += deviation / static_cast<double>(count_);
    squares_ += deviation * (value - mean_);
  }
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] double mean() const { return mean_; }
  [[nodiscard]] bool has_spread() const { return count_ > 1; }
  /// 0 for a single value.
  [[nodiscard]] double spread() const {
    return has_spread() ? std::sqrt(squares_ / static_cast<double>(count_ - 1)) : 0;
  }

 private:
  std::size_t count_ = 0;
  double mean_ = 0;
  double squares_ = 0;  // of the deviations
};

}  // namespace common
