#include "jobs.hpp"

#include <algorithm>
#include <mutex>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "tasks.hpp"

namespace common {

std::vector<Record> run_jobs(const std::vector<Job>& jobs, RecordFile& file, unsigned threads) {
  std::mutex mutex;
  std::vector<Task> tasks;
  std::set<std::string_view> keys;
  for (const Job& job : jobs) {
    if (file.find(job.key) != nullptr || !keys.insert(job.key).second) continue;
    const auto work = [&] {
      Record record = job.run();
      const std::lock_guard lock(mutex);
      file.append(job.key, std::move(record));
    };
    tasks.push_back({job.key, work, job.cost});
  }
  std::stable_sort(tasks.begin(), tasks.end(), [](const Task& a, const Task& b) { return a.cost > b.cost; });
  run_tasks(tasks, threads);

  std::vector<Record> records;
  for (const Job& job : jobs) records.push_back(*file.find(job.key));
  return records;
}

}  // namespace common
