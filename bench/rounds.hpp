// Pieces of work timed in turn, over many short rounds: ratios within a round count, absolute times on a shared machine
// do not.
#pragma once

#include <functional>
#include <vector>

namespace bench {

/// Runs `work` so often that it takes about a millisecond.
struct TimedWork {
  std::function<void()> run;
  bool once = false;  ///< a round is one run, and nothing is warmed up: for work that comes from memory
};

/// Seconds that one run took, for each piece of work one number a round.
[[nodiscard]] std::vector<std::vector<double>> in_rounds(const std::vector<TimedWork>& works, int rounds);

}  // namespace bench
