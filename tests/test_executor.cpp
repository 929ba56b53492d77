// Array functions and scalers on an executor: the bits of the plain call, whatever the executor does with the pieces.
#include "model/backends_under_test.hpp"
#include "model/float_control.hpp"

#include "model/thoroughness.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cfenv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <numeric>
#include <random>
#include <span>
#include <stdexcept>
#include <thread>
#include <vector>

#include <hifloat/hifloat.hpp>

namespace hf = hifloat;
using simd_test::elements;

namespace {

struct Reversed {
  std::size_t threads;
  std::size_t concurrency() const { return threads; }
  void operator()(std::size_t pieces, const hf::Task& task) const {
    while (pieces-- != 0) task(pieces);
  }
};

struct Shuffled {
  std::size_t threads;
  std::size_t concurrency() const { return threads; }
  void operator()(std::size_t pieces, const hf::Task& task) const {
    std::vector<std::size_t> order(pieces);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::shuffle(order.begin(), order.end(), std::mt19937(7));
    for (const std::size_t i : order) task(i);
  }
};

// A thread a piece, each of which starts in a floating-point environment of its own.
struct HostileThreads {
  std::size_t threads;
  std::size_t concurrency() const { return threads; }
  void operator()(std::size_t pieces, const hf::Task& task) const {
    std::vector<std::thread> pool;
    for (std::size_t i = 0; i < pieces; ++i) {
      pool.emplace_back([&task, i] {
        std::fesetround(i % 2 == 0 ? FE_UPWARD : FE_TOWARDZERO);
#if defined(HIFLOAT_TEST_HAS_FLOAT_CONTROL)
        float_control::write(float_control::read() | float_control::hostile[i % std::size(float_control::hostile)]);
#endif
        task(i);
      });
    }
    for (std::thread& thread : pool) thread.join();
  }
};

struct Counting {
  std::atomic<std::size_t>* calls;
  std::size_t threads;
  std::size_t concurrency() const { return threads; }
  void operator()(std::size_t pieces, const hf::Task& task) const {
    *calls += pieces;
    for (std::size_t i = 0; i < pieces; ++i) task(i);
  }
};

struct Throwing {
  static std::size_t concurrency() { return 2; }
  void operator()(std::size_t, const hf::Task& task) const {
    task(0);
    throw std::runtime_error("no threads left");
  }
};

static_assert(hf::Executor<hf::executor::Serial> && hf::Executor<Reversed> && !hf::Executor<int>);
static_assert(hf::FloatRange<hf::OnExecutor<Reversed, const float>>);

constexpr float inf = std::numeric_limits<float>::infinity();

std::vector<float> numbers(std::size_t n) {
  std::mt19937 random(static_cast<unsigned>(n));
  std::vector<float> x(n);
  for (float& element : x) {
    const auto bits = static_cast<std::uint32_t>(random());
    element = std::bit_cast<float>((bits & 0x807FFFFF) | ((95 + bits % 54) << 23));
  }
  return x;
}

template <class T>
bool same_bytes(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

template <class Code>
bool same_codes(std::span<const Code> a, const std::vector<Code>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](Code x, Code y) { return x.bits() == y.bits(); });
}

// All array functions of x on an executor and without one, writing from element `offset` of a line on.
template <class Code, class T, class E>
void check(const std::vector<T>& x, const E& executor, std::size_t offset) {
  const std::size_t n = x.size();
  for (const hf::ScaleParams params : {hf::ScaleParams{}, hf::ScaleParams{.scale = 1.7f, .clamp = 15.0f}}) {
    std::vector<Code> expected(n), codes(n + offset);
    const auto out = std::span(codes).subspan(offset);
    hf::QuantizeStats expected_stats, stats;
    const hf::PhiloxKey key{.seed = 1, .stream = 2, .first_index = 3};
    if constexpr (hf::RandomCode<Code>) {
      expected_stats = hf::quantize(x, expected, params, key);
      hf::encode(hf::on(executor, x), out, params, key);
      CHECK(same_codes<Code>(out, expected));
      std::fill(codes.begin(), codes.end(), Code{});
      stats = hf::quantize(hf::on(executor, x), out, params, key);
    } else {
      expected_stats = hf::quantize(x, expected, params);
      hf::encode(hf::on(executor, x), out, params);
      CHECK(same_codes<Code>(out, expected));
      std::fill(codes.begin(), codes.end(), Code{});
      stats = hf::quantize(hf::on(executor, x), out, params);

      std::vector<T> expected_y(n), y = x;
      hf::fake_quantize<Code>(x, expected_y, params);
      hf::fake_quantize<Code>(hf::on(executor, y), y, params);  // in place
      CHECK(same_bytes(y, expected_y));
    }
    CHECK(same_codes<Code>(out, expected));
    CHECK(stats == expected_stats);

    std::vector<T> expected_y(n), y(n);
    hf::decode(expected, expected_y, 0.3f);
    hf::decode(hf::on(executor, expected), y, 0.3f);
    CHECK(same_bytes(y, expected_y));
  }
  CHECK(std::bit_cast<std::uint32_t>(hf::abs_max(hf::on(executor, x))) == std::bit_cast<std::uint32_t>(hf::abs_max(x)));
}

constexpr std::size_t block = 4096;

}  // namespace

