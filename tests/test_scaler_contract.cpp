// What scalers promise about steps, windows, modes and errors.

#include <hifloat/scaling/scaling.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

namespace test_scaler_contract {

namespace hf = hifloat;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

using MaxScaler = hf::DelayedScaler<hf::amax::Max, 4>;
using RecentScaler = hf::DelayedScaler<hf::amax::MostRecent, 1>;

template <class Scaler>
void step(Scaler& scaler, float amax) {
  scaler.observe(amax);
  CHECK(scaler.commit());
}

struct WrongEstimate {
  double value;
  double operator()(const hf::AmaxWindowView&) const { return value; }
};

}  // namespace

static_assert(std::is_same_v<hf::DelayedScaler<>, hf::DelayedScaler<hf::amax::Max, 64>>);
static_assert(std::is_same_v<hf::ScalerGroup<>, hf::ScalerGroup<hf::amax::Max, 64>>);
static_assert(std::forward_iterator<hf::AmaxWindowView::Iterator>);
static_assert(std::is_trivially_copyable_v<MaxScaler>);
static_assert(std::is_nothrow_move_constructible_v<hf::DelayedScaler<hf::amax::Max, hf::dynamic_window>>);

TEST_CASE("a step's amaxes merge by maximum of magnitude") {
  MaxScaler scaler;
  scaler.observe(1.0f);
  scaler.observe(-7.5f);
  scaler.observe(hf::QuantizeStats{.count = 3, .amax = 2.0f});
  CHECK(scaler.scale() == 1.0f);
  CHECK(scaler.commit());
  CHECK(scaler.scale() == 2.0f);
  CHECK(scaler.inverse_scale() == 0.5f);
  CHECK(scaler.amaxes().size() == 1);
  CHECK(scaler.amaxes()[0] == 7.5);
  CHECK(scaler.commit());  // nothing was observed since
  CHECK(scaler.amaxes().size() == 1);
}

TEST_CASE("a numbered step counts once") {
  MaxScaler scaler;
  scaler.observe(3.0f);
  CHECK(scaler.commit(0));
  scaler.observe(100.0f);
  CHECK_FALSE(scaler.commit(0));
  CHECK(scaler.commit(1));  // and the 100 is gone
  CHECK(scaler.scale() == 5.0f);
  scaler.observe(not_a_number);
  CHECK(scaler.commit(7));  // a dropped step has been committed, too
  scaler.observe(100.0f);
  CHECK_FALSE(scaler.commit(7));
  CHECK_FALSE(scaler.commit(6));
  CHECK(scaler.commit(std::numeric_limits<std::uint64_t>::max()));
  CHECK_FALSE(scaler.commit(std::numeric_limits<std::uint64_t>::max()));
  CHECK(scaler.scale() == 5.0f);
  CHECK(scaler.commit());  // no number: always counts
}

TEST_CASE("zero and silence change nothing") {
  MaxScaler scaler;
  step(scaler, 0.0f);
  step(scaler, -0.0f);
  CHECK(scaler.is_cold());
  CHECK(scaler.commit());
  CHECK(scaler.epoch() == 0);
  step(scaler, 3.0f);
  for (int i = 0; i < 10; ++i) step(scaler, 0.0f);
  CHECK(scaler.scale() == 5.0f);
  CHECK(scaler.recorded_steps() == 1);
}

TEST_CASE("a non-finite amax drops its step, which is counted once") {
  MaxScaler scaler;
  step(scaler, 3.0f);
  const hf::ScalerState before = scaler.state();
  scaler.observe(5.0f);
  scaler.observe(not_a_number);
  scaler.observe(-infinity);
  scaler.observe(6.0f);
  CHECK(scaler.commit());
  CHECK(scaler.dropped_steps() == 1);
  step(scaler, infinity);
  CHECK(scaler.dropped_steps() == 2);
  hf::ScalerState after = scaler.state();
  after.tensor.dropped_steps = 0;
  CHECK(after == before);
}

TEST_CASE("the smallest and largest amaxes give normal scales") {
  RecentScaler scaler;
  step(scaler, std::numeric_limits<float>::denorm_min());
  CHECK(scaler.scale() == 0x1p126f);
  CHECK(scaler.inverse_scale() == 0x1p-126f);
  step(scaler, std::numeric_limits<float>::max());
  CHECK(scaler.scale() == std::nextafter(15.0f * 0x1p-120f / 256.0f, 1.0f));
  hf::DelayedScaler<hf::amax::MostRecent, 1> low({.target = std::numeric_limits<float>::min()});
  step(low, std::numeric_limits<float>::max());
  CHECK(low.scale() == 0x1p-126f);
  CHECK(low.inverse_scale() == 0x1p126f);
}

