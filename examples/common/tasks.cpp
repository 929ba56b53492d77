#include "tasks.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "progress.hpp"

namespace common {

void run_tasks(const std::vector<Task>& tasks, unsigned threads) {
  if (threads == 0) threads = std::max(1u, std::thread::hardware_concurrency());
  threads = static_cast<unsigned>(std::min<std::size_t>(threads, tasks.size()));
  if (threads == 0) return;
  double cost = 0;
  for (const Task& task : tasks) cost += task.cost;

  Progress progress({tasks.size(), cost, threads});
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr failure;
  const auto work = [&] {
    for (std::size_t i = next++; i < tasks.size(); i = next++) {
      try {
        const auto start = std::chrono::steady_clock::now();
        tasks[i].work();
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
        progress.done(tasks[i].name, tasks[i].cost, taken.count());
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
        next = tasks.size();
      }
    }
  };
  {
    std::vector<std::future<void>> workers;
    for (unsigned i = 0; i < threads; ++i) workers.push_back(std::async(std::launch::async, work));
  }  // waits for them
  if (failure) std::rethrow_exception(failure);
}

}  // namespace common