TEST_CASE("every piece is done once, and begins at a cache line of the output") {
  alignas(64) static std::byte memory[64];
  for (const std::size_t size : {1u, 2u, 4u, 8u}) {
    for (std::size_t offset = 0; offset < 64; offset += size) {
      for (const std::size_t n : {0u, 1u, 131071u, 131072u, 131073u, 200000u, 1000003u, 100000000u}) {
        for (const std::size_t threads : {0u, 1u, 2u, 3u, 64u, 1000000u}) {
          const hf::detail::Pieces pieces(n, threads, memory + offset, size);
          REQUIRE(pieces.count() >= 1);
          REQUIRE(pieces.first(0) == 0);
          REQUIRE(pieces.first(pieces.count()) == n);
          for (std::size_t i = 1; i < pieces.count(); ++i) {
            REQUIRE(pieces.first(i - 1) < pieces.first(i));
            REQUIRE((offset + pieces.first(i) * size) % 64 == 0);
          }
        }
      }
    }
  }
}

TEST_CASE("odd sizes, odd numbers of threads, misaligned output") {
  for (const std::size_t n : {std::size_t{0}, std::size_t{1}, block, 32 * block + 1, 61 * block + 17, 80 * block}) {
    const std::vector<float> x = numbers(n);
    for (const std::size_t threads : {1u, 2u, 7u, 64u}) {
      check<hf::hif8_t>(x, Reversed{threads}, n % 64);
      check<hf::hif8_t>(x, Shuffled{threads}, 3);
    }
  }
}

TEST_CASE("every rounding, on threads with their own floating-point environments") {
  const std::vector<float> x = numbers(90 * block + 5);
  const HostileThreads threads{5};
  check<hf::hif8<hf::rounding::TiesAway, hf::overflow::Infinity>>(x, threads, 0);
  check<hf::hif8<hf::rounding::Hybrid, hf::overflow::SaturateNanToZero>>(x, threads, 3);
  check<hf::hif8<hf::rounding::Stochastic>>(x, threads, 5);
  if constexpr (codec_test::every_policy) {
    check<hf::hif8<hf::rounding::TiesEven>>(x, threads, 1);
    check<hf::hif8<hf::rounding::TowardZero>>(x, threads, 2);
    check<hf::hif8<hf::rounding::SimplifiedStochastic>>(x, threads, 4);
  }
}

TEST_CASE("sources of 16 bits") {
  const std::vector<float> x = numbers(60 * block);
  check<hf::hif8_t>(elements<hf::bfloat16>(x), HostileThreads{3}, 9);
  check<hf::hif8_t>(elements<hf::binary16>(x), HostileThreads{3}, 11);
}

TEST_CASE("NaN and infinity in any piece") {
  std::vector<float> x = numbers(64 * block);
  for (std::size_t at = 0; at < x.size(); at += 13 * block + 77) {
    const float before = x[at];
    for (const float odd : {inf, -inf, std::numeric_limits<float>::quiet_NaN()}) {
      x[at] = odd;
      check<hf::hif8<hf::rounding::TiesAway, hf::overflow::Infinity>>(x, Reversed{3}, 0);
    }
    x[at] = before;
  }
}

TEST_CASE("scalers take a range on an executor") {
  const std::vector<float> x = numbers(70 * block + 3);
  const HostileThreads threads{4};
  hf::DelayedScaler<hf::amax::Max, 8> scaler(hf::ScalingOptions{.repair = 2.0f});
  for (int step = 0; step < 3; ++step) {
    const auto expected = scaler.quantize(x);
    const auto quantized = scaler.quantize(hf::on(threads, x));
    CHECK(std::memcmp(expected.codes().data(), quantized.codes().data(), x.size()) == 0);
    CHECK(quantized.stats() == expected.stats());
    CHECK(quantized.inverse_scale() == expected.inverse_scale());

    std::vector<float> expected_y(x.size()), y(x.size());
    const hf::QuantizeStats expected_stats = scaler.fake_quantize(x, expected_y);
    CHECK(scaler.fake_quantize(hf::on(threads, x), y) == expected_stats);
    CHECK(same_bytes(y, expected_y));
    scaler.observe(quantized.stats().amax / static_cast<float>(1 + step));
    scaler.commit();
  }
  const hf::CurrentScaler current;
  CHECK(current.quantize(hf::on(threads, x)).inverse_scale() == current.quantize(x).inverse_scale());
}

TEST_CASE("small arrays stay on the calling thread; mistakes are found before any piece begins") {
  std::atomic<std::size_t> calls{0};
  const Counting counting{&calls, 8};
  std::vector<float> x = numbers(2 * block);
  std::vector<hf::hif8_t> codes(x.size());
  hf::encode(hf::on(counting, x), codes);
  CHECK(calls == 0);

  x = numbers(64 * block);
  codes.resize(x.size());
  CHECK_THROWS_AS(hf::encode(hf::on(counting, x), std::span(codes).first(7)), std::invalid_argument);
  CHECK_THROWS_AS(hf::encode(hf::on(counting, x), codes, 0.0f), std::invalid_argument);
  CHECK_THROWS_AS(hf::encode(hf::on(counting, x), codes, hf::ScaleParams{.clamp = 3.3f}), std::invalid_argument);
  CHECK_THROWS_AS(hf::fake_quantize(hf::on(counting, std::span(x).subspan(1)), std::span(x).first(x.size() - 1)),
                  std::invalid_argument);
  CHECK(calls == 0);
  hf::encode(hf::on(counting, x), codes);
  CHECK(calls == 4);
}

TEST_CASE("what an executor throws passes through") {
  const std::vector<float> x = numbers(64 * block);
  std::vector<hf::hif8_t> codes(x.size());
  CHECK_THROWS_WITH_AS(hf::encode(hf::on(Throwing{}, x), codes), "no threads left", std::runtime_error);
}
