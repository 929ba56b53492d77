#include "rounds.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <stdexcept>
#include <string>

namespace bench {
namespace {

/// Keeps the time that one run of each benchmark took.
class Recorder : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.error_occurred) throw std::runtime_error(run.benchmark_name() + ": " + run.error_message);
      seconds[run.run_name.function_name].push_back(run.real_accumulated_time / static_cast<double>(run.iterations));
    }
  }
  std::map<std::string, std::vector<double>> seconds;
};

benchmark::IterationCount iterations_of(const TimedWork& work) {
  if (work.once) return 1;
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 4; ++i) work.run();
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
  return std::clamp<benchmark::IterationCount>(static_cast<benchmark::IterationCount>(4e-3 / time.count()), 1, 100000);
}

}  // namespace

std::vector<std::vector<double>> in_rounds(const std::vector<TimedWork>& works, int rounds) {
  benchmark::ClearRegisteredBenchmarks();
  for (std::size_t i = 0; i < works.size(); ++i) {
    const auto run = [](benchmark::State& state, const TimedWork* work) {
      if (!work->once) work->run();
      for (auto _ : state) work->run();
    };
    benchmark::RegisterBenchmark(std::to_string(i).c_str(), run, &works[i])
        ->Iterations(iterations_of(works[i]))
        ->UseRealTime();
  }
  Recorder recorder;
  for (int round = 0; !works.empty() && round < rounds; ++round) benchmark::RunSpecifiedBenchmarks(&recorder, ".*");
  std::vector<std::vector<double>> seconds;
  for (std::size_t i = 0; i < works.size(); ++i) seconds.push_back(recorder.seconds[std::to_string(i)]);
  return seconds;
}

}  // namespace bench
