#include "reference.hpp"

#include <hifloat/simd/scalar.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace gpu_test {

namespace {

/// work(first, n) for each thread's piece.
void in_pieces(std::size_t n, const std::function<void(std::size_t, std::size_t)>& work) {
  const std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
  const std::size_t piece = std::max<std::size_t>((n + threads - 1) / threads, 4096);
  if (n <= piece) return work(0, n);
  std::vector<std::thread> pool;
  for (std::size_t first = 0; first < n; first += piece) pool.emplace_back(work, first, std::min(piece, n - first));
  for (std::thread& thread : pool) thread.join();
}

template <class Code>
using Loops = hifloat::detail::ScalarLoops<hifloat::detail::CodecOf<Code>>;

}  // namespace

template <class T, class Code>
hifloat::QuantizeStats quantize(const T* x, Code* codes, std::size_t n, const hifloat::ScaleParams& params,
                                const hifloat::PhiloxKey& key) {
  const hifloat::detail::KernelParams prepared(params, key, n);
  hifloat::QuantizeStats stats;
  std::mutex mutex;
  in_pieces(n, [&](std::size_t first, std::size_t count) {
    const auto part = Loops<Code>::quantize(x + first, reinterpret_cast<std::uint8_t*>(codes) + first, count,
                                            prepared.starting_at(first));
    const std::lock_guard<std::mutex> lock(mutex);
    stats += part;
  });
  return stats;
}

template <class T, class Code>
void fake_quantize(const T* x, T* y, std::size_t n, const hifloat::ScaleParams& params, const hifloat::PhiloxKey& key) {
  const hifloat::detail::KernelParams prepared(params, key, n);
  in_pieces(n, [&](std::size_t first, std::size_t count) {
    Loops<Code>::fake_quantize(x + first, y + first, count, prepared.starting_at(first));
  });
}

template <class T>
void dequantize(const hif8_t* codes, T* x, std::size_t n, float inverse_scale) {
  in_pieces(n, [&](std::size_t first, std::size_t count) {
    Loops<hif8_t>::decode(reinterpret_cast<const std::uint8_t*>(codes) + first, x + first, count,
                          hifloat::detail::KernelParams({inverse_scale}));
  });
}

#define GPU_TEST_CODE(T, Code)                                                                        \
  template hifloat::QuantizeStats quantize(const T*, Code*, std::size_t, const hifloat::ScaleParams&, \
                                           const hifloat::PhiloxKey&);                                \
  template void fake_quantize<T, Code>(const T*, T*, std::size_t, const hifloat::ScaleParams&,        \
                                       const hifloat::PhiloxKey&);
#define GPU_TEST_ELEMENT(T)                                        \
  template void dequantize(const hif8_t*, T*, std::size_t, float); \
  GPU_TEST_CODE(T, hif8_t)                                         \
  GPU_TEST_CODE(T, TiesEven)                                       \
  GPU_TEST_CODE(T, TowardZero)                                     \
  GPU_TEST_CODE(T, Hybrid)                                         \
  GPU_TEST_CODE(T, SimplifiedStochastic)                           \
  GPU_TEST_CODE(T, Stochastic)                                     \
  GPU_TEST_CODE(T, UsersOwn)
GPU_TEST_ELEMENT(float)
GPU_TEST_ELEMENT(bfloat16)
GPU_TEST_ELEMENT(binary16)

}  // namespace gpu_test
