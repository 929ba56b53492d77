// Every option of the array calls on a GPU, for CUDA's own types of element, against the CPU.

#include "arrays.hpp"
#include "device.hpp"
#include "reference.hpp"

#include <hifloat/cuda/cuda.cuh>

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace {

using namespace hifloat;
using namespace gpu_test;
using cuda::MergeAmax;
using cuda::MergeStats;

constexpr float scales[] = {1.0f, 0.37f, 0x1p-3f, 0x1p100f, 0x1p-126f};
constexpr float clamps[] = {no_clamp, 2.5f, 0x1p15f};

/// CUDA's name of an element type.
template <class T>
struct OnDevice {
  using type = float;
};
template <>
struct OnDevice<binary16> {
  using type = __half;
};
template <>
struct OnDevice<bfloat16> {
  using type = __nv_bfloat16;
};
template <class T>
typename OnDevice<T>::type* on_device(T* x) {
  return reinterpret_cast<typename OnDevice<T>::type*>(x);
}

/// Calls check(T{}) for every element type.
template <class Check>
void for_elements(const Check& check) {
  check(0.0f);
  check(bfloat16{});
  check(binary16{});
}

/// And check(T{}, Code{}) for code types whose kernels differ, with binary32 for every one.
template <class Check>
void for_elements_and_codes(const Check& check) {
  for_elements([&](auto element) {
    check(element, hif8_t{});
    check(element, Hybrid{});
    check(element, Stochastic{});
  });
  check(0.0f, TiesEven{});
  check(0.0f, TowardZero{});
  check(0.0f, SimplifiedStochastic{});
  check(0.0f, UsersOwn{});
}

/// Calls check(options, params) for scales by value and in device memory, clamped and not.
template <class Check>
void for_options(const PhiloxKey& key, const Check& check) {
  const std::uint32_t no = 0;
  const Device<std::uint32_t> not_set(std::vector{no});
  for (const float scale : scales) {
    const Device<float> device_scale(std::vector{scale});
    for (const float clamp : clamps) {
      CAPTURE(scale);
      CAPTURE(clamp);
      check(cuda::QuantizeOptions{.scale = scale, .clamp = clamp, .philox = key}, ScaleParams{scale, clamp});
      check(cuda::QuantizeOptions{.scale = 0.0f,
                                  .device_scale = device_scale.data(),
                                  .clamp = clamp,
                                  .philox = key,
                                  .skip = not_set.data()},
            ScaleParams{scale, clamp});
    }
  }
}

}  // namespace

TEST_CASE("fake_quantize, to other memory of another alignment and in place") {
  for_elements_and_codes([](auto element, auto code) {
    using T = decltype(element);
    using Code = decltype(code);
    const std::size_t n = quick() ? 1001 : 100'003;
    const std::vector<T> host = any_numbers<T>(n);
    const PhiloxKey key{1, 2, 3};
    Device<T> x(n), y(n + 1);
    std::vector<T> expected(n);
    for_options(key, [&](const cuda::QuantizeOptions& options, const ScaleParams& params) {
      gpu_test::fake_quantize<T, Code>(host.data(), expected.data(), n, params, key);
      x.upload(host);
      y.spoil();
      require(cuda::fake_quantize<Code>(on_device(x.data()), on_device(y.data() + 1), n, options));
      require(cuda::fake_quantize<Code>(on_device(x.data()), on_device(x.data()), n, options));
      std::vector<T> got = y.download();
      got.erase(got.begin());
      CHECK(same_bytes(got, expected));
      CHECK(same_bytes(x.download(), expected));
    });
  });
}

TEST_CASE("quantize and its measures, added to what is there") {
  for_elements_and_codes([](auto element, auto code) {
    using T = decltype(element);
    using Code = decltype(code);
    const std::size_t n = quick() ? 1001 : 100'003;
    std::vector<T> host = any_numbers<T>(n);
    for (T& x : host) {
      if (!std::isfinite(static_cast<float>(x))) x = T(3.0f);  // of which the maximum would be NaN, whatever it was
    }
    const PhiloxKey key{4, 5, 7};
    const Device<T> x(host);
    Device<Code> codes(n);
    Device<QuantizeStats> stats(1);
    std::vector<Code> expected(n);
    for_options(key, [&](const cuda::QuantizeOptions& options, const ScaleParams& params) {
      const QuantizeStats once = gpu_test::quantize(host.data(), expected.data(), n, params, key);
      const auto amax = std::bit_cast<std::uint32_t>(once.amax);
      // Below the amax, above it, and infinity; not where the amax is merged, and where the stats are merged as well.
      Device<std::uint32_t> merged(std::vector<std::uint32_t>{1, amax + 1, 0x7F800000, 1});
      stats.clear();
      for (std::size_t i = 0; i < 3; ++i) {
        codes.spoil();
        require(cuda::quantize(on_device(x.data()), codes.data(), n, MergeAmax{merged.data() + i}, options));
        CHECK(same_bytes(codes.download(), expected));
        codes.spoil();
        require(cuda::quantize(on_device(x.data()), codes.data(), n,
                               MergeStats{stats.data(), i == 1 ? nullptr : merged.data() + 3}, options));
        CHECK(same_bytes(codes.download(), expected));
      }
      CHECK(merged.download() == std::vector<std::uint32_t>{amax, amax + 1, 0x7F800000, amax});
      QuantizeStats thrice = once;
      thrice += once;
      thrice += once;
      CHECK(fetch(stats) == thrice);
      codes.spoil();
      require(cuda::quantize(on_device(x.data()), codes.data(), n, options));
      CHECK(same_bytes(codes.download(), expected));
    });
  });
}

