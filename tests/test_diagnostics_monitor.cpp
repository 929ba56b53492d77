// ScalingMonitor against figures by hand, and the age against a look at the scaler's window.
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <hifloat/diagnostics/monitor_output.hpp>
#include <hifloat/diagnostics/scaling_monitor.hpp>
#include <hifloat/formats/int_grid.hpp>
#include <hifloat/scaling/scaling.hpp>

namespace test_diagnostics_monitor {

namespace hf = hifloat;
using hf::diagnostics::MonitoredStep;
using hf::diagnostics::ScalingMonitor;

namespace {

constexpr float inf = std::numeric_limits<float>::infinity();

/// A step with one element.
template <class Scaler>
void step(Scaler& scaler, ScalingMonitor& monitor, float amax) {
  hf::hif8_t code;
  const auto q = scaler.quantize(std::span<const float>(&amax, 1), std::span(&code, 1));
  monitor.record(scaler, q);
  scaler.observe(q.stats());
  scaler.commit();
}

template <class Scaler>
std::uint32_t age_by_looking(const Scaler& scaler) {
  const hf::AmaxWindowView window = scaler.amaxes();
  if (window.size() == 0) return MonitoredStep::no_age;
  std::size_t at = 0;
  for (std::size_t i = 0; i < window.size(); ++i) at = window[i] >= window[at] ? i : at;
  return static_cast<std::uint32_t>(window.size() - 1 - at);
}

std::size_t lines(const std::string& text) {
  std::size_t n = 0;
  for (const char c : text) n += c == '\n';
  return n;
}

}  // namespace

TEST_CASE("overshoot, headroom and shares, by hand") {
  hf::DelayedScaler<hf::amax::MostRecent, 1> scaler(hf::ScalingOptions{.target = 16.0f, .margin = 1});
  ScalingMonitor monitor("w");
  for (const float amax : {2.0f, 4.0f, 1.0f, 1.0f, 0.0f, inf, 8.0f}) step(scaler, monitor, amax);
  REQUIRE(monitor.size() == 7);
  CHECK(std::isnan(monitor[0].overshoot()));  // cold
  CHECK(monitor[1].overshoot() == 2.0);
  CHECK(monitor[2].overshoot() == 0.25);
  CHECK(monitor[3].overshoot() == 1.0);
  CHECK(monitor[4].overshoot() == 0.0);
  CHECK(std::isnan(monitor[5].overshoot()));
  CHECK(monitor[6].overshoot() == 8.0);
  CHECK(monitor[1].scale == 4.0f);  // 16 / 2 / 2
  CHECK(monitor[1].headroom() == 11.0);
  CHECK(std::isinf(monitor[4].headroom()));
  CHECK(std::isnan(monitor[5].headroom()));

  const auto s = monitor.summary();
  CHECK(s.steps == 7);
  CHECK(s.overshoot_share == 0.4);  // 2 of 5
  CHECK(s.overshoot_max == 8.0);
  CHECK(s.overshoot_p99 == 8.0);
  CHECK(s.headroom_min == 15.0 - std::log2(64.0));
  CHECK(s.demoted == 2.0 / 7);  // 4 * 4 and 8 * 8
  CHECK(s.overflowed == 0.0);
  CHECK(s.non_finite == 1);
  CHECK(monitor.total().count == 7);
  CHECK(std::isinf(monitor.total().amax));
}

TEST_CASE("p99 is the nearest rank of the steps that are remembered") {
  hf::DelayedScaler<hf::amax::Max, 1> scaler(hf::ScalingOptions{.cold_start = hf::cold_start::Fixed{1.0f}});
  ScalingMonitor monitor("w", 200);
  step(scaler, monitor, 1.0f);
  for (int i = 0; i < 500; ++i) {
    step(scaler, monitor, 1.0f);
    CHECK(monitor.size() == std::min<std::size_t>(200, static_cast<std::size_t>(i) + 2));
  }
  CHECK(monitor.summary().overshoot_p99 == doctest::Approx(1.0));
  for (int i = 0; i < 3; ++i) {
    step(scaler, monitor, 2.0f);  // 2, then 1, then 1
    step(scaler, monitor, 1.0f);
  }
  CHECK(monitor.summary().overshoot_p99 == doctest::Approx(2.0));  // 3 of 200 are above: the 198th smallest
  CHECK(monitor.steps() == 507);
  CHECK(monitor[199].step == 506);
  CHECK(monitor[0].step == 307);
}

TEST_CASE("the age of the largest amax, whatever enters and leaves the window") {
  std::mt19937 random(5);
  hf::DelayedScaler<hf::amax::Max, hf::dynamic_window> scaler(7);
  ScalingMonitor monitor("w", 3000);
  std::vector<std::uint32_t> expected;
  for (int i = 0; i < 3000; ++i) {
    if (i == 900) scaler.reset();
    if (i >= 1000 && i < 1010) scaler.set_mode(hf::ScalingMode::Frozen);
    if (i == 1010) scaler.set_mode(hf::ScalingMode::Track);
    expected.push_back(age_by_looking(scaler));
    const auto number = random() % 20;
    const bool falling = i >= 2000 && i < 2500;
    step(scaler, monitor,
         number == 0   ? 0.0f
         : number == 1 ? inf
         : falling     ? 3000.0f - static_cast<float>(i)
                       : static_cast<float>(number));
  }
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) wrong += monitor[i].age != expected[i];
  CHECK(wrong == 0);
  CHECK(monitor.summary().age_max == 6);
}

