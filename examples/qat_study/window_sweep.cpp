#include "window_sweep.hpp"

#include <array>
#include <cstddef>
#include <ostream>
#include <string>
#include <tuple>
#include <vector>

#include <hifloat/scaling/amax_algorithms.hpp>

#include "common/format_number.hpp"
#include "common/text_table.hpp"

namespace qat_study {
using hifloat::diagnostics::ReplayResult;

std::vector<ReplayResult> window_sweep(const Results& results) {
  using hifloat::diagnostics::AmaxTrace;
  namespace amax = hifloat::amax;
  std::vector<std::vector<float>> amaxes;
  std::vector<AmaxTrace::Tensor> tensors;
  for (const auto& [name, series] : results.record(results.plan().recipe(Estimator::max, high_rate)).all()) {
    if (!name.starts_with("amax ")) continue;
    std::vector<float>& kept = amaxes.emplace_back();
    for (const double amax : series) kept.push_back(static_cast<float>(amax));
    tensors.push_back({name.substr(5), kept});
  }
  AmaxTrace trace(tensors);
  constexpr std::array<std::size_t, 5> windows{4, 16, 64, 256, 1024};
  const std::tuple algorithms(amax::MostRecent{}, amax::Max{}, amax::ExpSmooth{}, amax::Mean{});
  return hifloat::diagnostics::replay(trace, algorithms, windows).ranked;
}

void print_window_sweep(std::ostream& out, const Results& results) {
  common::TextTable table;
  table.add_row({"Windows, replayed: max 64, high rate, seed 1", "overshoot: steps %", "p99", "largest", "idle binades",
                 "mean age"});
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
