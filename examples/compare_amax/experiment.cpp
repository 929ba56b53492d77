#include "experiment.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "progress.hpp"

namespace compare_amax {
namespace {

constexpr std::size_t pretraining_share = 8;  // steps in float for each quantized one

struct Task {
  std::string name;
  std::function<void()> work;
};

/// Starts the tasks in their order, as many at a time as there are cores. A task may wait for an earlier one.
void run_all(const std::vector<Task>& tasks) {
  Progress progress(tasks.size());
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr failure;
  const auto work = [&] {
    for (std::size_t i = next++; i < tasks.size(); i = next++) {
      try {
        tasks[i].work();
        progress.done(tasks[i].name);
      } catch (...) {
        const std::lock_guard lock(mutex);
        failure = std::current_exception();
        next = tasks.size();
      }
    }
  };
  {
    const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
    std::vector<std::jthread> workers;
    for (std::size_t i = 0; i < std::min(cores, tasks.size()); ++i) workers.emplace_back(work);
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

std::vector<SectionResult> run_experiment(const Options& options, const Speech& speech) {
  std::vector<SectionResult> results;
  for (const Section& section : sections(options)) {
    results.push_back({section.title, {}});
    for (const Scheme& scheme : section.schemes) {
      results.back().lines.push_back({scheme, std::vector<RunResult>(options.seeds)});
    }
  }

  // Every run of a seed starts from the same pre-trained model.
  std::vector<std::promise<Model>> promises(options.seeds);
  std::vector<std::shared_future<Model>> pretrained;
  for (auto& promise : promises) pretrained.push_back(promise.get_future().share());

  std::vector<Task> tasks;
  for (std::size_t s = 0; s < options.seeds; ++s) {
    tasks.push_back({"pre-training", [&, s] {
                       try {
                         promises[s].set_value(pretrain(speech, pretraining_share * options.steps, options.seed + s));
                       } catch (...) {
                         promises[s].set_exception(std::current_exception());
                       }
                     }});
  }
  for (std::size_t s = 0; s < options.seeds; ++s) {
    for (SectionResult& section : results) {
      for (Line& line : section.lines) {
        tasks.push_back({line.scheme.name(), [&, s] {
                           line.runs[s] = train_quantized(pretrained[s].get(), speech, line.scheme, options.steps,
                                                          options.seed + s);
                         }});
      }
    }
  }
  run_all(tasks);
  return results;
}

}  // namespace compare_amax
