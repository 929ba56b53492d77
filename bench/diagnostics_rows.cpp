// What it costs to look: diagnostics and commits beside the work that they watch.
#include "row.hpp"

#include "yardsticks.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <hifloat/diagnostics/scaling_monitor.hpp>
#include <hifloat/diagnostics/tier_histogram.hpp>
#include <hifloat/scaling/scaling.hpp>

namespace hf = hifloat;

namespace bench {
namespace {

/// A histogram of x, beside a sum that only reads it.
void add_histogram(std::vector<Row>& rows, Place place, const char* name, std::span<const float> x, float scale) {
  const auto n = static_cast<double>(x.size());
  const auto histogram = [x, scale] {
    hf::diagnostics::TierHistogram h;
    h.add(x, scale);
    benchmark::DoNotOptimize(h);
  };
  const Work sum = {"read-only sum", n, 4 * n, [x] { benchmark::DoNotOptimize(read_only_sum(x)); }};
  rows.push_back({place, {name, n, 4 * n, histogram}, sum});
}

/// A step of a scaler with a monitor, beside the same step without.
void add_monitor(std::vector<Row>& rows, std::span<const float> x, std::span<hf::hif8_t> codes) {
  using Scaler = hf::DelayedScaler<hf::amax::Max, 64>;
  const auto n = static_cast<double>(x.size());
  const auto step = [=, scaler = std::make_shared<Scaler>()](auto&& record) {
    const auto q = scaler->quantize(x, codes);
    record(*scaler, q.stats());
    scaler->observe(q.stats());
    scaler->commit();
  };
  const auto monitor = std::make_shared<hf::diagnostics::ScalingMonitor>("x");
  monitor->on_bound({.overshoot = 3, .overflowed = 0, .non_finite = 0}, [](const auto&, std::string_view) {});
  const auto watched = [=] { step([&](const auto& scaler, const auto& stats) { monitor->record(scaler, stats); }); };
  const auto alone = [=] { step([](const auto&, const auto&) {}); };
  rows.push_back({Place::L2, {"quantize, monitored", n, 5 * n, watched}, {"quantize", n, 5 * n, alone}});
}

/// observe and commit, with amaxes that go up and down.
void add_commit(std::vector<Row>& rows, std::size_t window) {
  constexpr std::size_t steps = 4096;
  const auto scaler = std::make_shared<hf::DelayedScaler<hf::amax::Max, hf::dynamic_window>>(window);
  const auto amaxes = std::make_shared<std::vector<float>>();
  unsigned random = 1;
  for (std::size_t i = 0; i < steps; ++i) {
    random = random * 1664525u + 1013904223u;
    amaxes->push_back(1.0f + static_cast<float>(random >> 8) * 0x1p-24f);
  }
  const auto run = [=] {
    for (const float amax : *amaxes) {
      scaler->observe(amax);
      scaler->commit();
    }
    benchmark::DoNotOptimize(scaler->scale());
  };
  for (std::size_t i = 0; i < window / steps; ++i) run();  // until the window is full
  rows.push_back({Place::Call, {"commit, Max over " + std::to_string(window), steps, 4.0 * steps, run}, {}});
}

}  // namespace

void add_diagnostics(std::vector<Row>& rows, std::span<const float> x, std::span<hf::hif8_t> codes) {
  add_histogram(rows, Place::L2, "TierHistogram", x.first(size_of_L2), 1.7f);
  add_histogram(rows, Place::L2, "TierHistogram, overflow", x.first(size_of_L2), 0x1p14f);
  if (x.size() >= size_of_memory) {
    add_histogram(rows, Place::Memory, "TierHistogram", x.first(size_of_memory), 1.7f);
  }
  add_monitor(rows, x.first(size_of_L2), codes.first(size_of_L2));
  add_commit(rows, 64);
  add_commit(rows, 65536);
}

}  // namespace bench
