// replay against a loop over plain scalers.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include <hifloat/diagnostics/replay.hpp>
#include <hifloat/diagnostics/trace_reader.hpp>
#include <hifloat/formats/int_grid.hpp>

namespace test_diagnostics_replay {

namespace hf = hifloat;
namespace diag = hifloat::diagnostics;

/// A user's own algorithm.
struct Twice {
  double operator()(const hf::AmaxWindowView& window) const { return 2 * window[window.size() - 1]; }
};

namespace {

constexpr float inf = std::numeric_limits<float>::infinity();

struct Row {
  std::size_t tensor;
  float amax;
  std::vector<float> samples;
};

std::vector<Row> random_rows(std::size_t n, std::size_t tensors, std::size_t samples) {
  std::mt19937 random(7);
  std::lognormal_distribution<float> size(0.0f, 0.7f);
  std::vector<Row> rows;
  for (std::size_t i = 0; i < n; ++i) {
    Row row{i % tensors, size(random), {}};
    if (i % 97 == 5) row.amax = 0.0f;
    if (i % 101 == 7) row.amax = i % 2 == 0 ? inf : std::numeric_limits<float>::quiet_NaN();
    for (std::size_t k = 0; k < samples; ++k) {
      row.samples.push_back((std::isfinite(row.amax) ? row.amax : 1.0f) *
                            (static_cast<float>(random() % 2001) / 1000.0f - 1.0f));
    }
    rows.push_back(row);
  }
  return rows;
}

std::string csv(const std::vector<Row>& rows, std::size_t tensors) {
  std::ostringstream out;
  out.precision(9);
  out << "step,tensor,amax";
  for (std::size_t k = 0; k < rows[0].samples.size(); ++k) out << ",sample" << k;
  out << "\n";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out << i / tensors << ",t" << rows[i].tensor << ',' << rows[i].amax;
    for (const float x : rows[i].samples) out << ',' << x;
    out << '\n';
  }
  return out.str();
}

/// The figures of one choice, as one would write them down.
template <class F, class A>
diag::ReplayResult expected(const std::vector<Row>& rows, std::size_t tensors, std::size_t window, const A& algorithm,
                            const hf::ScalingOptions& options) {
  std::vector<hf::DelayedScaler<A, hf::dynamic_window>> scalers(
      tensors, hf::DelayedScaler<A, hf::dynamic_window>(window, options, algorithm));
  diag::ReplayResult r;
  double above = 0, headroom = 0, ages = 0, demoted = 0;
  std::vector<double> signal(tensors), noise(tensors);
  for (const Row& row : rows) {
    auto& scaler = scalers[row.tensor];
    if (row.amax > 0 && std::isfinite(row.amax) && !scaler.is_cold()) {
      const double ratio = static_cast<double>(row.amax) * static_cast<double>(scaler.scale()) /
                           (static_cast<double>(options.target) * std::ldexp(1.0, -options.margin));
      ++r.steps;
      above += ratio > 1 + 1e-6;
      headroom += ratio > 1 + 1e-6 ? 0 : -std::log2(ratio);
      r.overshoot_max = std::max(r.overshoot_max, ratio);
      const float scaled = row.amax * scaler.scale();
      const bool overflows = std::is_same_v<F, hf::hif8_t> ? scaled >= 40960.0f : scaled > 127.4999f;
      r.overflowed_steps += overflows;
      demoted += std::is_same_v<F, hf::hif8_t> && scaled >= 16.0f && !overflows;
      std::size_t at = 0;
      for (std::size_t i = 0; i < scaler.amaxes().size(); ++i) {
        if (scaler.amaxes()[i] >= scaler.amaxes()[at]) at = i;
      }
      ages += static_cast<double>(scaler.amaxes().size() - 1 - at);
      for (const float x : row.samples) {
        const float y = static_cast<float>(F(x * scaler.scale())) * scaler.inverse_scale();
        signal[row.tensor] += static_cast<double>(x) * static_cast<double>(x);
        noise[row.tensor] += static_cast<double>(x - y) * static_cast<double>(x - y);
        ++r.samples;
      }
    }
    scaler.observe(row.amax);
    scaler.commit();
  }
  const auto n = static_cast<double>(r.steps);
  r.overshoot_share = above / n;
  r.headroom = headroom / (n - above);
  r.age = ages / n;
  r.demoted_steps = demoted / n;
  r.overflowed_steps /= n;
  for (std::size_t i = 0; i < tensors; ++i)
    r.sqnr += 10 * std::log10(signal[i] / noise[i]) / static_cast<double>(tensors);
  for (const auto& scaler : scalers) r.scale_changes += scaler.epoch();
  return r;
}

void check_same(const diag::ReplayResult& got, const diag::ReplayResult& want) {
  CHECK(got.steps == want.steps);
  CHECK(got.scale_changes == want.scale_changes);
  CHECK(got.samples == want.samples);
  CHECK(got.overshoot_share == doctest::Approx(want.overshoot_share).epsilon(1e-12));
  CHECK(got.overshoot_max == doctest::Approx(want.overshoot_max).epsilon(1e-12));
  CHECK(got.headroom == doctest::Approx(want.headroom).epsilon(1e-9));
  CHECK(got.age == doctest::Approx(want.age).epsilon(1e-12));
  CHECK(got.demoted_steps == doctest::Approx(want.demoted_steps).epsilon(1e-12));
  CHECK(got.overflowed_steps == doctest::Approx(want.overflowed_steps).epsilon(1e-12));
  if (want.samples != 0) CHECK(got.sqnr == doctest::Approx(want.sqnr).epsilon(1e-5));
}

const diag::ReplayResult& find(const diag::Replay& replay, std::string_view algorithm, std::size_t window) {
  const auto found = std::ranges::find_if(
      replay.ranked, [&](const auto& r) { return r.algorithm == algorithm && r.window == window; });
  REQUIRE(found != replay.ranked.end());
  return *found;
}

constexpr std::array<std::size_t, 3> windows{1, 4, 16};
const auto all_algorithms = std::tuple(hf::amax::Max{}, hf::amax::MostRecent{}, hf::amax::Mean{},
                                       hf::amax::ExpSmooth{.alpha = 0.25}, hf::amax::Percentile{.p = 0.9});

template <class F>
void check_trace(const std::vector<Row>& rows, std::size_t tensors, const std::optional<hf::ScalingOptions>& options) {
  std::istringstream in(csv(rows, tensors));
  diag::TraceReader trace(in);
  const diag::Replay replay = diag::replay(trace, all_algorithms, windows, F{}, {.scaling = options, .progress = {}});
  CHECK(replay.rows == rows.size());
  CHECK(replay.dropped == static_cast<std::uint64_t>(
                              std::ranges::count_if(rows, [](const Row& row) { return !std::isfinite(row.amax); })));
  CHECK(replay.ranked.size() == 4 * windows.size() + 1);
  const auto used = options.value_or(hf::ScalingOptions{.target = hf::formats::traits<F>::default_target});
  check_same(find(replay, "most_recent", 1), expected<F>(rows, tensors, 1, hf::amax::MostRecent{}, used));
  for (const std::size_t window : windows) {
    check_same(find(replay, "max", window), expected<F>(rows, tensors, window, hf::amax::Max{}, used));
    check_same(find(replay, "mean", window), expected<F>(rows, tensors, window, hf::amax::Mean{}, used));
    check_same(find(replay, "exp_smooth", window),
               expected<F>(rows, tensors, window, hf::amax::ExpSmooth{.alpha = 0.25}, used));
    check_same(find(replay, "percentile", window),
               expected<F>(rows, tensors, window, hf::amax::Percentile{.p = 0.9}, used));
  }
}

}  // namespace

