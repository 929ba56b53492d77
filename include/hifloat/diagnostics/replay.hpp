// Which algorithm, which window? A recorded run of amaxes tells, without training: every choice is a scaler that sees
// the same amaxes, and what it would have done to them is counted.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <hifloat/config.hpp>
#include <hifloat/diagnostics/replay_choice.hpp>
#include <hifloat/diagnostics/trace.hpp>
#include <hifloat/error.hpp>
#include <hifloat/executor.hpp>
#include <hifloat/formats/quantization_format.hpp>
#include <hifloat/scaling/options.hpp>

namespace HIFLOAT_NAMESPACE::diagnostics {

/// What the choices of a replay have in common.
struct ReplayOptions {
  /// Of all choices. Without: the format's default target.
  std::optional<ScalingOptions> scaling{};
  /// Called with the rows done so far, between chunks of them; what it throws ends the replay and passes through.
  std::function<void(std::uint64_t rows)> progress{};
};

/// What became of each choice, the best first. With samples: by predicted SQNR. Without: by the share of steps whose
/// amax lost precision or overflowed, then by how little of the range lay idle.
struct Replay {
  std::uint64_t rows = 0;              ///< of the trace
  std::uint64_t dropped = 0;           ///< rows whose amax is not finite
  std::vector<ReplayResult> ranked{};  ///< one for each algorithm and window
};

}  // namespace HIFLOAT_NAMESPACE::diagnostics

namespace HIFLOAT_DETAIL_NAMESPACE {

[[nodiscard]] inline bool is_better(const diagnostics::ReplayResult& a, const diagnostics::ReplayResult& b) noexcept {
  if (a.samples != 0) return a.sqnr > b.sqnr;
  const double lost_a = a.demoted_steps + a.overflowed_steps, lost_b = b.demoted_steps + b.overflowed_steps;
  return lost_a < lost_b || (!(lost_b < lost_a) && a.headroom < b.headroom);
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_DIAGNOSTICS_NAMESPACE {

/// Runs each algorithm with each window over the trace; amax::MostRecent, to which windows don't matter, once. A
/// step's amax is scaled by what the steps before made of theirs, then observed and committed; so are its samples,
/// where there are any. The trace is read a piece at a time, in constant memory but for its tensors; the executor's
/// threads share the choices, and the result is the same for any number of them.
///
///   TraceReader trace(file);
///   Replay r = replay(trace, std::tuple(amax::Max{}, amax::ExpSmooth{.alpha = 0.1}), windows, hif8_t{});
///
/// std::invalid_argument: no windows, a window of 0, options that are not allowed. What reading the trace throws passes
/// through; so does the std::logic_error of one that was read to its end before.
template <Trace T, class... Algorithms, QuantizationFormat F = hif8_t, Executor E = executor::Serial>
[[nodiscard]] Replay replay(T& trace, const std::tuple<Algorithms...>& algorithms, std::span<const std::size_t> windows,
                            F = {}, const ReplayOptions& options = {}, const E& executor = {}) {
  if (windows.empty()) HIFLOAT_THROW(std::invalid_argument, "hifloat: a replay needs at least one window");
  const ScalingOptions scaling = options.scaling.value_or(ScalingOptions{.target = formats::traits<F>::default_target});

  std::vector<std::unique_ptr<detail::ReplayChoice>> choices;
  const auto add = [&]<class A>(const A& algorithm) {
    const auto with_window = [&](std::size_t window) {
      choices.push_back(std::make_unique<detail::ReplayChoiceOf<A, F>>(algorithm, window, scaling));
    };
    if constexpr (std::is_same_v<A, amax::MostRecent>) {
      with_window(1);
    } else {
      std::ranges::for_each(windows, with_window);
    }
  };
  std::apply([&](const auto&... algorithm) { (add(algorithm), ...); }, algorithms);

  Replay result;
  TraceChunk chunk;
  while (trace.read(chunk)) {
    const auto piece = [&](std::size_t i) { choices[i]->take(chunk); };
    detail::run_pieces(executor, choices.size(), Task(piece));
    result.rows += chunk.size();
    for (std::size_t row = 0; row < chunk.size(); ++row) {
      result.dropped += !detail::is_finite(static_cast<double>(chunk.amax(row)));
    }
    if (options.progress) options.progress(result.rows);
  }
  for (const auto& choice : choices) {  // of equals the first stays first
    ReplayResult next = choice->result(trace.tensors());
    result.ranked.insert(std::ranges::upper_bound(result.ranked, next, detail::is_better), std::move(next));
  }
  return result;
}

}  // namespace HIFLOAT_DIAGNOSTICS_NAMESPACE
