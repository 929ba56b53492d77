// One spike in a tensor's amax, seen by two algorithms: MostRecent and Max 64.
//
// Both are surprised by it: scaled, it lies past 2^15 and saturates. On the next step both scale for a spike that is
// over, and small values vanish. MostRecent is back a step later, and a second spike would surprise it again; Max 64
// keeps the low scale for 64 steps: the small values stay lost, but a second spike would fit.
#include <array>
#include <cstddef>
#include <cstdio>

#include <hifloat/scaling/scaling.hpp>

namespace hf = hifloat;
using Tensor = std::array<float, 4>;

namespace {

/// One step of training, as far as this tensor goes; prints what became of it.
void step(const char* name, auto& scaler, const Tensor& tensor, bool printed) {
  std::array<hf::hif8_t, 4> codes{};
  const auto quantized = scaler.quantize(tensor, codes);
  Tensor values{};
  quantized.dequantize(values);
  scaler.observe(quantized.stats());
  scaler.commit();
  if (!printed) return;

  std::printf("  %-10s %6.4g ", name, static_cast<double>(1 / quantized.inverse_scale()));
  for (std::size_t i = 0; i < codes.size(); ++i) {
    std::printf("  %02X = %-9.3g", static_cast<unsigned>(codes[i].bits()), static_cast<double>(values[i]));
  }
  const hf::QuantizeStats& stats = quantized.stats();
  std::printf(" %5d %5d %5d\n", static_cast<int>(stats.overflowed), static_cast<int>(stats.demoted),
              static_cast<int>(stats.flushed_to_zero));
}

}  // namespace

int main() {
  hf::DelayedScaler<hf::amax::MostRecent, 1> most_recent;
  hf::DelayedScaler<hf::amax::Max, 64> max64;
  constexpr int spike = 3, last = spike + 65;

  std::printf("  %-10s %6s   %-56s %5s %5s %5s\n", "", "scale", "codes, and their values divided by the scale", "ovfl",
              "dem", "flush");
  for (int i = 0; i <= last; ++i) {
    const Tensor tensor{i == spike ? 5000.0f : 1.0f, 0.7f, -0.01f, 1.0e-5f};
    const bool printed = (i >= spike - 1 && i <= spike + 2) || i >= last - 1;
    if (printed) std::printf("step %d: %g  0.7  -0.01  1e-5\n", i, static_cast<double>(tensor[0]));
    step("MostRecent", most_recent, tensor, printed);
    step("Max 64", max64, tensor, printed);
  }
}
