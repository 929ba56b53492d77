#pragma once
// Every vector backend that this CPU can run beside the scalar one, kernel by kernel, on the same memory.

#include "mismatch_report.hpp"
#include "thoroughness.hpp"

#include <hifloat/array.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

namespace simd_test {

namespace hf = hifloat;
namespace detail = hifloat::detail;

/// Calls f(Backend{}) for each usable backend but the scalar one; returns how many there were.
template <class... Backends, class F>
int for_each_of(detail::BackendList<Backends...>, F f) {
  int usable = 0;
  const auto call = [&](auto backend) {
    if (std::is_same_v<decltype(backend), detail::scalar> || !decltype(backend)::is_usable()) return;
    ++usable;
    f(backend);
  };
  (call(Backends{}), ...);
  return usable;
}
template <class F>
int for_each_backend(F f) {
  return for_each_of(detail::AllBackends{}, f);
}

template <class F>
void for_each_rounding(F f) {
  f(hf::rounding::TiesAway{});
  f(hf::rounding::TiesEven{});
  f(hf::rounding::Hybrid{});
  f(hf::rounding::Stochastic{});
  if constexpr (codec_test::every_policy) {
    f(hf::rounding::TowardZero{});
    f(hf::rounding::SimplifiedStochastic{});
  }
}

template <class F>
void for_each_overflow(F f) {
  f(hf::overflow::SaturateNanToZero{});
  if constexpr (codec_test::every_policy) {
    f(hf::overflow::Saturate{});
    f(hf::overflow::Infinity{});
  }
}

template <class F>
void for_each_type(F f) {
  f(float{});
  f(hf::bfloat16{});
  if constexpr (codec_test::every_policy) f(hf::binary16{});
}

template <class T>
bool same_bytes(const T* a, const T* b, std::size_t n) {
  return n == 0 || std::memcmp(a, b, n * sizeof(T)) == 0;
}

// Finite numbers of all sizes that HiF8 knows and some that it doesn't, one in eight a zero, some with few bits.
inline std::vector<float> finite_floats(std::size_t n, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<float> x(n);
  for (float& element : x) {
    const std::uint64_t r = random();
    const auto bits = static_cast<std::uint32_t>((r & 0x807FFFFF) | ((95 + (r >> 32) % 54) << 23));
    const std::uint32_t forms[] = {
        bits, bits, bits, bits & 0xFFFF0000, bits & 0xFFF80000, bits | 0xFFFF, bits & 0xFF800000, bits & 0x80000000};
    element = std::bit_cast<float>(forms[(r >> 40) % 8]);
  }
  return x;
}

template <class T>
std::vector<T> elements(const std::vector<float>& x) {
  std::vector<T> y;
  for (const float element : x) y.push_back(T(element));
  return y;
}

/// encode, quantize and fake_quantize of x by a backend, and what the scalar one makes of it. Each buffer that a
/// backend may write lies between two bytes' worth of canaries; `offset` shifts it.
template <class Backend, class R, class O, class T>
std::string difference(const T* x, std::size_t n, const hf::ScaleParams& scale, const hf::PhiloxKey& key = {},
                       std::size_t offset = 0) {
  const detail::KernelParams params(scale, key);
  const detail::FloatEnvironment environment(params.scaled);
  const std::size_t end = offset + n;

  std::vector<std::uint8_t> expected(n), codes(end + 64, 0x5A);
  detail::scalar::encode<R, O>(x, expected.data(), n, params);
  Backend::template encode<R, O>(x, codes.data() + offset, n, params);
  for (std::size_t i = 0; i < n; ++i) {
    if (codes[offset + i] != expected[i]) {
      return "encode of element " + std::to_string(i) + " of " + std::to_string(n) + " gives " +
             std::to_string(codes[offset + i]) + ", not " + std::to_string(expected[i]);
    }
  }
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if ((i < offset || i >= end) && codes[i] != 0x5A) return "encode writes outside";
  }

  codes.assign(codes.size(), 0x5A);
  const hf::QuantizeStats expected_stats = detail::scalar::quantize<R, O>(x, expected.data(), n, params);
  const hf::QuantizeStats stats = Backend::template quantize<R, O>(x, codes.data() + offset, n, params);
  if (!same_bytes(codes.data() + offset, expected.data(), n)) return "quantize: other codes";
  if (stats.count != expected_stats.count) return "quantize: count";
  if (std::bit_cast<std::uint32_t>(stats.amax) != std::bit_cast<std::uint32_t>(expected_stats.amax)) {
    return "quantize: amax";
  }
  if (stats.overflowed != expected_stats.overflowed) return "quantize: overflowed";
  if (stats.demoted != expected_stats.demoted) return "quantize: demoted";
  if (stats.flushed_to_zero != expected_stats.flushed_to_zero) return "quantize: flushed_to_zero";
  if (stats.non_finite != expected_stats.non_finite) return "quantize: non_finite";

  std::vector<T> expected_y(n), y(end + 64);
  detail::scalar::fake_quantize<R, O>(x, expected_y.data(), n, params);
  if (n != 0) std::memcpy(y.data() + offset, x, n * sizeof(T));
  Backend::template fake_quantize<R, O>(y.data() + offset, y.data() + offset, n, params);
  if (!same_bytes(y.data() + offset, expected_y.data(), n)) return "fake_quantize in place";
  return {};
}

/// fake_quantize of x to elements of type U.
template <class Backend, class R, class O, class U, class T>
bool fake_quantizes_alike(const T* x, std::size_t n, const hf::ScaleParams& scale, const hf::PhiloxKey& key = {}) {
  const detail::KernelParams params(scale, key);
  const detail::FloatEnvironment environment(params.scaled);
  std::vector<U> expected(n), y(n);
  detail::scalar::fake_quantize<R, O>(x, expected.data(), n, params);
  Backend::template fake_quantize<R, O>(x, y.data(), n, params);
  return same_bytes(y.data(), expected.data(), n);
}

template <class Backend, class T>
bool decodes_alike(const std::uint8_t* codes, std::size_t n, float scale) {
  const detail::KernelParams params(hf::ScaleParams{.scale = scale});
  const detail::FloatEnvironment environment(params.scaled);
  std::vector<T> expected(n), y(n);
  detail::scalar::decode(codes, expected.data(), n, params);
  Backend::decode(codes, y.data(), n, params);
  return same_bytes(y.data(), expected.data(), n);
}

template <class Backend, class T>
bool measures_alike(const T* x, std::size_t n) {
  const auto equal = [](float a, float b) {
    return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
  };
  return equal(Backend::template abs_max<false>(x, n), detail::scalar::abs_max<false>(x, n)) &&
         equal(Backend::template abs_max<true>(x, n), detail::scalar::abs_max<true>(x, n));
}

template <class Backend, class R, class O, class T>
std::string describe(const hf::ScaleParams& scale, const std::string& what) {
  return std::string(Backend::name) + " " + __PRETTY_FUNCTION__ + " scale " + std::to_string(scale.scale) + " clamp " +
         std::to_string(scale.clamp) + ": " + what;
}

}  // namespace simd_test
