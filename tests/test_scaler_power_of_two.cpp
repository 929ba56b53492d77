// Scales that are powers of two, and how far an amax must move for the next one.

#include <hifloat/scaling/scaling.hpp>

#include <doctest/doctest.h>

#include <cmath>

namespace test_scaler_power_of_two {

namespace hf = hifloat;

namespace {

using RecentScaler = hf::DelayedScaler<hf::amax::MostRecent, 1>;

template <class Scaler>
void step(Scaler& scaler, float amax) {
  scaler.observe(amax);
  CHECK(scaler.commit());
}

}  // namespace

TEST_CASE("power-of-two scales: down at once, up from a quarter above") {
  RecentScaler scaler({.target = 1.0f, .power_of_two = true});
  step(scaler, 1.0f / 16.0f);  // the first is taken as it is
  CHECK(scaler.scale() == 16.0f);
  step(scaler, 1.0f / 15.9f);
  CHECK(scaler.scale() == 8.0f);
  step(scaler, 1.0f / 16.0f);
  CHECK(scaler.scale() == 8.0f);
  step(scaler, std::nextafter(1.0f / 20.0f, 1.0f));
  CHECK(scaler.scale() == 8.0f);
  step(scaler, std::nextafter(1.0f / 20.0f, 0.0f));
  CHECK(scaler.scale() == 16.0f);
  step(scaler, 1.0f / 1000.0f);
  CHECK(scaler.scale() == 512.0f);
}

TEST_CASE("a power-of-two scale is the floor of the scale as binary32, not of the quotient before its rounding") {
  const float above =
      std::nextafter(7.5f, 8.0f);  // the mean of 7.5, 7.5, above: 15 / mean is below 2, but rounds to it
  hf::DelayedScaler<hf::amax::Mean, 3> plain(hf::ScalingOptions{.power_of_two = false});
  hf::DelayedScaler<hf::amax::Mean, 3> floored(hf::ScalingOptions{.power_of_two = true, .interval = 3});
  floored.observe(100.0f);  // takes a small scale first, so that the mean's is not the first
  floored.commit();
  for (const float amax : {7.5f, 7.5f, above}) {
    step(plain, amax);
    step(floored, amax);
  }
  step(floored, 7.5f);
  step(floored, 7.5f);
  CHECK(plain.scale() == 2.0f);
  CHECK(floored.scale() == 2.0f);
}

TEST_CASE("at the upper end a power-of-two scale stays below the limit that it would have to pass by a quarter") {
  RecentScaler scaler(hf::ScalingOptions{.power_of_two = true});
  step(scaler, 15.0f * 0x1p-125f);
  CHECK(scaler.scale() == 0x1p125f);
  step(scaler, 0x1p-149f);
  CHECK(scaler.scale() == 0x1p125f);
  RecentScaler fresh(hf::ScalingOptions{.power_of_two = true});
  step(fresh, 0x1p-149f);
  CHECK(fresh.scale() == 0x1p126f);
}

}  // namespace test_scaler_power_of_two
