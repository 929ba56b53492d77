// The caller's floating-point environment changes no bit of a scaler, and comes back as it was.

#include "model/environments.hpp"
#include "model/hostile_amaxes.hpp"

#include <hifloat/scaling/scaling.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace test_environment_scaler {

namespace hf = hifloat;

namespace {

struct Third {  // a user's algorithm whose arithmetic shows in the scale: in float, subnormals included
  double operator()(const hf::AmaxWindowView& window) const {
    volatile float sum = static_cast<float>(window.front()) + static_cast<float>(window.back());
    return static_cast<double>(sum / 3.0f);
  }
};

/// Made before any environment is set.
const std::vector<std::vector<float>>& traces() {
  static const std::vector<std::vector<float>> all = [] {
    std::vector<std::vector<float>> list;
    for (const model::Amaxes kind : model::all_amaxes) list.push_back(model::amaxes(kind, 60, 11));
    return list;
  }();
  return all;
}

/// The states of every algorithm after every step of hostile traces, and codes of a tensor.
template <class Algorithm>
void run(const Algorithm& algorithm, std::vector<hf::ScalerState>& states, std::vector<std::uint8_t>& codes) {
  const std::vector<float> x{1.0f, 0.3f, -2.7f, 1e-30f, 1e-40f, 77.7f};
  for (const bool power_of_two : {false, true}) {
    hf::DelayedScaler<Algorithm, 9> scaler(
        {.target = 224.0f, .margin = 2, .power_of_two = power_of_two, .repair = 2.0f}, algorithm);
    for (const std::vector<float>& trace : traces()) {
      for (const float amax : trace) {
        for (const hf::hif8_t code : scaler.quantize(x).codes()) codes.push_back(code.bits());
        scaler.observe(amax);
        scaler.commit();
        states.push_back(scaler.state());
      }
      scaler.reset();
    }
  }
}

struct Everything {
  std::vector<hf::ScalerState> states;
  std::vector<std::uint8_t> codes;
  friend bool operator==(const Everything&, const Everything&) = default;
};
Everything everything() {
  Everything all;
  run(hf::amax::Max{}, all.states, all.codes);
  run(hf::amax::MostRecent{}, all.states, all.codes);
  run(hf::amax::Mean{}, all.states, all.codes);
  run(hf::amax::ExpSmooth{.alpha = 0.3}, all.states, all.codes);
  run(hf::amax::Percentile{.p = 0.7}, all.states, all.codes);
  run(Third{}, all.states, all.codes);
  return all;
}

}  // namespace

TEST_CASE("rounding modes") { float_control::check_rounding_modes(&everything); }

#if defined(HIFLOAT_TEST_HAS_FLOAT_CONTROL)
TEST_CASE("what else the CPU's control register changes") { float_control::check_control_register(&everything); }
#endif

}  // namespace test_environment_scaler
