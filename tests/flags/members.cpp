// Everything that the public types have, for shared_code.sh to look at what it compiles to. Compiled with
// -fkeep-inline-functions: members of types that are no templates are in the object file without being named here.
#include <array>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include <hifloat/hifloat.hpp>
#include <hifloat/testing.hpp>

namespace hf = hifloat;
namespace diag = hf::diagnostics;
namespace qat = hf::qat;
namespace schedule = qat::schedule;

using Truncating = hf::hif8<hf::rounding::TowardZero, hf::overflow::Infinity>;
using Dithered = hf::hif8<hf::rounding::Stochastic, hf::overflow::SaturateNanToZero>;
using AnyScaler = hf::VariantScaler<hf::CurrentScaler, hf::DelayedScaler<hf::amax::Mean, 4>>;
struct DitheredGradient : qat::W8A8 {
  using GradientCode = Dithered;
};

template class hf::hif8<>;
template class hf::hif8<hf::rounding::TowardZero, hf::overflow::Infinity>;
template class hf::hif8<hf::rounding::Stochastic, hf::overflow::SaturateNanToZero>;
template struct std::numeric_limits<hf::hif8_t>;
template struct std::hash<hf::hif8_t>;
template class hf::formats::small_float<hf::formats::E4M3fn>;
template class hf::formats::small_float<hf::formats::E5M2, hf::overflow::Infinity>;
template class hf::formats::int_grid<8>;
template class hf::MatrixView<float>;
template class hf::MatrixView<const float>;
template class hf::MatrixView<const hf::hif8_t>;
template class hf::OnExecutor<hf::executor::Serial, const float>;
template class hf::Quantized<hf::hif8_t>;
template class hf::QuantizedView<hf::hif8_t>;
template class hf::DelayedScaler<hf::amax::Max, 64>;
template class hf::DelayedScaler<hf::amax::MostRecent, 1>;
template class hf::DelayedScaler<hf::amax::Mean, 8>;
template class hf::DelayedScaler<hf::amax::ExpSmooth, hf::dynamic_window>;
template class hf::DelayedScaler<hf::amax::Percentile, hf::dynamic_window>;
template class hf::ScalerGroup<hf::amax::Max, 64>;
template class hf::ScalerGroup<hf::amax::ExpSmooth, hf::dynamic_window>;
template class hf::VariantScaler<hf::CurrentScaler, hf::DelayedScaler<hf::amax::Mean, 4>>;
template class qat::GroupScaler<>;
template class qat::Operand<hf::hif8_t>;
template class qat::QuantizedLinear<>;
template class qat::QuantizedLinear<DitheredGradient>;
template class qat::QuantizedLinear<qat::W8A8With<AnyScaler>>;
template class qat::FakeQuantizer<>;
template class qat::FakeQuantizer<Dithered, hf::CurrentScaler, qat::gradient::ClippedStraightThrough>;
template class qat::WarmupGate<>;
template class qat::WarmupGate<qat::warmup::RecordAmaxes, qat::warmup::KeepHistory>;
template struct schedule::Cosine<float>;
template class schedule::Sequence<schedule::LinearWarmup, schedule::Cosine<>>;
template class schedule::WarmDown<schedule::Constant>;

// What the above leave out: members that are templates.

template <class Scaler>
void use_scaler(const Scaler& scaler, std::vector<float>& x, std::vector<hf::hif8_t>& codes) {
  const hf::QuantizedView<hf::hif8_t> view = scaler.quantize(x, codes);
  view.dequantize(x);
  x = scaler.quantize(x).template dequantize<float>();
  std::vector<Dithered> dithered(x.size());
  scaler.quantize(x, dithered, hf::PhiloxKey{});
  (void)scaler.template quantize<Dithered>(x, hf::PhiloxKey{});
  scaler.fake_quantize(x, x);
  scaler.template fake_quantize<Dithered>(x, x, hf::PhiloxKey{});
  (void)scaler.params_for(x);
}

