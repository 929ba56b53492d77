// A replay of 10^7 rows, read as CSV, with 12 choices, on two threads: seconds, beside the seconds that reading alone
// takes. What it does not take is memory: the text is all there is.
#include "thread_pair.hpp"

#include <benchmark/benchmark.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <istream>
#include <streambuf>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <hifloat/diagnostics/replay.hpp>
#include <hifloat/diagnostics/trace_reader.hpp>

namespace hf = hifloat;
namespace diag = hifloat::diagnostics;

namespace {

constexpr std::size_t rows = 10'000'000, tensors = 8;

/// Amaxes of a run: slow drift, noise of a quarter, a spike in a thousand.
const std::string& trace_text() {
  static const std::string text = [] {
    std::string csv = "step,tensor,amax\n";
    csv.reserve(rows * 24);
    std::uint64_t random = 1;
    std::array<char, 32> buffer{};
    const auto append = [&](auto number) {
      csv.append(buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr);
    };
    for (std::size_t i = 0; i < rows; ++i) {
      random = random * 6364136223846793005u + 1442695040888963407u;
      const double noise = static_cast<double>(random >> 40) * 0x1p-24;
      const double drift = 1.0 + 0.5 * std::sin(static_cast<double>(i) * 1e-5);
      append(i / tensors);
      csv += ",t";
      append(i % tensors);
      csv += ',';
      append(static_cast<float>(drift * (1.0 + 0.5 * noise) * (random >> 20 & 1023 ? 1.0 : 20.0)));
      csv += '\n';
    }
    return csv;
  }();
  return text;
}

class TextBuffer : public std::streambuf {
 public:
  explicit TextBuffer(const std::string& text) {
    char* begin = const_cast<char*>(text.data());  // which is only read
    setg(begin, begin, begin + text.size());
  }
};

void read_only(benchmark::State& state) {
  for (auto _ : state) {
    TextBuffer buffer(trace_text());
    std::istream in(&buffer);
    diag::TraceReader trace(in);
    diag::TraceChunk chunk;
    while (trace.read(chunk)) benchmark::DoNotOptimize(chunk);
  }
}

void replay(benchmark::State& state) {
  static const bench::ThreadPair pair;
  constexpr std::array<std::size_t, 3> windows{4, 16, 64};
  const auto algorithms = std::tuple(hf::amax::Max{}, hf::amax::Mean{}, hf::amax::ExpSmooth{}, hf::amax::Percentile{});
  for (auto _ : state) {
    TextBuffer buffer(trace_text());
    std::istream in(&buffer);
    diag::TraceReader trace(in);
    const auto result = diag::replay(trace, algorithms, windows, hf::hif8_t{}, {}, pair);
    if (result.rows != rows || result.ranked.size() != 12) state.SkipWithError("rows or choices are missing");
  }
}

}  // namespace

BENCHMARK(read_only)->Iterations(1)->Repetitions(3)->UseRealTime()->Unit(benchmark::kSecond);
BENCHMARK(replay)->Iterations(1)->Repetitions(3)->UseRealTime()->Unit(benchmark::kSecond);

namespace {

/// Prints as usual, and keeps the median of `replay`.
class Judge : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      const bool is_median = run.aggregate_name == "median" && run.run_name.function_name == "replay";
      if (is_median) seconds = run.GetAdjustedRealTime();
    }
    benchmark::ConsoleReporter::ReportRuns(runs);
  }
  double seconds = 0;
};

}  // namespace

// Exit code 1 with --strict where the goal is not met.
int main(int argc, char** argv) {
  const bool strict = argc > 1 && std::string_view(argv[1]) == "--strict";
  constexpr double goal = 5;
  std::cout << rows << " rows of " << tensors << " tensors, " << trace_text().size() / 1000000
            << " MB of CSV; Max, Mean, ExpSmooth, Percentile over 4, 16, 64\n";
  benchmark::Initialize(&argc, argv);
  Judge judge;
  benchmark::RunSpecifiedBenchmarks(&judge);
  const bool met = judge.seconds > 0 && judge.seconds < goal;
  std::cout << "replay of 10^7 rows x 12 choices: " << judge.seconds << " s, goal less than " << goal
            << " s: " << (met ? "met" : "not met") << '\n';
  return strict && !met ? 1 : 0;
}
