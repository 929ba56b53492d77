#include "options.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>

#include <hifloat/hif8.hpp>
#include <hifloat/limits.hpp>

#include "input_error.hpp"

namespace compare_amax {
namespace {

namespace hf = hifloat;

std::uint64_t parse_count(std::string_view option, std::string_view text, std::uint64_t smallest,
                          std::uint64_t largest) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < smallest || value > largest) {
    throw InputError(std::string(option) + ": '" + std::string(text) + "' is no whole number from " +
                     std::to_string(smallest) + " to " + std::to_string(largest));
  }
  return value;
}

/// A positive number that HiF8 has, as targets and clamps are.
float parse_hif8(std::string_view option, std::string_view text) {
  float value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_number = error == std::errc{} && end == text.data() + text.size();
  if (!is_number || !(value > 0) || !std::isfinite(value) || static_cast<float>(hf::hif8_t{value}) != value) {
    throw InputError(std::string(option) + ": '" + std::string(text) +
                     "' is no positive HiF8 value (such as 15, 224 or 32768)");
  }
  return value;
}

}  // namespace

const std::string_view help_text =
    R"(compare_amax: does the amax algorithm of delayed scaling matter? Trains a small next-sample predictor of speech in
8-bit HiF8 (weights, activations and gradients) under each algorithm, and compares it with BF16.

usage: compare_amax [options]
  --steps N      steps of quantized training a run, 256 samples each (600); the float training before it takes 8 N
  --seeds N      runs of every line of the table (3)
  --seed N       seed of the first of them (1)
  --target X     what the estimated amax is scaled to (15); gradients take 224, or X where that is more
  --clamp C      values are clipped at: none (nothing but 2^15, the format's own limit), target (as the paper's text
                 has it), or a HiF8 value, gradients at 224 where that is more
                 without --target and --clamp: the sweep clipped at target 15, and other settings below it
  --wav FILE     16-bit PCM speech of your own, the last seventh of it held out
  --plot FILE    draws amax against the estimates, and gain against the window, as SVG (needs gnuplot)
  --trace FILE   no training: replays the amax series of a CSV file (columns step,tensor,amax) through every
                 algorithm and window
  --help         this text
)";

Options parse_options(int argc, const char* const* argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    if (option == "--help" || option == "-h") {
      options.help = true;
      return options;
    }
    const bool known = option == "--seed" || option == "--seeds" || option == "--steps" || option == "--target" ||
                       option == "--clamp" || option == "--wav" || option == "--plot" || option == "--trace";
    if (!known) throw InputError("unknown option '" + std::string(option) + "' (--help lists them)");
    if (++i == argc) throw InputError(std::string(option) + " needs a value (--help says which)");
    const std::string_view value = argv[i];
    if (value.empty()) throw InputError(std::string(option) + ": its value is empty");

    if (option == "--seed") options.seed = parse_count(option, value, 0, std::numeric_limits<std::uint32_t>::max());
    if (option == "--seeds") options.seeds = parse_count(option, value, 1, 100);
    if (option == "--steps") options.steps = parse_count(option, value, 16, 1'000'000);
    if (option == "--target") options.target = parse_hif8(option, value);
    if (option == "--wav") options.wav = value;
    if (option == "--plot") options.plot = value;
    if (option == "--trace") options.trace = value;
    if (option == "--clamp") {
      using Clamp = Options::Clamp;
      options.clamp = value == "none" ? Clamp::none : value == "target" ? Clamp::at_target : Clamp::at_value;
      if (options.clamp == Clamp::at_value) options.clamp_value = parse_hif8(option, value);
    }
  }
  if (!options.trace.empty() && !(options.wav.empty() && options.plot.empty())) {
    throw InputError("--trace trains nothing: it takes no --wav and no --plot");
  }
  return options;
}

}  // namespace compare_amax
