// Every array function beside the memory that it is bound by. Kernel and limit run one right after the other, over many
// short rounds: ratios within a run count, absolute times on a shared machine do not.
#include "rounds.hpp"
#include "row.hpp"
#include "table.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <iostream>
#include <regex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <hifloat/array.hpp>

namespace {

using bench::Place;

struct Options {
  int rounds = 60;
  bool memory = true;
  std::string filter = ".*";
  bool strict = false;
};

constexpr std::string_view usage =
    "bench_array [--rounds=60] [--filter=<regex over 'size kernel'>] [--no-memory] [--strict]\n"
    "  --rounds     short rounds over all rows in the caches; an eighth of them from memory\n"
    "  --no-memory  without the arrays of 64 Mi elements, which take 1.9 GB\n"
    "  --strict     exit with 1 when a goal is not met\n";

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const auto value_of = [&](std::string_view name) {
      return argument.starts_with(name) ? std::string(argument.substr(name.size())) : std::string();
    };
    if (const std::string rounds = value_of("--rounds="); !rounds.empty()) {
      options.rounds = std::stoi(rounds);
      if (options.rounds < 1) throw std::invalid_argument("--rounds: at least 1");
    } else if (const std::string filter = value_of("--filter="); !filter.empty()) {
      options.filter = filter;
    } else if (argument == "--no-memory") {
      options.memory = false;
    } else if (argument == "--strict") {
      options.strict = true;
    } else if (argument == "--help") {
      std::cout << usage;
      std::exit(0);
    } else {
      throw std::invalid_argument("unknown argument " + std::string(argument));
    }
  }
  return options;
}

/// Each goal is some row's: one that is mistyped would never be missed.
void check_goals(const std::vector<bench::Row>& rows, bool memory, bool two_threads) {
  for (const bench::Goal& goal : bench::all_goals()) {
    if (goal.place == Place::Memory && !memory) continue;
    if (goal.kernel.find("two threads") != std::string_view::npos && !two_threads) continue;
    const bool found = std::any_of(rows.begin(), rows.end(), [&](const bench::Row& row) {
      return row.place == goal.place && row.kernel.name == goal.kernel && row.limit.name == goal.limit;
    });
    if (!found) throw std::logic_error("a goal without a row: " + std::string(goal.kernel));
  }
}

int run(const Options& options) {
  const bool two_threads = std::thread::hardware_concurrency() >= 2;
  std::vector<bench::Row> rows = bench::all_rows(options.memory, two_threads);
  check_goals(rows, options.memory, two_threads);
  const std::regex wanted(options.filter);
  std::erase_if(rows, [&](const bench::Row& row) {
    return !std::regex_search(std::string(bench::name_of(row.place)) + " " + row.kernel.name, wanted);
  });
  if (rows.empty()) throw std::invalid_argument("no row fits --filter=" + options.filter);

  std::vector<bench::Times> times(rows.size());
  for (const bool memory : {false, true}) {
    std::vector<bench::TimedWork> works;
    std::vector<std::vector<double>*> results;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if ((rows[i].place == Place::Memory) != memory) continue;
      works.push_back({rows[i].kernel.run, memory});
      results.push_back(&times[i].kernel);
      if (rows[i].limit.name.empty()) continue;
      works.push_back({rows[i].limit.run, memory});
      results.push_back(&times[i].limit);
    }
    std::vector<std::vector<double>> seconds =
        bench::in_rounds(works, memory ? std::max(3, options.rounds / 8) : options.rounds);
    for (std::size_t i = 0; i < results.size(); ++i) *results[i] = std::move(seconds[i]);
  }

  const std::string_view isa = hifloat::active_isa();
  const bool judge = isa == "avx512vbmi";
  const benchmark::CPUInfo& cpu = benchmark::CPUInfo::Get();
  std::cout << "\n" << cpu.num_cpus << " CPUs at " << cpu.cycles_per_second * 1e-9 << " GHz, " << isa;
  for (const auto& cache : cpu.caches) {
    if (cache.type != "Instruction") std::cout << ", L" << cache.level << " " << cache.size / 1024 << " KiB";
  }
  std::cout << "\nscale 1.7 unless it says unscaled; memcpy moves the kernel's bytes, read and written together\n";
  if (!judge) std::cout << "The goals are for avx512vbmi: none is judged here.\n";
  const int missed = bench::print_table(std::cout, rows, times, judge);
  return options.strict && missed != 0 ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(parse(argc, argv));
  } catch (const std::exception& error) {
    std::cerr << "bench_array: " << error.what() << '\n' << usage;
    return 2;
  }
}
