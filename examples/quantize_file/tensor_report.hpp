// What quantization did to the tensors of a file.
#pragma once

#include <array>
#include <iosfwd>
#include <span>
#include <string_view>

#include <hifloat/diagnostics/tier_histogram.hpp>
#include <hifloat/io/tensor_info.hpp>
#include <hifloat/stats.hpp>

namespace quantize_file {

/// In this order: HiF8, and what it is compared with, each under the scale that suits it.
inline constexpr std::array<std::string_view, 4> format_names{"HiF8", "e4m3", "e5m2", "int8"};

struct TensorReport {
  hifloat::io::TensorInfo info;  ///< as it was read
  float amax = 0;                ///< the largest finite magnitude
  hifloat::QuantizeStats stats;
  hifloat::diagnostics::TierHistogram tiers;
  std::array<double, format_names.size()> sqnr{};  ///< dB
};

/// A table of the tensors that were quantized, what was not finite, and the histogram of all of them. `copied` tensors
/// were not quantized.
void print_report(std::ostream& out, std::span<const TensorReport> tensors, std::size_t copied);

}  // namespace quantize_file