TEST_CASE("the epoch rises with the scale's bits, reset included") {
  MaxScaler scaler;
  step(scaler, 15.0f);  // scale stays 1
  CHECK(scaler.epoch() == 0);
  step(scaler, 30.0f);
  CHECK(scaler.epoch() == 1);
  step(scaler, 30.0f);
  CHECK(scaler.epoch() == 1);
  scaler.reset();
  CHECK(scaler.scale() == 1.0f);
  CHECK(scaler.epoch() == 2);
  scaler.reset();
  CHECK(scaler.epoch() == 2);
}

TEST_CASE("reset forgets history, staging and step numbers") {
  MaxScaler scaler;
  scaler.observe(3.0f);
  scaler.commit(5);
  step(scaler, not_a_number);
  scaler.observe(100.0f);
  scaler.reset();
  CHECK(scaler.is_cold());
  CHECK(scaler.dropped_steps() == 0);
  hf::ScalerState expected = MaxScaler().state();
  expected.tensor.epoch = 2;
  CHECK(scaler.state() == expected);
}

TEST_CASE("interval: the first amax and every k-th, while all are pushed") {
  hf::DelayedScaler<hf::amax::MostRecent, 8> scaler({.interval = 3});
  const float expected[] = {15.0f / 1, 15.0f / 1, 15.0f / 3, 15.0f / 3, 15.0f / 3, 15.0f / 6, 15.0f / 6};
  for (int i = 1; i <= 7; ++i) {
    step(scaler, 0.0f);  // no entry: doesn't count
    step(scaler, static_cast<float>(i));
    CHECK(scaler.scale() == expected[i - 1]);
  }
  CHECK(scaler.amaxes().size() == 7);
}

TEST_CASE("scalers are values with a default") {
  struct Layer {
    MaxScaler scaler;
    hf::CurrentScaler current;
  };
  const Layer layer{};
  std::array<MaxScaler, 3> several{};
  const hf::CurrentScaler current = {};
  CHECK(layer.scaler.scale() == 1.0f);
  CHECK(several[2].is_cold());
  CHECK(current.scale_for(-7.5f) == 2.0f);
  for (const float none : {0.0f, infinity, not_a_number, -infinity}) CHECK(current.scale_for(none) == 1.0f);
}

TEST_CASE("frozen: the scale is fixed and nothing is recorded") {
  MaxScaler scaler;
  step(scaler, 3.0f);
  scaler.observe(6.0f);
  scaler.set_mode(hf::ScalingMode::Frozen);
  const hf::ScalerState before = scaler.state();
  scaler.observe(100.0f);
  CHECK_FALSE(scaler.commit());
  CHECK_FALSE(scaler.commit(3));
  CHECK(scaler.state() == before);
  scaler.set_mode(hf::ScalingMode::Track);
  CHECK(scaler.commit(3));
  CHECK(scaler.scale() == 2.5f);  // of the 6 observed before
  MaxScaler cold;
  cold.set_mode(hf::ScalingMode::Frozen);
  CHECK(cold.quantize(std::vector<float>{60.0f}).inverse_scale() == 1.0f);
}

TEST_CASE("resize keeps the newest entries") {
  hf::DelayedScaler<hf::amax::Max, hf::dynamic_window> scaler(3);
  for (const float amax : {9.0f, 5.0f, 3.0f, 1.0f}) step(scaler, amax);
  CHECK(scaler.scale() == 3.0f);
  CHECK(scaler.recorded_steps() == 4);
  CHECK(scaler.amaxes().front() == 5.0);
  CHECK(scaler.amaxes().back() == 1.0);
  scaler.resize(2);
  CHECK(scaler.window() == 2);
  CHECK(scaler.scale() == 3.0f);  // until the next commit
  CHECK(scaler.amaxes().size() == 2);
  CHECK(scaler.amaxes().front() == 3.0);
  CHECK(scaler.amaxes().back() == 1.0);
  scaler.resize(10);
  CHECK(scaler.amaxes().size() == 2);
  step(scaler, 1.0f);
  CHECK(scaler.scale() == 5.0f);
  CHECK_THROWS_AS(scaler.resize(0), std::invalid_argument);
  CHECK(scaler.window() == 10);
}