TEST_CASE("a replay counts what scalers do") {
  const std::vector<Row> rows = random_rows(3000, 3, 0);
  check_trace<hf::hif8_t>(rows, 3, {});
  check_trace<hf::hif8_t>(rows, 3,
                          hf::ScalingOptions{.target = 0x1p15f, .margin = 1, .power_of_two = true, .interval = 3});
  check_trace<hf::formats::int_grid<8>>(rows, 3, {});
}

TEST_CASE("with samples: a prediction of the SQNR, by which choices are ranked") {
  const std::vector<Row> rows = random_rows(600, 2, 20);
  check_trace<hf::hif8_t>(rows, 2, {});
  check_trace<hf::formats::int_grid<8>>(rows, 2, {});
  std::istringstream in(csv(rows, 2));
  diag::TraceReader trace(in);
  const auto replay = diag::replay(trace, all_algorithms, windows, hf::formats::int_grid<8>{});
  CHECK(std::ranges::is_sorted(replay.ranked, std::ranges::greater(), &diag::ReplayResult::sqnr));
  CHECK(replay.ranked.front().sqnr > replay.ranked.back().sqnr + 3);
}

TEST_CASE("several threads, several chunks: the same figures, and progress between them") {
  std::vector<float> amaxes(200000);
  std::mt19937 random(9);
  for (float& amax : amaxes) amax = 1.0f + static_cast<float>(random() % 1000) / 100.0f;
  struct Backwards {
    static std::size_t concurrency() { return 2; }
    void operator()(std::size_t pieces, const hf::Task& task) const {
      while (pieces-- != 0) task(pieces);
    }
  };
  diag::AmaxTrace trace(amaxes), again(amaxes);
  std::vector<std::uint64_t> progress;
  diag::ReplayOptions options;
  options.progress = [&](std::uint64_t rows) { progress.push_back(rows); };
  const auto one = diag::replay(trace, std::tuple(hf::amax::Max{}), windows, hf::hif8_t{}, options);
  const auto other = diag::replay(again, std::tuple(hf::amax::Max{}), windows, hf::hif8_t{}, {}, Backwards{});
  CHECK(progress == std::vector<std::uint64_t>{65536, 131072, 196608, 200000});
  for (std::size_t i = 0; i < one.ranked.size(); ++i) {
    CHECK(one.ranked[i].window == other.ranked[i].window);
    check_same(one.ranked[i], other.ranked[i]);
    CHECK(one.ranked[i].steps == 199999);
  }
  CHECK(one.ranked.front().window == 16);  // passed least often
  CHECK(find(one, "max", 16).overshoot_p99 == doctest::Approx(find(one, "max", 16).overshoot_max).epsilon(0.3));
}