TEST_CASE("what happens to the window is seen: resizing, loading, several commits, amaxes of other ranks") {
  hf::DelayedScaler<hf::amax::Max, hf::dynamic_window> scaler(8);
  ScalingMonitor monitor;
  const auto check = [&] {
    const std::uint32_t expected = age_by_looking(scaler);
    step(scaler, monitor, 1.0f);
    CHECK(monitor[monitor.size() - 1].age == expected);
  };
  for (const float amax : {9.0f, 1.0f, 5.0f, 2.0f, 3.0f, 1.0f}) step(scaler, monitor, amax);
  scaler.resize(4);
  check();
  const auto saved = scaler.state();
  for (int i = 0; i < 5; ++i) {
    scaler.observe(7.0f - static_cast<float>(i));
    scaler.commit();
  }
  check();
  scaler.load(saved);
  check();
  scaler.observe(100.0f);  // from elsewhere
  scaler.commit();
  check();
  ScalingMonitor late;  // begins when the scaler is warm
  const std::uint32_t expected = age_by_looking(scaler);
  step(scaler, late, 1.0f);
  CHECK(late[0].age == expected);
}

TEST_CASE("headroom goes to the clamp, or to the format's largest value") {
  hf::DelayedScaler<hf::amax::Max, 8> clamped(hf::ScalingOptions{.target = 16.0f, .clamp = 32.0f});
  hf::DelayedScaler<hf::amax::Max, 8> plain(hf::ScalingOptions{.target = 7.0f});
  ScalingMonitor of_clamp, of_int4;
  const std::vector<float> x{1.0f};
  std::vector<float> y(1);
  for (int i = 0; i < 2; ++i) {
    step(clamped, of_clamp, 1.0f);
    const auto stats = plain.fake_quantize<hf::formats::int_grid<4>>(x, y);
    of_int4.record<hf::formats::int_grid<4>>(plain, stats);
    plain.observe(stats);
    plain.commit();
  }
  CHECK(of_clamp[1].headroom() == 1.0);
  CHECK(of_int4[1].headroom() == doctest::Approx(0.0));
  CHECK(std::isnan(of_int4[0].headroom()));
  CHECK(std::isnan(of_int4[0].scale));

  plain.reset();
  plain.set_mode(hf::ScalingMode::Frozen);  // its scale is used even while cold
  of_int4.record<hf::formats::int_grid<4>>(plain, plain.fake_quantize<hf::formats::int_grid<4>>(x, y));
  CHECK(of_int4[2].scale == 1.0f);
  CHECK(of_int4[2].headroom() == doctest::Approx(std::log2(7.0)));
}

TEST_CASE("a tensor of a group is monitored like a scaler") {
  hf::ScalerGroup<hf::amax::Max, 4> group({"a", "b"});
  hf::DelayedScaler<hf::amax::Max, 4> alone;
  ScalingMonitor of_group("b"), of_scaler("b");
  for (const float amax : {1.0f, 3.0f, 2.0f, 8.0f}) {
    const auto tensor = group.tensor(1);
    const auto q = tensor.quantize(std::span<const float>(&amax, 1));
    of_group.record(tensor, q);
    group.observe(1, q.stats());
    group.commit();
    step(alone, of_scaler, amax);
  }
  std::ostringstream one, other;
  hf::diagnostics::write_csv(one, of_group);
  hf::diagnostics::write_csv(other, of_scaler);
  CHECK(one.str() == other.str());
  CHECK(lines(one.str()) == 4);
}

