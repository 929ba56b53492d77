#pragma once
// Every vector backend that this CPU can run beside the scalar one, kernel by kernel, on the same memory.

#include "mismatch_report.hpp"
#include "thoroughness.hpp"

#include <hifloat/array.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
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

/// The policy itself, where it is compiled; else the one that stands for it.
/// @{
template <class O>
using TestedOverflow = std::conditional_t<codec_test::every_overflow, O, hf::overflow::Infinity>;
template <class R>
using TestedRounding = std::conditional_t<codec_test::every_policy, R, hf::rounding::TiesEven>;
/// @}

template <class F>
void for_each_overflow(F f) {
  f(TestedOverflow<hf::overflow::SaturateNanToZero>{});
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

/// What is compared: a backend's kernels for one policy with the scalar ones. Tests are written for this, which knows
/// the element type only: what is compiled for every policy and backend takes a minute.
template <class T>
struct Comparison {
  struct Kernels {
    void (*encode)(const T*, std::uint8_t*, std::size_t, const detail::KernelParams&) noexcept;
    hf::QuantizeStats (*quantize)(const T*, std::uint8_t*, std::size_t, const detail::KernelParams&) noexcept;
    void (*fake_quantize)(const T*, T*, std::size_t, const detail::KernelParams&) noexcept;
  };
  const char* name;
  Kernels tested, scalar;
};
template <class T, class Backend, class R, class O>
Comparison<T> comparison(Backend, R, O) {
  const auto kernels = []<class B>(B) {
    return typename Comparison<T>::Kernels{&B::template encode<R, O, T>, &B::template quantize<R, O, T>,
                                           &B::template fake_quantize<R, O, T, T>};
  };
  return {__PRETTY_FUNCTION__, kernels(Backend{}), kernels(detail::scalar{})};
}

/// encode, quantize and fake_quantize of x by a backend, and what the scalar one makes of it. Each buffer that a
/// backend may write lies between two bytes' worth of canaries; `offset` shifts it. Empty if nothing differs.
template <class T>
std::string difference(const Comparison<T>& compared, const T* x, std::size_t n, const hf::ScaleParams& scale,
                       const hf::PhiloxKey& key = {}, std::size_t offset = 0) {
  const detail::KernelParams params(scale, key);
  std::optional<detail::FloatEnvironment> environment;
  if (params.scaled) environment.emplace();
  const std::size_t end = offset + n;
  const auto says = [&](const std::string& what) {
    return what + ": " + compared.name + " scale " + std::to_string(scale.scale) + " clamp " +
           std::to_string(scale.clamp);
  };

  std::vector<std::uint8_t> expected(n), codes(end + 64, 0x5A);
  compared.scalar.encode(x, expected.data(), n, params);
  compared.tested.encode(x, codes.data() + offset, n, params);
  for (std::size_t i = 0; i < n; ++i) {
    if (codes[offset + i] != expected[i]) {
      return says("encode of element " + std::to_string(i) + " of " + std::to_string(n) + " gives " +
                  std::to_string(codes[offset + i]) + ", not " + std::to_string(expected[i]));
    }
  }
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if ((i < offset || i >= end) && codes[i] != 0x5A) return says("encode writes outside");
  }

  codes.assign(codes.size(), 0x5A);
  const hf::QuantizeStats expected_stats = compared.scalar.quantize(x, expected.data(), n, params);
  const hf::QuantizeStats stats = compared.tested.quantize(x, codes.data() + offset, n, params);
  if (!same_bytes(codes.data() + offset, expected.data(), n)) return says("quantize: other codes");
  if (stats.count != expected_stats.count) return says("quantize: count");
  if (std::bit_cast<std::uint32_t>(stats.amax) != std::bit_cast<std::uint32_t>(expected_stats.amax)) {
    return says("quantize: amax");
  }
  if (stats.overflowed != expected_stats.overflowed) return says("quantize: overflowed");
  if (stats.demoted != expected_stats.demoted) return says("quantize: demoted");
  if (stats.flushed_to_zero != expected_stats.flushed_to_zero) return says("quantize: flushed_to_zero");
  if (stats.non_finite != expected_stats.non_finite) return says("quantize: non_finite");

  std::vector<T> expected_y(n), y(end + 64);
  compared.scalar.fake_quantize(x, expected_y.data(), n, params);
  if (n != 0) std::memcpy(y.data() + offset, x, n * sizeof(T));
  compared.tested.fake_quantize(y.data() + offset, y.data() + offset, n, params);
  if (!same_bytes(y.data() + offset, expected_y.data(), n)) return says("fake_quantize in place");
  return {};
}

/// fake_quantize of x to elements of type U.
template <class Backend, class R, class O, class U, class T>
bool fake_quantizes_alike(const T* x, std::size_t n, const hf::ScaleParams& scale, const hf::PhiloxKey& key = {}) {
  const detail::KernelParams params(scale, key);
  std::optional<detail::FloatEnvironment> environment;
  if (params.scaled) environment.emplace();
  std::vector<U> expected(n), y(n);
  detail::scalar::fake_quantize<R, O>(x, expected.data(), n, params);
  Backend::template fake_quantize<R, O>(x, y.data(), n, params);
  return same_bytes(y.data(), expected.data(), n);
}

template <class Backend, class T>
bool decodes_alike(const std::uint8_t* codes, std::size_t n, float scale) {
  const detail::KernelParams params(hf::ScaleParams{.scale = scale});
  std::optional<detail::FloatEnvironment> environment;
  if (params.scaled) environment.emplace();
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

}  // namespace simd_test
