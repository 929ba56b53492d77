#include "options.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>

#include <hifloat/hif8.hpp>
#include <hifloat/limits.hpp>

#include "common/arguments.hpp"
#include "common/input_error.hpp"
#include "common/parse_number.hpp"

namespace compare_amax {
namespace {

namespace hf = hifloat;

/// A positive number that HiF8 has, as targets and clamps are.
float hif8_value(const common::Arguments& arguments, std::string_view text) {
  double value = 0;
  const bool is_number = common::parse_number(text, value);
  if (!is_number || !(value > 0) || !std::isfinite(value) || static_cast<double>(hf::hif8_t{value}) != value) {
    arguments.refuse(text, "no positive HiF8 value (such as 15, 224 or 32768)");
  }
  return static_cast<float>(value);
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
  for (common::Arguments arguments(argc, argv); arguments.next();) {
    if (arguments.is("--help") || arguments.is("-h")) {
      options.help = true;
      return options;
    }
    if (arguments.is("--seed")) {
      options.seed = arguments.count(0, std::numeric_limits<std::uint32_t>::max());
    } else if (arguments.is("--seeds")) {
      options.seeds = arguments.count(1, 100);
    } else if (arguments.is("--steps")) {
      options.steps = arguments.count(16, 1'000'000);
    } else if (arguments.is("--target")) {
      options.target = hif8_value(arguments, arguments.value());
    } else if (arguments.is("--clamp")) {
      using Clamp = Options::Clamp;
      const std::string_view value = arguments.value();
      options.clamp = value == "none" ? Clamp::none : value == "target" ? Clamp::at_target : Clamp::at_value;
      if (options.clamp == Clamp::at_value) options.clamp_value = hif8_value(arguments, value);
    } else if (arguments.is("--wav")) {
      options.wav = arguments.value();
    } else if (arguments.is("--plot")) {
      options.plot = arguments.value();
    } else if (arguments.is("--trace")) {
      options.trace = arguments.value();
    } else {
      arguments.refuse();
    }
  }
  if (!options.trace.empty() && !(options.wav.empty() && options.plot.empty())) {
    throw common::InputError("--trace trains nothing: it takes no --wav and no --plot");
  }
  return options;
}

}  // namespace compare_amax