TEST_CASE("a callback for each bound that is passed, and only then") {
  hf::DelayedScaler<hf::amax::Max, 8> scaler;
  ScalingMonitor monitor("w");
  std::vector<std::string> told;
  monitor.on_bound({.overshoot = 2, .age = 2, .demoted = 0.5, .overflowed = 0, .flushed = 0, .non_finite = 0},
                   [&](const MonitoredStep& s, std::string_view bound) {
                     told.push_back(std::to_string(s.step) + std::string(bound));
                   });
  for (const float amax : {1.0f, 1.5f, 2.9f, 6.0f, 1.0f, 1.0f, 1.0f, 1.0f, inf, 1e9f}) step(scaler, monitor, amax);
  // 1.5 * 15 and 2.9 / 1.5 * 15 are demoted but not past 2; 6 / 2.9 is.
  CHECK(told == std::vector<std::string>{"1demoted", "2demoted", "3overshoot", "3demoted", "7age", "8age",
                                         "8non_finite", "9overshoot", "9age", "9demoted", "9overflowed"});
  told.clear();
  hf::DelayedScaler<hf::amax::Max, 8> steady;
  ScalingMonitor of_steady;
  of_steady.on_bound({.overshoot = 1}, [&](const MonitoredStep&, std::string_view bound) { told.emplace_back(bound); });
  for (int i = 0; i < 10; ++i) step(steady, of_steady, 1.1f);  // 15 / 1.1 is rounded
  CHECK(told.empty());
  monitor.on_bound({}, [](const MonitoredStep&, std::string_view) { throw std::runtime_error("told without bounds"); });
  CHECK_NOTHROW(step(scaler, monitor, inf));
}

TEST_CASE("CSV and JSON lines") {
  hf::DelayedScaler<hf::amax::Max, 8> scaler(hf::ScalingOptions{.target = 16.0f});
  ScalingMonitor monitor("layer \"0\", w\n");
  for (const float amax : {0.5f, 1.0f, std::numeric_limits<float>::quiet_NaN()}) step(scaler, monitor, amax);
  std::ostringstream csv, json;
  csv << hf::diagnostics::csv_header << std::hex << std::showpos;
  hf::diagnostics::write_csv(csv, monitor);
  hf::diagnostics::write_json_lines(json, monitor);
  CHECK(csv.str() == std::string(hf::diagnostics::csv_header) +
                         "\"layer \"\"0\"\", w\n\",0,0.5,,,,,1,1,0,0,0\n"
                         "\"layer \"\"0\"\", w\n\",1,1,32,2,10,0,1,1,0,0,0\n"
                         "\"layer \"\"0\"\", w\n\",2,nan,16,,,0,1,0,0,0,1\n");
  CHECK(
      json.str().substr(0, json.str().find('\n')) ==
      R"({"tensor":"layer \"0\", w\u000a","step":0,"amax":0.5,"scale":null,"overshoot":null,"headroom":null,"age":null,)"
      R"("count":1,"demoted":1,"overflowed":0,"flushed":0,"non_finite":0})");
  CHECK(json.str().find("\"amax\":null") != std::string::npos);
  CHECK(lines(json.str()) == 3);
}

TEST_CASE("a monitor of nothing, and mistakes") {
  CHECK_THROWS_AS(ScalingMonitor("w", 0), std::invalid_argument);
  const ScalingMonitor monitor;
  const auto s = monitor.summary();
  CHECK(s.steps == 0);
  CHECK(std::isnan(s.overshoot_share));
  CHECK(std::isnan(s.overshoot_p99));
  CHECK(std::isnan(s.headroom_min));
  CHECK(std::isnan(s.demoted));
  ScalingMonitor from("w");
  hf::DelayedScaler<> scaler;
  step(scaler, from, 1.0f);
  const ScalingMonitor to = std::move(from);
  CHECK(to.size() == 1);
  CHECK(from.summary().steps == 0);
  CHECK_THROWS_WITH_AS(step(scaler, from, 1.0f), "hifloat: this monitor was moved from", std::logic_error);
}

}  // namespace test_diagnostics_monitor
