// What 8 bits keep of a tensor, format by format, scaled by the tensor's own amax and by estimates that are wrong as a
// delayed one can be: SQNR, and the share of values that became zero. The scale is target / estimate; what passes a
// format's range saturates.
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string_view>
#include <vector>

#include <hifloat/array.hpp>
#include <hifloat/diagnostics/quantization_error.hpp>
#include <hifloat/formats/int_grid.hpp>
#include <hifloat/formats/small_float.hpp>
#include <hifloat/testing/hostile.hpp>

namespace hf = hifloat;

namespace {

constexpr std::size_t size = 1 << 20;
constexpr std::array estimates{1.0f, 0.25f, 16.0f, 256.0f};  // times the true amax

template <class Format>
void print_row(const std::vector<float>& x, float target = hf::formats::traits<Format>::default_target) {
  constexpr std::string_view name = hf::formats::traits<Format>::name;
  std::printf("  %-7.*s%5g", static_cast<int>(name.size()), name.data(), static_cast<double>(target));
  const float amax = hf::abs_max(x);
  std::vector<Format> codes(x.size());
  std::vector<float> y(x.size());
  for (const float estimate : estimates) {
    const float scale = target / (estimate * amax);
    const hf::QuantizeStats stats = hf::quantize(x, codes, scale);
    hf::decode(codes, y, 1 / scale);
    std::printf("%7.1f %5.1f %%", hf::diagnostics::quantization_error(x, y).sqnr,
                100.0 * static_cast<double>(stats.flushed_to_zero) / static_cast<double>(stats.count));
  }
  std::puts("");
}

void print_table(const char* tensor, const std::vector<float>& x) {
  std::printf("%s\n", tensor);
  print_row<hf::hif8_t>(x);
  print_row<hf::formats::e4m3fn>(x);
  print_row<hf::formats::e4m3fn>(x, hf::formats::traits<hf::formats::e4m3fn>::default_target / 16);  // room above
  print_row<hf::formats::e5m2>(x);
  print_row<hf::formats::int_grid<8>>(x);
}

/// Magnitudes from 2^-24 to 1, each doubling as likely as any other: gradients of many layers in one tensor.
std::vector<float> wide() {
  std::vector<float> x(size);
  for (std::size_t i = 0; i < size; ++i) {
    x[i] = std::exp2(-24.0f * static_cast<float>(i) / size) * (i % 2 == 0 ? 1.0f : -1.0f);
  }
  return x;
}

}  // namespace

int main() {
  std::puts("SQNR in dB, and what became zero, under an estimate of so many times the amax:");
  std::printf("  %-12s", "format target");
  for (const float estimate : estimates) std::printf("%15g", static_cast<double>(estimate));
  std::puts("");
  print_table("normal", hf::testing::normal_tensor(size, 1));
  print_table("one value is 1000 times as large", hf::testing::one_spike(size, 1));
  print_table("24 octaves, evenly", wide());
}