TEST_CASE("a scaler that was moved from says so, and may be loaded") {
  using Scaler = hf::DelayedScaler<hf::amax::Max, hf::dynamic_window>;
  Scaler from(3);
  step(from, 3.0f);
  const Scaler to = std::move(from);
  from.observe(1.0f);
  CHECK_THROWS_WITH_AS(from.commit(), "hifloat: this scaler was moved from: its window is gone", std::logic_error);
  CHECK_THROWS_AS((void)from.state(), std::logic_error);
  CHECK_THROWS_AS((void)from.amaxes(), std::logic_error);
  CHECK_THROWS_AS(from.reset(), std::logic_error);
  CHECK_THROWS_AS(from.resize(3), std::logic_error);
  from.load(to.state());
  CHECK(from.state() == to.state());
}

TEST_CASE("what is not allowed is refused") {
  const auto refused = [](const hf::ScalingOptions& options) {
    CHECK_THROWS_AS(MaxScaler{options}, std::invalid_argument);
    CHECK_THROWS_AS(hf::CurrentScaler{options}, std::invalid_argument);
    CHECK_THROWS_AS((hf::ScalerGroup<hf::amax::Max, 4>({"x"}, options)), std::invalid_argument);
  };
  for (const float target : {0.0f, -0.0f, -15.0f, infinity, not_a_number, std::numeric_limits<float>::denorm_min()}) {
    refused({.target = target});
  }
  for (const float clamp : {0.0f, -15.0f, not_a_number, 15.5f, 1e-30f, 65536.0f}) refused({.clamp = clamp});
  for (const int margin : {-127, 127, std::numeric_limits<int>::min()}) refused({.margin = margin});
  for (const int interval : {0, -1}) refused({.interval = interval});
  for (const float repair : {-1.0f, infinity, not_a_number}) refused({.repair = repair});
  for (const float scale : {0.0f, -1.0f, not_a_number, infinity, 0x1p127f, 0x1p-127f}) {
    refused({.cold_start = hf::cold_start::Fixed{scale}});
  }
  refused({.power_of_two = true, .cold_start = hf::cold_start::Fixed{3.0f}});
  using Smooth = hf::DelayedScaler<hf::amax::ExpSmooth, 4>;
  using Tail = hf::DelayedScaler<hf::amax::Percentile, 4>;
  for (const double share : {0.0, -0.0, -0.5, 1.0000000000000002, std::numeric_limits<double>::quiet_NaN()}) {
    CHECK_THROWS_AS(Smooth({}, {.alpha = share}), std::invalid_argument);
    CHECK_THROWS_AS(Tail({}, {.p = share}), std::invalid_argument);
  }
  CHECK_THROWS_AS((hf::DelayedScaler<hf::amax::Max, hf::dynamic_window>(0)), std::invalid_argument);
  CHECK_THROWS_AS((hf::DelayedScaler<hf::amax::Max, hf::dynamic_window>(std::size_t{1} << 40)), std::invalid_argument);
  CHECK_THROWS_AS((hf::ScalerGroup<hf::amax::Max, 4>({"a", "b", "a"})), std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)(hf::ScalerGroup<hf::amax::Max, 4>({"a"}).scale(1)),
                       doctest::Contains("a scaler group of size 1 has no tensor 1"), std::out_of_range);
  std::vector<hf::hif8_t> codes(2);
  CHECK_THROWS_AS((void)MaxScaler().quantize(std::vector<float>(3), codes), std::invalid_argument);
}

TEST_CASE("an estimate that is none leaves the scale as it is") {
  for (const double value :
       {0.0, -1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    hf::DelayedScaler<WrongEstimate, 2> scaler({}, {value});
    step(scaler, 3.0f);
    CHECK(scaler.scale() == 1.0f);
  }
  hf::DelayedScaler<WrongEstimate, 2> tiny({}, {std::numeric_limits<double>::denorm_min()});
  step(tiny, 3.0f);
  CHECK(tiny.scale() == 0x1p126f);
  hf::DelayedScaler<WrongEstimate, 2> huge({}, {std::numeric_limits<double>::max()});
  step(huge, 3.0f);
  CHECK(huge.scale() == 0x1p-126f);
}

}  // namespace test_scaler_contract
