#include "window_sweep.hpp"

#include <array>
#include <cstddef>
#include <ostream>
#include <span>
#include <string>
#include <tuple>

#include <hifloat/scaling/amax_algorithms.hpp>

#include "common/format_number.hpp"
#include "common/text_table.hpp"

namespace qat_study {
namespace {

using hifloat::diagnostics::ReplayResult;
using hifloat::diagnostics::TraceChunk;

/// The "amax ..." series of a record as a trace.
class RecordTrace {
 public:
  explicit RecordTrace(const common::Record& record) : record_(record) {}

  bool read(TraceChunk& chunk) {
    chunk.clear();
    if (!tensors_.empty()) return false;
    for (const auto& [name, amaxes] : record_.all()) {
      if (!name.starts_with("amax ")) continue;
      tensors_.push_back(name.substr(5));
      for (const double amax : amaxes) chunk.add(tensors_.size() - 1, static_cast<float>(amax));
    }
    return !tensors_.empty();
  }
  [[nodiscard]] std::span<const std::string> tensors() const { return tensors_; }

 private:
  const common::Record& record_;
  std::vector<std::string> tensors_;
};

}  // namespace

std::vector<ReplayResult> window_sweep(const Results& results) {
  RecordTrace trace(results.record(design(results.plan())[4].recipe));
  constexpr std::array<std::size_t, 5> windows{4, 16, 64, 256, 1024};
  namespace amax = hifloat::amax;
  return hifloat::diagnostics::replay(
             trace, std::tuple(amax::MostRecent{}, amax::Max{}, amax::ExpSmooth{}, amax::Mean{}), windows)
      .ranked;
}

void print_window_sweep(std::ostream& out, const Results& results) {
  common::TextTable table;
  table.add_row({"Windows, replayed", "overshoot: share %", "p99", "largest", "idle binades", "mean age"});
  for (const ReplayResult& choice : window_sweep(results)) {
    table.add_row({choice.algorithm + " " + std::to_string(choice.window),
                   common::format_fixed(100 * choice.overshoot_share, 2), common::format_fixed(choice.overshoot_p99, 2),
                   common::format_fixed(choice.overshoot_max, 2), common::format_fixed(choice.headroom, 2),
                   common::format_fixed(choice.age, 1)});
  }
  table.print(out);
  out << '\n';
}

}  // namespace qat_study
