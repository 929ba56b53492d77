// Delayed scaling as "Scaler arithmetic" describes it, as plainly as can be: all amaxes in one list, every estimate
// from scratch, ordinary floating-point arithmetic. Shares no code with the library. To be run under the default
// floating-point environment.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace naive {

/// Oldest to newest.
using Algorithm = std::function<double(const std::vector<double>&)>;

// volatile: one binary64 operation each, never a fused one.
inline double rounded(double x) {
  volatile double y = x;
  return y;
}

inline Algorithm max() {
  return [](const std::vector<double>& amaxes) { return *std::max_element(amaxes.begin(), amaxes.end()); };
}
inline Algorithm most_recent() {
  return [](const std::vector<double>& amaxes) { return amaxes.back(); };
}
inline Algorithm mean() {
  return [](const std::vector<double>& amaxes) {
    double sum = 0;
    for (const double a : amaxes) sum = rounded(sum + a);
    return rounded(sum / static_cast<double>(amaxes.size()));
  };
}
inline Algorithm exp_smooth(double alpha) {
  return [alpha](const std::vector<double>& amaxes) {
    double e = amaxes.front();
    for (const double a : amaxes) e = rounded(rounded(alpha * a) + rounded(rounded(1 - alpha) * e));
    return e;
  };
}
inline Algorithm percentile(double p) {
  return [p](std::vector<double> amaxes) {
    std::sort(amaxes.begin(), amaxes.end());
    const double rank = std::ceil(rounded(p * static_cast<double>(amaxes.size())));
    return amaxes[static_cast<std::size_t>(rank) - 1];
  };
}

struct Options {
  float target = 15;
  int margin = 0;
  bool power_of_two = false;
  int interval = 1;
};

class Scaler {
 public:
  Scaler(Algorithm algorithm, std::size_t window, const Options& options)
      : algorithm_(std::move(algorithm)), window_(window), options_(options) {}

  float scale = 1;
  float inverse = 1;
  std::uint64_t epoch = 0;
  std::uint64_t dropped = 0;

  void observe(float amax) {
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(amax) & 0x7FFFFFFF;
    staged_ = std::max(staged_.value_or(0), bits);
  }

  void commit() {
    const std::uint32_t bits = staged_.value_or(0);
    staged_.reset();
    if (bits == 0) return;
    if (bits >= 0x7F800000) {
      ++dropped;
      return;
    }
    history_.push_back(static_cast<double>(std::bit_cast<float>(bits)));
    ++pushes_;
    if (pushes_ == 1 || pushes_ % options_.interval == 0) recompute();
  }

  void reset() {
    history_.clear();
    staged_.reset();
    pushes_ = 0;
    dropped = 0;
    take(1.0f);
  }

  void resize(std::size_t window) {
    if (history_.size() > window_)
      history_.erase(history_.begin(), history_.end() - static_cast<std::ptrdiff_t>(window_));
    window_ = window;
    if (history_.size() > window_)
      history_.erase(history_.begin(), history_.end() - static_cast<std::ptrdiff_t>(window_));
  }

 private:
  void recompute() {
    const std::size_t size = std::min(window_, history_.size());
    const double estimate = algorithm_({history_.end() - static_cast<std::ptrdiff_t>(size), history_.end()});
    const double quotient = rounded(static_cast<double>(options_.target) / estimate);
    const double limited = std::clamp(std::ldexp(quotient, -options_.margin), 0x1p-126, 0x1p126);
    volatile float rounded_once = static_cast<float>(limited);
    if (!options_.power_of_two) return take(rounded_once);
    const double raw = static_cast<double>(rounded_once);
    const double power = std::ldexp(1.0, std::ilogb(raw));
    const double current = static_cast<double>(scale);
    if (pushes_ == 1 || power < current || (power > current && raw >= 2 * current * 1.25))
      take(static_cast<float>(power));
  }

  void take(float next) {
    if (std::bit_cast<std::uint32_t>(next) == std::bit_cast<std::uint32_t>(scale)) return;
    scale = next;
    volatile float one = 1;
    inverse = one / next;
    ++epoch;
  }

  Algorithm algorithm_;
  std::size_t window_;
  Options options_;
  std::vector<double> history_;
  std::optional<std::uint32_t> staged_;
  std::int64_t pushes_ = 0;
};

}  // namespace naive
