#include "formats.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <span>

#include <hifloat/diagnostics/grid_distance.hpp>
#include <hifloat/formats/int_grid.hpp>
#include <hifloat/formats/small_float.hpp>
#include <hifloat/hif8.hpp>
#include <hifloat/scaling/current_scaler.hpp>

#include "fake_quantized_linear.hpp"

namespace language {
namespace {

template <class F>
const hifloat::CurrentScaler scaler{hifloat::ScalingOptions{.target = hifloat::formats::traits<F>::default_target}};

template <class F>
std::unique_ptr<Linear> make_quantized(const LinearPlace& place) {
  if (place.module == "head") return std::make_unique<FloatLinear>();
  return std::make_unique<FakeQuantizedLinear<F>>(scaler<F>, scaler<F>);
}

template <class F>
double grid_distance(const Layout& layout, const Vector& parameters) {
  double sum = 0, weights = 0;
  for (const Layout::Block& block : layout.blocks()) {
    for (const Tensor& tensor : {block.qkv, block.attention_output, block.gate, block.up, block.down}) {
      const auto count = static_cast<std::size_t>(tensor.rows * tensor.columns);
      const std::span<const float> w(tensor.of(parameters).data(), count);
      const float scale = scaler<F>.params_for(w).scale;
      sum += static_cast<double>(count) * hifloat::diagnostics::grid_distance(w, F{}, scale);
      weights += static_cast<double>(count);
    }
  }
  return sum / weights;
}

template <class F>
Format quantized() {
  return {hifloat::formats::traits<F>::name, make_quantized<F>, grid_distance<F>};
}

}  // namespace

std::span<const Format> all_formats() {
  using namespace hifloat::formats;
  static const std::array formats{
      Format{"float", [](const LinearPlace&) { return std::make_unique<FloatLinear>(); }, nullptr},
      quantized<int_grid<8>>(),
      quantized<hifloat::hif8_t>(),
      quantized<e4m3fn>(),
      quantized<int_grid<6>>(),
      quantized<int_grid<4>>()};
  return formats;
}

}  // namespace language
