#include "trace.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include <hifloat/hifloat.hpp>

#include "format_number.hpp"
#include "scheme.hpp"
#include "tally.hpp"
#include "text_table.hpp"

namespace compare_amax {
namespace {

namespace hf = hifloat;

constexpr std::size_t longest_window = 256;

/// What happened to the largest value of each step.
struct Replay {
  Overshoot overshoot;
  std::string worst_tensor;
  hf::QuantizeStats values;
  double headroom = 0;  // sum over the steps without overshoot of log2(estimate / amax)
  std::uint64_t below = 0;
};

/// Every amax is a tensor of one element: the largest stands for all.
template <class Scaler>
void replay(Scaler scaler, const TensorTrace& trace, Replay& result) {
  std::array<hf::hif8_t, 1> code{};
  for (const float amax : trace.amax) {
    const auto quantized = scaler.quantize(std::span(&amax, 1), code);
    result.values += quantized.stats();
    if (std::isfinite(amax) && amax > 0) {
      const double ratio =
          static_cast<double>(amax) / static_cast<double>(scaler.options().target * quantized.inverse_scale());
      if (ratio > result.overshoot.worst) result.worst_tensor = trace.tensor;
      result.overshoot.add(ratio);
      if (ratio <= overshoot_tolerance) {
        result.headroom -= std::log2(ratio);
        ++result.below;
      }
    }
    scaler.observe(quantized.stats());
    scaler.commit();
  }
}

template <class Algorithm>
void add_row(TextTable& table, const std::string& name, std::size_t window, const std::vector<TensorTrace>& traces,
             const hf::ScalingOptions& scaling, const Algorithm& algorithm) {
  Replay result;
  for (const TensorTrace& trace : traces) {
    replay(hf::DelayedScaler<Algorithm, hf::dynamic_window>(window, scaling, algorithm), trace, result);
  }
  const auto percent = [&](std::uint64_t steps) {
    const std::uint64_t all = result.overshoot.steps;
    return all == 0 ? "-" : format_fixed(100 * static_cast<double>(steps) / static_cast<double>(all), 2);
  };
  table.add_row({name, std::to_string(window), percent(result.overshoot.above),
                 format_three_digits(result.overshoot.worst) + "x", result.worst_tensor, percent(result.values.demoted),
                 percent(result.values.overflowed), percent(result.values.flushed_to_zero),
                 result.below == 0 ? "-" : format_fixed(result.headroom / static_cast<double>(result.below), 2)});
}

}  // namespace

void print_trace_report(std::ostream& out, const Options& options) {
  const std::vector<TensorTrace> traces = read_trace(options.trace);
  Scheme scheme;
  scheme.target = options.target.value_or(scheme.target);
  scheme.clamp = options.clamp == Options::Clamp::unset ? Options::Clamp::none : options.clamp;
  scheme.clamp_value = options.clamp_value;
  const hf::ScalingOptions scaling = scheme.scaling_options(Role::input);

  std::size_t steps = 0, dropped = 0;
  for (const TensorTrace& trace : traces) {
    steps += trace.amax.size();
    for (const float amax : trace.amax) dropped += !std::isfinite(amax);
  }
  out << options.trace.string() << ": " << traces.size() << (traces.size() == 1 ? " tensor, " : " tensors, ") << steps
      << " steps in all, " << dropped << " of them not finite and dropped; target " << format_number(scaling.target);
  if (scaling.clamp != hf::no_clamp) out << ", clamp " << format_number(scaling.clamp);
  out << "\n\n";

  TextTable table;
  table.add_row({"algorithm", "window", "over %", "worst", "in tensor", "dem %", "clip %", "flush %", "headroom"});
  add_row(table, "MostRecent", 1, traces, scaling, hf::amax::MostRecent{});
  const auto add_windows = [&](const std::string& name, const auto& algorithm) {
    for (std::size_t window = 1; window <= longest_window; window *= 2) {
      add_row(table, name, window, traces, scaling, algorithm);
    }
  };
  add_windows("Max", hf::amax::Max{});
  add_windows("Mean", hf::amax::Mean{});
  add_windows("Percentile " + format_number(hf::amax::Percentile{}.p), hf::amax::Percentile{});
  add_windows("ExpSmooth " + format_number(hf::amax::ExpSmooth{}.alpha), hf::amax::ExpSmooth{});
  table.print(out);
  out << R"(
over: steps with amax / estimate > 1, and the worst; of the largest value of each step, dem: past 16, fewer than 3 mantissa
bits; clip: past the clamp, or past 2^15; flush: rounded to 0; headroom: mean log2(estimate / amax) of the other steps
)";
}

}  // namespace compare_amax
