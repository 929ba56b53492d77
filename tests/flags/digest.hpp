#pragma once
// What probes do in common. In an unnamed namespace: each is compiled with flags of its own.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <hifloat/hifloat.hpp>

namespace hf = hifloat;

namespace {

struct Digest {
  std::uint64_t value = 0xCBF29CE484222325;  // FNV-1a
  void add(std::uint64_t word) {
    for (int byte = 0; byte < 8; ++byte) value = (value ^ (word >> (8 * byte) & 0xFF)) * 0x100000001B3;
  }
  void add(float x) { add(std::uint64_t{std::bit_cast<std::uint32_t>(x)}); }
};

// Bit patterns only: under -ffast-math even a test must not compare or compute with NaN.
std::vector<float> all_kinds_of_floats() {
  std::vector<float> x;
  for (std::uint64_t bits = 0; bits < 1u << 31; bits += 104729) {
    x.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
    x.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits) | 0x80000000u));
  }
  for (const std::uint32_t bits : {0x7F800000u, 0xFF800000u, 0x7F800001u, 0xFFC00000u, 1u, 0x80000001u, 0x007FFFFFu}) {
    x.push_back(std::bit_cast<float>(bits));
  }
  return x;
}

// More than one thread is worth.
template <class Executor>
void add_executor(Digest& digest, std::span<const float> x, Executor executor) {
  constexpr float scale = 3.7f;
  std::vector<float> many;
  while (many.size() < 200'000) many.insert(many.end(), x.begin(), x.end());
  std::vector<hf::hif8_t> codes(many.size());
  const hf::QuantizeStats stats = hf::quantize(hf::on(executor, many), codes, scale);
  hf::fake_quantize(hf::on(executor, many), many, scale);
  for (const hf::hif8_t code : codes) digest.add(std::uint64_t{code.bits()});
  for (const float value : many) digest.add(value);
  digest.add(stats.amax);
  digest.add(stats.flushed_to_zero);
}

}  // namespace