TEST_CASE("dequantize of every code at the boundaries of rounding, by value and in device memory") {
  std::vector<hif8_t> host(256);
  for (unsigned i = 0; i < 256; ++i) host[i] = hif8_t::from_bits(static_cast<std::uint8_t>(i));
  const Device<hif8_t> codes(host);
  // Inverse scales halfway between two numbers of the element type, at which powers of two are ties, in its normal and
  // subnormal range, at its ends and beyond them; and their neighbours.
  std::vector<float> list{min_scale, max_scale, 1.0f, 0.37f};
  for (const int mantissa_width : {7, 10}) {
    for (int exponent = -126; exponent < 126; exponent += quick() ? 9 : 1) {
      for (const int steps : {0, 1, (1 << mantissa_width) - 1}) {
        const float tie =
            std::ldexp(1.0f + std::ldexp(static_cast<float>(2 * steps + 1), -mantissa_width - 1), exponent);
        for (const float x : {std::nextafter(tie, 0.0f), tie, std::nextafter(tie, 0x1p127f)}) {
          if (x >= min_scale && x <= max_scale) list.push_back(x);
        }
      }
    }
  }
  CHECK(list.size() > 100);
  const Device<float> device_list(list);
  for_elements([&](auto element) {
    using T = decltype(element);
    Device<T> y(list.size() * 256);
    std::vector<T> expected(list.size() * 256);
    for (std::size_t i = 0; i < list.size(); ++i) {
      const cuda::DequantizeOptions by_value{.inverse_scale = list[i]};
      const cuda::DequantizeOptions in_memory{.inverse_scale = 0.0f, .device_inverse_scale = device_list.data() + i};
      require(cuda::dequantize(codes.data(), on_device(y.data() + 256 * i), 256, i % 2 == 0 ? by_value : in_memory));
      gpu_test::dequantize(host.data(), expected.data() + 256 * i, 256, list[i]);
    }
    CHECK(same_bytes(y.download(), expected));
  });
}

TEST_CASE("abs_max of every element type, NaN included") {
  for_elements([](auto element) {
    using T = decltype(element);
    std::vector<T> host = any_numbers<T>(10'001);
    for (T& x : host) {
      if (std::isnan(static_cast<float>(x))) x = T(3.0f);
    }
    const auto amax_of_host = [&] {
      const Device<T> x(host);
      Device<std::uint32_t> amax(std::vector<std::uint32_t>{5});
      require(cuda::abs_max(on_device(x.data()), x.size(), MergeAmax{amax.data()}));
      return std::bit_cast<float>(amax.download()[0]);
    };
    float largest = 0;
    for (const T x : host) largest = std::fmax(largest, std::fabs(static_cast<float>(x)));
    CHECK(amax_of_host() == largest);
    host[7777] = T(-std::numeric_limits<float>::quiet_NaN());
    CHECK(std::bit_cast<std::uint32_t>(amax_of_host()) == 0x7FC00000);
  });
}

TEST_CASE("a set flag skips every call") {
  constexpr std::size_t n = 100;
  const Device<float> x(random_floats(n));
  const Device<hif8_t> codes(n);
  Device<hif8_t> to(n);
  Device<float> y(n);
  Device<QuantizeStats> stats(1);
  Device<std::uint32_t> amax(1);
  const Device<std::uint32_t> flag(std::vector<std::uint32_t>{1});
  const std::uint32_t* const skip = flag.data();
  require(cuda::quantize(x.data(), to.data(), n, {.skip = skip}));
  require(cuda::quantize(x.data(), to.data(), n, MergeAmax{amax.data()}, {.skip = skip}));
  require(cuda::quantize(x.data(), to.data(), n, MergeStats{stats.data(), amax.data()}, {.skip = skip}));
  require(cuda::dequantize(codes.data(), y.data(), n, {.skip = skip}));
  require(cuda::fake_quantize(x.data(), y.data(), n, {.skip = skip}));
  require(cuda::abs_max(x.data(), n, MergeAmax{amax.data()}, skip));
  require(cudaDeviceSynchronize());
  const auto is_poison = [](const auto& device) {
    const auto host = device.download();
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(host.data());
    std::size_t same = 0;
    for (std::size_t i = 0; i < host.size() * sizeof(host[0]); ++i) same += bytes[i] == poison;
    return same == host.size() * sizeof(host[0]);
  };
  CHECK(is_poison(to));
  CHECK(is_poison(y));
  CHECK(is_poison(stats));
  CHECK(is_poison(amax));
}