TEST_CASE("several tensors in memory: each has its own scaler, and the worst is named") {
  const std::vector<float> many(70'000, 2.0f), few{1.0f, 4.0f, 2.0f};
  const std::vector<diag::AmaxTrace::Tensor> tensors{{"many", many}, {"none", {}}, {"few", few}};
  diag::AmaxTrace trace(tensors);
  const auto replay = diag::replay(trace, std::tuple(hf::amax::Max{}), windows);
  CHECK(replay.rows == 70'003);
  CHECK(replay.ranked[0].steps == 70'003 - 2);
  CHECK(replay.ranked[0].overshoot_tensor == "few");
}

TEST_CASE("an algorithm without an id goes by its type's name, as in a saved state") {
  const std::vector<float> amaxes{1.0f, 2.0f};
  diag::AmaxTrace trace(amaxes);
  const auto replay = diag::replay(trace, std::tuple(Twice{}), windows);
  CHECK(replay.ranked[0].algorithm == hf::DelayedScaler<Twice>().state().algorithm);
  CHECK(replay.ranked[0].algorithm.find("test_diagnostics_replay::Twice") != std::string::npos);
}

TEST_CASE("an amax that stays the same is never above the estimate, though scales are rounded") {
  for (const float amax : {1.1f, 0.7f, 3.3f, 1e-20f, 7e15f}) {
    const std::vector<float> amaxes(100, amax);
    diag::AmaxTrace trace(amaxes);
    const auto replay = diag::replay(trace, std::tuple(hf::amax::Max{}), windows);
    CHECK(replay.ranked[0].overshoot_share == 0);
    CHECK(replay.ranked[0].scale_changes == 1);
    CHECK(replay.ranked[0].overshoot_p99 == doctest::Approx(1.0).epsilon(0.02));
  }
}

TEST_CASE("samples that overflow to infinity are lost, not left out") {
  const std::vector<Row> rows = random_rows(600, 2, 20);
  using Endless = hf::hif8<hf::rounding::TiesAway, hf::overflow::Infinity>;
  const auto sqnr_of = [&](auto format, std::size_t window) {
    std::istringstream in(csv(rows, 2));
    diag::TraceReader trace(in);
    const std::array<std::size_t, 1> one{window};
    const hf::ScalingOptions scaling{.target = 32768.0f};
    return diag::replay(trace, std::tuple(hf::amax::Max{}), one, format, {.scaling = scaling, .progress = {}})
        .ranked[0]
        .sqnr;
  };
  CHECK(sqnr_of(Endless{}, 1) < sqnr_of(Endless{}, 16) - 3);
  CHECK(sqnr_of(Endless{}, 1) < sqnr_of(hf::hif8_t{}, 1));
}

TEST_CASE("a replay without windows, with bad options, of a damaged trace") {
  const std::vector<float> amaxes{1.0f, 2.0f};
  const auto run = [&](std::span<const std::size_t> sizes, const hf::ScalingOptions& options) {
    diag::AmaxTrace trace(amaxes);
    return diag::replay(trace, std::tuple(hf::amax::Max{}), sizes, hf::hif8_t{}, {.scaling = options, .progress = {}});
  };
  const std::array<std::size_t, 2> zero{4, 0};
  CHECK_THROWS_AS((void)run({}, {}), std::invalid_argument);
  CHECK_THROWS_AS((void)run(zero, {}), std::invalid_argument);
  CHECK_THROWS_AS((void)run(windows, {.margin = 1000}), std::invalid_argument);

  std::istringstream damaged("step,tensor,amax\n1,w,2\n2,w,loud\n");
  diag::TraceReader trace(damaged);
  CHECK_THROWS_AS((void)diag::replay(trace, std::tuple(hf::amax::Max{}), windows), diag::TraceError);
}

}  // namespace test_diagnostics_replay
