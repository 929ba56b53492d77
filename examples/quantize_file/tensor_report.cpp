#include "tensor_report.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/format_number.hpp"
#include "common/text_table.hpp"

namespace quantize_file {
namespace {

/// A file's text must not steer the terminal.
std::string printable(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = '?';
  }
  return text;
}

/// The shortest text that is this binary32.
std::string float_text(float x) {
  std::array<char, 24> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), x).ptr};
}

std::string shape_text(std::span<const std::uint64_t> shape) {
  if (shape.empty()) return "-";
  std::string text;
  for (const std::uint64_t dimension : shape) text += (text.empty() ? "" : "x") + std::to_string(dimension);
  return text;
}

std::string percent(std::uint64_t n, std::uint64_t of) {
  return common::format_fixed(of == 0 ? 0 : 100 * static_cast<double>(n) / static_cast<double>(of), 3);
}

}  // namespace

void print_report(std::ostream& out, std::span<const TensorReport> tensors, std::size_t copied) {
  common::TextTable table;
  std::vector<std::string> header{"tensor", "type", "shape", "amax"};
  for (const std::string_view format : format_names) header.push_back(std::string(format) + " dB");
  for (const char* const share :
       {"demoted %", "flushed %", "overflowed %", "3 bits %", "2 bits %", "1 bit %", "0 bits %"}) {
    header.emplace_back(share);
  }
  table.add_row(std::move(header));
  hifloat::diagnostics::TierHistogram all;
  for (const TensorReport& tensor : tensors) {
    const hifloat::QuantizeStats& stats = tensor.stats;
    std::vector<std::string> row{printable(tensor.info.name), std::string(hifloat::io::dtype_name(tensor.info.dtype)),
                                 shape_text(tensor.info.shape), float_text(tensor.amax)};
    for (const double sqnr : tensor.sqnr) row.push_back(common::format_fixed(sqnr, 2));
    for (const std::uint64_t n : {stats.demoted, stats.flushed_to_zero, stats.overflowed}) {
      row.push_back(percent(n, stats.count));
    }
    for (int bits = hifloat::diagnostics::TierHistogram::tiers; bits-- != 0;) {
      row.push_back(percent(tensor.tiers.in_tier(bits), stats.count));
    }
    table.add_row(std::move(row));
    all += tensor.tiers;
  }
  table.print(out);
  for (const TensorReport& tensor : tensors) {
    if (tensor.stats.non_finite == 0) continue;
    out << printable(tensor.info.name) << ": " << tensor.stats.non_finite
        << " elements are infinite or NaN; they stay so\n";
  }
  out << '\n' << tensors.size() << " tensors quantized, " << copied << " copied\n\n" << all;
}

}  // namespace quantize_file