template <class Layer>
void use_layer(Layer& layer, std::span<float> x, std::span<hf::bfloat16> narrow) {
  layer.set_weights(hf::row_major(x, 1, 1));
  const auto input = layer.forward(hf::row_major(x, 1, 1), hf::row_major(x, 1, 1));
  layer.evaluate(hf::row_major(x, 1, 1), hf::row_major(narrow, 1, 1));
  layer.backward(hf::row_major(x, 1, 1), input, hf::row_major(x, 1, 1), hf::row_major(x, 1, 1));
}

void use_numbers(std::ostream& out, hf::hif8_t a, Truncating b) {
  out << a * a + hf::hif8_t(b) << double(b) << Truncating(3).bits() << hf::hif8_t(1.5).bits() << (a < a) << (a <= a)
      << (a > a) << (a >= a) << (a == a) << (a <=> a == 0) << Dithered::round(1.0f, 1).bits()
      << hf::hif8_t(hf::bfloat16(1.0f)).bits() << float(hf::binary16(2.0f)) << hf::fields_text(a)
      << (hf::formats::e4m3fn(1.0f) == hf::formats::e4m3fn(2.0f)) << float(hf::encode<hf::rounding::Hybrid>(3.0f));
  PrintTo(a, &out);
}

void use_scalers(std::vector<float>& x, std::vector<hf::hif8_t>& codes, const AnyScaler& any,
                 const hf::ScalerGroup<>& group, hf::ScalerGroup<>& changing) {
  use_scaler(hf::CurrentScaler(), x, codes);
  use_scaler(hf::DelayedScaler<>(), x, codes);
  use_scaler(any, x, codes);
  use_scaler(group.tensor(0), x, codes);
  (void)group.quantize(0, x);
  (void)group.quantize<hf::hif8_t>(0, x);
  group.fake_quantize(0, x, x);
  const qat::GroupScaler<> scaler(changing, 0);
  scaler.quantize(x, codes);
  scaler.fake_quantize(x, x);
  (void)scaler.params_for(x);
  (void)hf::from_bytes<hf::DelayedScaler<>>(hf::to_bytes(hf::DelayedScaler<>().state()));
  (void)hf::DelayedScaler<>().quantize_in_passes([] { return 1.0f; },
                                                 [](const hf::ScaleParams&) { return hf::QuantizeStats{}; });
}

void use_training(std::vector<float>& x, std::vector<hf::bfloat16>& narrow) {
  qat::QuantizedLinear<> layer(1, 1);
  qat::QuantizedLinear<DitheredGradient> dithered(1, 1);
  use_layer(layer, x, narrow);
  use_layer(dithered, x, narrow);
  qat::FakeQuantizer<> plain;
  qat::FakeQuantizer<Dithered, hf::CurrentScaler, qat::gradient::ClippedStraightThrough> clipped;
  plain.forward(x, x);
  plain.backward(x, x);
  clipped.forward(x, x, qat::Precision::bf16);
  clipped.backward(x, x);
  qat::WarmupGate<> gate(1);
  gate.begin(layer, plain);
  gate.commit(layer, plain);
}

void use_diagnostics(std::ostream& out, std::vector<float>& x) {
  const hf::DelayedScaler<> scaler;
  diag::ScalingMonitor monitor("x");
  monitor.record(scaler, scaler.quantize(x));
  monitor.record(scaler, hf::QuantizeStats{});
  diag::write_csv(out, monitor);
  diag::TierHistogram histogram;
  histogram.add(x);
  histogram.add<Truncating>(x, hf::ScaleParams{.clamp = 15.0f});
  out << histogram << diag::quantization_error(x, x).sqnr;
  diag::AmaxTrace trace(x);
  (void)diag::replay(trace, std::tuple(hf::amax::Max{}, hf::amax::ExpSmooth{}), std::array<std::size_t, 1>{4});
  out << hf::testing::expect_on_grid(x);
}

void use_products(std::vector<float>& x, std::vector<hf::hif8_t>& codes) {
  const hf::ScaledMatrix a(hf::row_major(codes, 1, 1), 1.0f);
  const hf::PackedMatrix b(hf::executor::Serial{}, a.transposed());
  hf::matmul(a, b, hf::row_major(x, 1, 1));
  hf::matmul(hf::ScaledMatrix(hf::MatrixView<const hf::hif8_t>(hf::row_major(codes, 1, 1))), a, hf::row_major(x, 1, 1));
}
