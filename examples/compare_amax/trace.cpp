#include "trace.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <future>
#include <iostream>
#include <ostream>
#include <string>
#include <system_error>
#include <thread>
#include <tuple>
#include <vector>

#include <hifloat/diagnostics/replay.hpp>
#include <hifloat/diagnostics/trace_reader.hpp>
#include <hifloat/executor.hpp>
#include <hifloat/scaling/amax_algorithms.hpp>
#include <hifloat/scaling/options.hpp>

#include "common/format_number.hpp"
#include "common/input_error.hpp"
#include "common/progress.hpp"
#include "common/text_table.hpp"
#include "scheme.hpp"

namespace compare_amax {
namespace {

namespace hf = hifloat;
namespace diag = hifloat::diagnostics;

constexpr std::array<std::size_t, 9> windows{1, 2, 4, 8, 16, 32, 64, 128, 256};

/// An executor: a thread for each core, which takes pieces until there are none.
struct AllCores {
  [[nodiscard]] static std::size_t concurrency() { return std::max(1u, std::thread::hardware_concurrency()); }
  void operator()(std::size_t pieces, const hf::Task& task) const {
    std::atomic<std::size_t> next{0};
    std::vector<std::future<void>> threads;
    for (std::size_t i = 0; i < std::min(pieces, concurrency()); ++i) {
      threads.push_back(std::async(std::launch::async, [&] {
        for (std::size_t piece = next++; piece < pieces; piece = next++) task(piece);
      }));
    }
  }  // waits for them
};

struct TraceReplay {
  diag::Replay replay;
  std::size_t tensors = 0;
};

TraceReplay replay_trace(const std::filesystem::path& csv, const hf::ScalingOptions& scaling) {
  std::ifstream file(csv);
  if (!file || std::filesystem::is_directory(csv)) throw common::InputError(csv.string() + ": cannot be read");
  try {
    diag::TraceReader trace(file);
    diag::ReplayOptions options;
    options.scaling = scaling;
    std::error_code is_pipe;
    const std::uintmax_t bytes = std::filesystem::file_size(csv, is_pipe);
    const bool is_terminal = common::stderr_is_a_terminal();
    options.progress = [&](std::uint64_t rows) {
      if (!is_terminal) return;
      std::cerr << '\r';
      if (!is_pipe && bytes != 0) std::cerr << 100 * trace.bytes_read() / bytes << " %, ";
      std::cerr << rows << " rows " << std::flush;
    };
    diag::Replay replay = diag::replay(trace,
                                       std::tuple(hf::amax::MostRecent{}, hf::amax::Max{}, hf::amax::Mean{},
                                                  hf::amax::Percentile{}, hf::amax::ExpSmooth{}),
                                       windows, hf::hif8_t{}, options, AllCores{});
    if (is_terminal) std::cerr << '\r' << std::string(40, ' ') << '\r';
    return {std::move(replay), trace.tensors().size()};
  } catch (const diag::TraceError& error) {
    throw common::InputError(csv.string() + ", " + error.what());
  }
}

}  // namespace

void print_trace_report(std::ostream& out, const Options& options) {
  Scheme scheme;
  scheme.target = options.target.value_or(scheme.target);
  scheme.clamp = options.clamp == Options::Clamp::unset ? Options::Clamp::none : options.clamp;
  scheme.clamp_value = options.clamp_value;
  const hf::ScalingOptions scaling = scheme.scaling_options(Role::input);
  const auto [replay, tensors] = replay_trace(options.trace, scaling);

  out << options.trace.string() << ": " << tensors << (tensors == 1 ? " tensor, " : " tensors, ") << replay.rows
      << " steps in all, " << replay.dropped << " of them not finite and dropped; target "
      << common::format_number(scaling.target);
  if (scaling.clamp != hf::no_clamp) out << ", clamp " << common::format_number(scaling.clamp);
  out << "; the best choice first\n\n";

  const bool with_samples = replay.ranked.front().samples != 0;
  common::TextTable table;
  std::vector<std::string> head{"algorithm", "window", "over %", "p99",      "worst", "in tensor",
                                "dem %",     "clip %", "age",    "headroom", "scales"};
  if (with_samples) head.insert(head.end(), {"sample dem %", "SQNR dB"});
  table.add_row(head);
  const auto number = [](double x, int digits) { return x == x ? common::format_fixed(x, digits) : std::string("-"); };
  for (const diag::ReplayResult& r : replay.ranked) {
    std::vector<std::string> row{r.algorithm,
                                 std::to_string(r.window),
                                 number(100 * r.overshoot_share, 2),
                                 number(r.overshoot_p99, 2) + "x",
                                 number(r.overshoot_max, 2) + "x",
                                 r.overshoot_tensor,
                                 number(100 * r.demoted_steps, 2),
                                 number(100 * r.overflowed_steps, 2),
                                 number(r.age, 1),
                                 number(r.headroom, 2),
                                 std::to_string(r.scale_changes)};
    if (with_samples) row.insert(row.end(), {number(100 * r.demoted, 2), number(r.sqnr, 2)});
    table.add_row(row);
  }
  table.print(out);
  out << R"(
Of the steps after each tensor's first. over: amax / estimate > 1, its 99th percentile and the worst; dem: amax keeps fewer
than 3 mantissa bits; clip: it passes the clamp, or 2^15; age: commits since the window's largest amax entered it; headroom:
mean log2(estimate / amax) of the steps without overshoot; scales: how often the scale changed
)";
}

}  // namespace compare_amax
