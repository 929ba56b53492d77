// A scaler that is chosen at run time does what the scaler does that was chosen, alone and in a layer.

#include <hifloat/qat/qat.hpp>
#include <hifloat/scaling/scaling.hpp>
#include <hifloat/testing/hostile.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <variant>
#include <vector>

namespace test_scaler_variant {

namespace hf = hifloat;
namespace qat = hifloat::qat;
using hf::row_major;

namespace {

using Max = hf::DelayedScaler<hf::amax::Max, hf::dynamic_window>;
using MostRecent = hf::DelayedScaler<hf::amax::MostRecent, 1>;
using AnyScaler = hf::VariantScaler<hf::CurrentScaler, MostRecent, Max>;
using Dithered = hf::hif8<hf::rounding::Stochastic>;

/// Louder by step.
std::vector<float> tensor(std::size_t step) {
  std::vector<float> x = hf::testing::normal_tensor(300, step);
  for (float& element : x) element *= std::ldexp(1.0f, static_cast<int>(step * 5 % 7));
  return x;
}

template <class Scaler>
void check_follows(Scaler alone) {
  AnyScaler any(alone);
  REQUIRE(std::holds_alternative<Scaler>(any.variant()));
  std::vector<hf::hif8_t> expected(300), codes(300);
  for (std::size_t step = 0; step < 9; ++step) {
    CAPTURE(step);
    const std::vector<float> x = tensor(step);
    const auto q = any.quantize(x, codes);
    CHECK(q.inverse_scale() == alone.quantize(x, expected).inverse_scale());
    CHECK(codes == expected);
    CHECK(any.quantize(x).codes() == expected);
    CHECK(any.quantize<Dithered>(x, hf::PhiloxKey{step}).codes() ==
          alone.template quantize<Dithered>(x, hf::PhiloxKey{step}).codes());
    CHECK(any.params_for(x).scale == alone.params_for(x).scale);
    std::vector<float> y(300), expected_y(300);
    CHECK(any.fake_quantize(x, y) == alone.fake_quantize(x, expected_y));
    CHECK(y == expected_y);
    any.observe(q.stats());
    alone.observe(q.stats());
    CHECK(any.commit() == alone.commit());
    CHECK(any.epoch() == alone.epoch());
  }
  CHECK(any.mode() == alone.mode());
  CHECK(any.options() == alone.options());
}

}  // namespace

TEST_CASE("the interface is that of the scaler that was chosen") {
  check_follows(hf::CurrentScaler({.target = 224.0f}));
  check_follows(MostRecent());
  check_follows(Max(5, {.target = 448.0f}));
}

TEST_CASE("modes and history are those of a scaler that has them") {
  AnyScaler delayed{Max(4)};
  delayed.observe(30.0f);
  CHECK(delayed.commit(7));
  CHECK_FALSE(delayed.commit(7));  // run again
  CHECK(std::get<Max>(delayed.variant()).scale() == 0.5f);
  delayed.set_mode(hf::ScalingMode::Frozen);
  CHECK(delayed.mode() == hf::ScalingMode::Frozen);
  CHECK_FALSE(delayed.commit());
  delayed.reset();
  CHECK(std::get<Max>(delayed.variant()).is_cold());

  AnyScaler current{hf::CurrentScaler()};
  current.set_mode(hf::ScalingMode::Frozen);
  current.reset();
  CHECK(current.mode() == hf::ScalingMode::Track);
}

TEST_CASE("a state is that of a scaler that has one, and no other takes it") {
  AnyScaler saved{Max(4)}, loaded{Max(4)}, current{hf::CurrentScaler()}, other{MostRecent()};
  saved.observe(3.0f);
  saved.commit();
  REQUIRE(saved.state().has_value());
  loaded.load(saved.state());
  CHECK(loaded.state() == saved.state());
  CHECK_FALSE(current.state().has_value());
  current.load(std::nullopt);

  const auto before = other.state();
  CHECK_THROWS_AS(other.load(saved.state()), std::invalid_argument);
  CHECK_THROWS_AS(other.load(std::nullopt), std::invalid_argument);
  CHECK(other.state() == before);
  CHECK_THROWS_AS(current.load(saved.state()), std::invalid_argument);
}

TEST_CASE("a layer of scalers that were chosen is saved and gone on with") {
  using Layer = qat::QuantizedLinear<qat::W8A8With<AnyScaler>>;
  const auto make = [] { return Layer(6, 4, 1, {Max(3), MostRecent(), hf::CurrentScaler()}); };
  const auto advance = [](Layer& layer, std::size_t step) {
    const std::vector<float> w = tensor(step), x = tensor(step + 1);
    std::vector<float> y(8);
    layer.set_weights(row_major(w, 4, 6));
    (void)layer.forward(row_major(x, 2, 6), row_major(y, 2, 4));
    layer.commit();
    return y;
  };
  Layer straight = make(), stopped = make();
  for (std::size_t step = 0; step < 4; ++step) {
    (void)advance(straight, step);
    (void)advance(stopped, step);
  }
  Layer resumed = make();
  resumed.load(stopped.state());
  for (std::size_t step = 4; step < 8; ++step) CHECK(advance(resumed, step) == advance(straight, step));
  CHECK(resumed.state() == straight.state());

  Layer other(6, 4, 1, {Max(3), hf::CurrentScaler(), hf::CurrentScaler()});
  CHECK_THROWS_AS(other.load(stopped.state()), std::invalid_argument);
}

}  // namespace test_scaler_variant
