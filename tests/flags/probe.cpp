// One digest of everything that computes, compiled several times with different flags into one program
// (test_flags.cpp).
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include <hifloat/hifloat.hpp>
#include <hifloat/matmul.hpp>

#include "digest.hpp"
#include "probe.hpp"

namespace {

template <class Rounding, class Overflow>
void add_array_functions(Digest& digest, std::span<const float> x, float scale) {
  using Code = hf::hif8<Rounding, Overflow>;
  std::vector<Code> codes(x.size());
  std::vector<float> y(x.size());
  hf::QuantizeStats stats;
  if constexpr (Rounding::uses_random) {
    stats = hf::quantize(x, codes, scale, hf::PhiloxKey{.seed = 5});
  } else {
    stats = hf::quantize(x, codes, scale);
    hf::fake_quantize<Code>(x, y, scale);
    for (const float value : y) digest.add(value);
  }
  for (const Code code : codes) digest.add(std::uint64_t{code.bits()});
  digest.add(stats.amax);
  for (const std::uint64_t n : {stats.count, stats.overflowed, stats.demoted, stats.flushed_to_zero, stats.non_finite})
    digest.add(n);
  hf::decode(codes, y, scale);
  for (const float value : y) digest.add(value);
}

template <class Code>
void add_numbers(Digest& digest, std::span<const float> x) {
  for (std::size_t i = 0; i < x.size(); i += 7) digest.add(std::uint64_t{Code(x[i]).bits()});
}

void add_histogram(Digest& digest, std::span<const float> x, hf::ScaleParams params) {
  hf::diagnostics::TierHistogram h;
  h.add(x, params);
  for (const std::uint64_t n : {h.count(), h.zero(), h.flushed(), h.overflowed(), h.non_finite()}) digest.add(n);
  for (int exponent = h.min_exponent; exponent <= h.max_exponent; ++exponent) digest.add(h.at_exponent(exponent));
}

// Products of all codes, NaN and infinity included, added to an old result.
void add_product(Digest& digest) {
  constexpr std::size_t m = 13, k = 83, n = 71;
  std::vector<hf::hif8_t> a(m * k), b(k * n);
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = hf::hif8_t::from_bits(static_cast<std::uint8_t>(i * 37 % 110));
  for (std::size_t i = 0; i < b.size(); ++i)
    b[i] = hf::hif8_t::from_bits(static_cast<std::uint8_t>(i * 41 % 109 + 128 * (i % 2)));
  a[200] = hf::hif8_t::from_bits(0x80);
  b[300] = hf::hif8_t::from_bits(0xEF);
  std::vector<float> c(m * n, 1.7f);
  hf::matmul({hf::row_major(a, m, k), 0x1.9p-3f}, {hf::row_major(b, k, n), 0x1.234p-20f}, hf::row_major(c, m, n),
             {.alpha = 0.3f, .beta = -1.1f});
  for (const float value : c) digest.add(value);

  // Another order of its factors would round this one to the other neighbour.
  const std::vector<hf::hif8_t> ones(34 * 8, hf::hif8_t::from_bits(0x08));
  std::vector<float> y(8);
  hf::matmul({hf::row_major(ones, 1, 34), 0x1.17fa6p+0f}, {hf::row_major(ones, 34, 8), 0x1.05db1cp+0f},
             hf::row_major(y, 1, 8), {.alpha = 0.3f});
  digest.add(y[0]);
}

template <class Algorithm>
void add_scaler(Digest& digest, std::span<const float> amaxes, Algorithm algorithm) {
  hf::DelayedScaler<Algorithm, 30> scaler(hf::ScalingOptions{.target = 15.0f, .margin = 1}, algorithm);
  for (const float amax : amaxes) {
    scaler.observe(std::bit_cast<float>(std::bit_cast<std::uint32_t>(amax) & 0x7FFFFFFF));
    scaler.commit();
    digest.add(scaler.scale());
    digest.add(scaler.inverse_scale());
    digest.add(scaler.epoch());
  }
}

// Of every magnitude, with itself and with its negative.
template <class Number, class Word>
void add_comparisons(Digest& digest, Word top_bit) {
  for (unsigned magnitude = 0; magnitude < top_bit; ++magnitude) {
    const auto x = Number::from_bits(static_cast<Word>(magnitude));
    const auto negative = Number::from_bits(static_cast<Word>(magnitude | top_bit));
    digest.add(std::uint64_t{(x == x ? 1u : 0u) + (x == negative ? 2u : 0u)});
  }
}

}  // namespace

ProbeDigests HIFLOAT_PROBE() {
  Digest digest;
  const std::vector<float> x = all_kinds_of_floats();
  for (const float scale : {1.0f, 3.7f, 0x1p-20f, 0x1.234568p100f}) {  // policies differ in what they do with integers
    add_array_functions<hf::rounding::TiesAway, hf::overflow::Saturate>(digest, x, scale);
    add_array_functions<hf::rounding::Stochastic, hf::overflow::SaturateNanToZero>(digest, x, scale);
  }
  add_numbers<hf::hif8<hf::rounding::TiesAway, hf::overflow::Saturate>>(digest, x);
  add_numbers<hf::hif8<hf::rounding::TiesEven, hf::overflow::Infinity>>(digest, x);
  add_numbers<hf::hif8<hf::rounding::Hybrid, hf::overflow::SaturateNanToZero>>(digest, x);
  add_executor(digest, x, hf::executor::Serial{});
  const auto amaxes = std::span(x).first(4000);
  add_scaler(digest, amaxes, hf::amax::Max{});
  add_scaler(digest, amaxes, hf::amax::Mean{});
  add_scaler(digest, amaxes, hf::amax::ExpSmooth{.alpha = 0.3});
  add_scaler(digest, amaxes, hf::amax::Percentile{.p = 0.9});
  add_histogram(digest, x, {.scale = 3.7f});
  add_histogram(digest, x, {.scale = 3.7f, .clamp = 15.0f});
  add_comparisons<hf::bfloat16>(digest, std::uint16_t{0x8000});
  add_comparisons<hf::binary16>(digest, std::uint16_t{0x8000});
  add_comparisons<hf::formats::e4m3fn>(digest, std::uint8_t{0x80});
  add_comparisons<hf::formats::e5m2>(digest, std::uint8_t{0x80});
  Digest product;
  add_product(product);
  return {digest.value, product.value};
}
