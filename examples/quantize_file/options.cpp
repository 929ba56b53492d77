#include "options.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include <hifloat/io/hif8_tag.hpp>

#include "common/arguments.hpp"
#include "common/input_error.hpp"

namespace quantize_file {
namespace {

namespace hf = hifloat;

constexpr double largest_target = 32768;  // HiF8's largest value

/// In the order of Rounding.
constexpr std::array rounding_names{
    hf::io::rounding_name<hf::rounding::TiesAway>, hf::io::rounding_name<hf::rounding::TiesEven>,
    hf::io::rounding_name<hf::rounding::TowardZero>, hf::io::rounding_name<hf::rounding::Hybrid>,
    hf::io::rounding_name<hf::rounding::SimplifiedStochastic>};

Rounding rounding(common::Arguments& arguments) {
  const std::string_view name = arguments.value();
  for (std::size_t i = 0; i < rounding_names.size(); ++i) {
    if (name == rounding_names[i]) return static_cast<Rounding>(i);
  }
  arguments.refuse(name, "no rounding (--help lists them)");
}

}  // namespace

const std::string_view help_text =
    R"(quantize_file: HiF8 codes in place of the numbers of a safetensors file, and what that does to each tensor.

usage: quantize_file model.safetensors out.safetensors [options]
  --target X       what a tensor's largest finite magnitude is scaled to (15)
  --rounding NAME  ties_away, ties_even, toward_zero, hybrid or simplified_stochastic (ties_away)
  --per-tensor     one scale for a tensor (this is what happens without an option)
  --per-channel    one scale for each index of the first axis, where there are two axes or more
  --help           this text

Every F64, F32, F16 and BF16 tensor becomes one of U8 with a tag in the metadata that has its inverse scales; others are
copied. The file is read twice, a few megabytes at a time. The new one appears when it is complete, or not at all; given
the same name, it takes the place of the first, whose numbers are gone then.
Infinities and NaN stay what they are; no scale comes from them, and they have no part in the SQNR.
)";

Options parse_options(int argc, const char* const* argv) {
  Options options;
  for (common::Arguments arguments(argc, argv); arguments.next();) {
    if (arguments.is("--help") || arguments.is("-h")) {
      options.help = true;
      return options;
    }
    if (arguments.is("--target")) {
      options.target = static_cast<float>(arguments.number(1, largest_target));
    } else if (arguments.is("--rounding")) {
      options.rounding = rounding(arguments);
    } else if (arguments.is("--per-tensor")) {
      options.per_channel = false;
    } else if (arguments.is("--per-channel")) {
      options.per_channel = true;
    } else if (arguments.text().starts_with('-')) {
      arguments.refuse();
    } else if (options.output.empty()) {
      (options.input.empty() ? options.input : options.output) = arguments.text();
    } else {
      throw common::InputError("needs two files, not '" + std::string(arguments.text()) + "' too (--help)");
    }
  }
  if (options.output.empty()) throw common::InputError("needs two files, to read and to write (--help)");
  return options;
}

}  // namespace quantize_file
