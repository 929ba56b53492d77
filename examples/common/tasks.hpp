// Work for all cores.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace common {

struct Task {
  std::string name;  ///< for the progress
  std::function<void()> work;
  double cost = 1;  ///< against the other tasks, for the time left
};

/// Starts the tasks in their order, as many at a time as there are threads (0: cores), and shows progress on stderr. A
/// task may wait for an earlier one. When one throws, no other is started; the exception goes on to the caller once
/// those that run have ended.
void run_tasks(const std::vector<Task>& tasks, unsigned threads = 0);

}  // namespace common
