#include "report.hpp"

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include <hifloat/stats.hpp>

#include "common/format_number.hpp"
#include "common/mean_spread.hpp"
#include "common/text_table.hpp"
#include "summary.hpp"

namespace compare_amax {
namespace {

constexpr const char* legend = R"(
gain: held-out prediction gain, signal / error; online: the scalers go on; frozen: scales as training left them
loss: error / signal over the last quarter of training; gap: to BF16's, all in all; APE: step by step, without sign
over: tensor-steps with amax / estimate > 1, and the worst; clip: values past the clamp (CurrentScaler's by rounding
of the scale alone); dem: weights and inputs past 16, where HiF8 has fewer mantissa bits; ovfl: values past 2^15;
flush: nonzero values that became 0; SQNR: signal to quantization noise, mean of the 9 tensors
)";
constexpr const char* diverged_legend =
    "diverged: not finite, or a loss above 1, which is that of predicting silence\n";

std::string with_spread(const common::MeanSpread& value, int decimals, double unit = 1, bool with_sign = false) {
  const std::string mean = common::format_fixed(unit * value.mean(), decimals, with_sign);
  return value.has_spread() ? mean + " ±" + common::format_fixed(unit * value.spread(), decimals) : mean;
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
  if (part == 0) return "0";
  const double share = 100 * static_cast<double>(part) / static_cast<double>(whole);
  return share < 0.001 ? "<0.001" : share < 10 ? common::format_fixed(share, 3) : common::format_fixed(share, 1);
}

std::vector<std::string> row(const Line& line, const Line& bf16) {
  const Summary summary = summarise(line, bf16);
  const std::size_t runs = line.runs.size();
  const Tally& tally = summary.tally;
  const bool is_bf16 = line.scheme.algorithm == Algorithm::bf16;
  const bool delayed = !is_bf16 && line.scheme.algorithm != Algorithm::current;

  std::vector<std::string> cells{line.scheme.name()};
  if (summary.diverged == runs) {
    cells.insert(cells.end(), {"diverged", "-", "-", "-", "-"});
  } else {
    const std::string lost = summary.diverged == 0 ? "" : "; " + std::to_string(summary.diverged) + " diverged";
    cells.push_back(with_spread(summary.gain_online_db, 2) + lost);
    // A current scaler has nothing to freeze.
    cells.push_back(delayed ? with_spread(summary.gain_frozen_db, 2) : "-");
    cells.push_back(with_spread(summary.final_loss, 4));
    cells.push_back(is_bf16 ? "-" : with_spread(summary.gap, 1, 100, true));
    cells.push_back(is_bf16 ? "-" : common::format_fixed(100 * summary.ape.mean(), 1));
  }
  if (is_bf16) {
    cells.insert(cells.end(), 7, "-");
    return cells;
  }
  // With a clamp nothing is left to pass 2^15: QuantizeStats counts one or the other.
  const hifloat::QuantizeStats values = tally.forward + tally.gradients;
  const std::string overflowed = percent(values.overflowed, values.count);
  const bool clamped = line.scheme.clamp != Options::Clamp::none;
  cells.push_back(percent(tally.overshoot.above, tally.overshoot.steps));
  cells.push_back(common::format_three_digits(tally.overshoot.worst) + "x");
  cells.push_back(clamped ? overflowed : "-");
  cells.push_back(percent(tally.forward.demoted, tally.forward.count));
  cells.push_back(clamped ? "0" : overflowed);
  cells.push_back(percent(values.flushed_to_zero, values.count));
  cells.push_back(common::format_fixed(tally.sqnr_db, 1));
  return cells;
}

}  // namespace

void print_report(std::ostream& out, const Options& options, const std::vector<SectionResult>& results) {
  out << "Next-sample prediction of speech, 32-64-64-1, W8A8 HiF8: " << options.steps << " steps of " << batch_size
      << " samples, " << options.seeds << (options.seeds == 1 ? " seed" : " seeds, mean ± standard deviation")
      << "\n\n";
  common::TextTable table;
  table.add_row({"", "gain online", "gain frozen", "", "", "", "over", "", "clip", "dem", "ovfl", "flush", "SQNR"});
  table.add_row({"algorithm", "dB", "dB", "loss", "gap %", "APE %", "%", "worst", "%", "%", "%", "%", "dB"});
  for (const SectionResult& section : results) {
    table.add_heading("-- " + section.title);
    for (const Line& line : section.lines) table.add_row(row(line, baseline(results)));
  }
  table.print(out);
  out << legend;
  for (const SectionResult& section : results) {
    for (const Line& line : section.lines) {
      if (summarise(line, baseline(results)).diverged == 0) continue;
      out << diverged_legend;
      return;
    }
  }
}

}  // namespace compare_amax
