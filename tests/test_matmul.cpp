// Products of quantized matrices, by the kernels of every instruction set, against sums in binary64.
#include "model/environments.hpp"
#include "model/product_kernels_under_test.hpp"
#include "model/product_model.hpp"
#include "model/random_products.hpp"
#include "model/thoroughness.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <limits>
#include <random>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <hifloat/hifloat.hpp>
#include <hifloat/matmul.hpp>

namespace test_matmul {

namespace hf = hifloat;
using namespace product_test;
using hf::hif8_t;

namespace {

template <class T>
std::vector<std::byte> bytes(const std::vector<T>& x) {
  std::vector<std::byte> result(x.size() * sizeof(T));
  if (!x.empty()) std::memcpy(result.data(), x.data(), result.size());
  return result;
}

/// One product with everything at random but its size, by all kernels; plain and packed.
template <class Element, class C>
void check_product(std::size_t m, std::size_t n, std::size_t k, Random& random, const std::vector<NamedKernels>& all) {
  const auto layout = [&] { return below(random, layouts); };
  auto a = stored<Element>(m, k, layout(), below(random, 3));
  auto b = stored<Element>(k, n, layout(), below(random, 3));
  const bool hostile = below(random, 3) == 0;
  const bool wild = below(random, 20) == 0;
  if (wild) {
    fill(a.view, Content::any_code, random);
    fill(b.view, Content::any_code, random);
  } else if (hostile) {
    make_mostly_finite(a.view, random);
    make_mostly_finite(b.view, random);
  } else {
    fill(a.view, Content::ordinary, random);
    fill(b.view, Content::ordinary, random);
  }
  const int spread = hostile ? 126 : 6;
  const Scales a_scales = scales(m, true, spread, random), b_scales = scales(n, false, spread, random);
  constexpr float factors[] = {1.0f, 0.0f, -0.75f, 0x1p-140f, 3e38f};
  const hf::MatmulOptions options{.alpha = factors[hostile ? below(random, 5) : 2 * below(random, 2)],
                                  .beta = factors[hostile ? below(random, 5) : below(random, 3)]};
  const C filling(-77.0f);
  auto old = stored<C>(m, n, layout(), below(random, 3), filling);
  if (options.beta == 0) {
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t j = 0; j < n; ++j) old.view(i, j) = C(std::numeric_limits<float>::quiet_NaN());  // not read
    }
  } else {
    fill(old.view, Content::ordinary, random);
  }
  const Expected expected = product(a.view, a_scales.inverse, b.view, b_scales.inverse, old.view, options);

  for (const NamedKernels& kernels : all) {
    CAPTURE(kernels.name);
    CAPTURE(m);
    CAPTURE(n);
    CAPTURE(k);
    auto c = old;
    c.view = {c.memory.data(), m, n, old.view.row_stride(), old.view.column_stride()};
    const hf::ScaledMatrix left(a.view, a_scales.inverse), right(b.view, b_scales.inverse);
    multiply(hf::executor::Serial{}, left, right, c.view, options, kernels.of);
    REQUIRE(difference(c.view, expected) == "");
    REQUIRE(gaps_untouched(c, filling));

    auto packed = old;
    packed.view = {packed.memory.data(), m, n, old.view.row_stride(), old.view.column_stride()};
    multiply_packed(hf::executor::Serial{}, left,
                    hf::PackedMatrix(hf::executor::Serial{}, right, kernels.of(sizeof(Element))), packed.view, options);
    REQUIRE(bytes(packed.memory) == bytes(c.memory));
  }
}

bool is_full() { return std::getenv("HIFLOAT_TEST_FULL") != nullptr; }

// Every thread in an environment of its own.
struct HostileThreads {
  std::size_t threads;
  std::size_t concurrency() const { return threads; }
  void operator()(std::size_t pieces, const hf::Task& task) const {
    std::vector<std::thread> pool;
    for (std::size_t i = 0; i < pieces; ++i) {
      pool.emplace_back([&task, i] {
        std::fesetround(i % 2 == 0 ? FE_UPWARD : FE_TOWARDZERO);
        task(i);
      });
    }
    for (std::thread& thread : pool) thread.join();
  }
};

}  // namespace

TEST_CASE("small products of every size, in every layout") {
  const auto all = kernels_under_test();
  const std::size_t stride = is_full() ? 1 : 251 * codec_test::every_size;
  Random random(1);
  for (std::size_t i = below(random, stride); i < 66 * 66 * 66; i += stride) {
    const std::size_t m = i % 66, n = i / 66 % 66, k = i / (66 * 66);
    check_product<hif8_t, float>(m, n, k, random, all);
    if (i % 5 == 0) check_product<hif8_t, hf::bfloat16>(m, n, k, random, all);
    if (i % 5 == 1) check_product<hf::bfloat16, float>(m, n, k, random, all);
  }
}

TEST_CASE("large odd shapes") {
  const auto all = kernels_under_test();
  Random random(2);
  constexpr std::size_t shapes[][3] = {
      {1, 1023, 2049}, {2, 517, 1031}, {3, 1, 4097},   {5, 333, 777},  {7, 129, 1025}, {8, 257, 513},   {9, 127, 1029},
      {17, 1030, 67},  {31, 65, 2111}, {63, 97, 519},  {65, 131, 261}, {97, 33, 1537}, {127, 129, 255}, {191, 67, 301},
      {289, 65, 129},  {301, 17, 259}, {577, 11, 515}, {1153, 9, 131}, {1021, 3, 257}, {1500, 31, 77}};
  for (std::size_t i = 0; i < std::size(shapes); i += codec_test::every_size) {
    const auto& [m, n, k] = shapes[i];
    check_product<hif8_t, float>(m, n, k, random, all);
  }
  check_product<hf::bfloat16, float>(67, 129, 533, random, all);
}

TEST_CASE("kernels that sum in the same order have the same bits") {
  Random random(3);
  auto a = stored<hif8_t>(37, 700, 0, 1), b = stored<hif8_t>(700, 83, 1, 0);
  fill(a.view, Content::finite, random);
  fill(b.view, Content::finite, random);
  std::vector<float> expected(37 * 83), c(37 * 83);
  for (std::size_t i = 0; i < 37; ++i) {
    for (std::size_t j = 0; j < 83; ++j) {
      volatile float sum = 0;
      for (std::size_t k = 0; k < 700; ++k)
        sum = sum + static_cast<float>(a.view(i, k)) * static_cast<float>(b.view(k, j));
      expected[i * 83 + j] = sum;
    }
  }
  for (const NamedKernels& kernels : kernels_under_test()) {
    CAPTURE(kernels.name);
    if (kernels.of(1).depth == 2) continue;
    multiply(hf::executor::Serial{}, a.view, b.view, hf::row_major(c, 37, 83), {}, kernels.of);
    CHECK(bytes(c) == bytes(expected));
  }
}

TEST_CASE("threads, and the environment of the caller, change no bit") {
  Random random(4);
  constexpr std::size_t shapes[][3] = {{129, 257, 300}, {700, 40, 200}, {3, 2000, 600}, {600, 3, 900}};
  for (const auto& [m, n, k] : shapes) {
    auto a = stored<hif8_t>(m, k, 0, 0), b = stored<hif8_t>(k, n, 0, 0);
    fill(a.view, Content::ordinary, random);
    fill(b.view, Content::ordinary, random);
    const Scales a_scales = scales(m, true, 3, random);
    const hf::ScaledMatrix left(a.view, a_scales.inverse), right(b.view, 0.3f);
    for (const NamedKernels& kernels : kernels_under_test()) {
      CAPTURE(kernels.name);
      std::vector<float> expected(m * n, 0.5f), c;
      const hf::MatmulOptions options{.alpha = 1.1f, .beta = 0.9f};
      multiply(hf::executor::Serial{}, left, right, hf::row_major(expected, m, n), options, kernels.of);
      for (const std::size_t threads : {2u, 3u, 7u}) {
        c.assign(m * n, 0.5f);
        multiply(HostileThreads{threads}, left, right, hf::row_major(c, m, n), options, kernels.of);
        CHECK(bytes(c) == bytes(expected));
      }
    }
  }
  const auto compute = [] {
    std::vector<hif8_t> x(60), w(60);
    for (std::size_t i = 0; i < 60; ++i) {
      x[i] = hif8_t(std::ldexp(1.0f, static_cast<int>(i % 9) - 4));
      w[i] = hif8_t(1.0f - 0.03f * static_cast<float>(i));
    }
    std::vector<float> y(9, 0x1p-140f);
    hf::matmul({hf::row_major(x, 3, 20), 0x1.234568p-70f}, {hf::row_major(w, 3, 20).transposed(), 0x1.89p-66f},
               hf::row_major(y, 3, 3), {.alpha = 0x1.3p-3f, .beta = 1.7f});
    std::vector<float> z(9, 0x1p100f);
    hf::matmul({hf::row_major(x, 3, 20), 0x1p60f}, {hf::row_major(w, 3, 20).transposed(), 0x1p60f},
               hf::row_major(z, 3, 3), {.alpha = 0x1.3p-130f, .beta = 0x1.7p-131f});
    y.insert(y.end(), z.begin(), z.end());
    return bytes(y);
  };
  float_control::check_rounding_modes<std::vector<std::byte>>(compute);
#if defined(HIFLOAT_TEST_HAS_FLOAT_CONTROL)
  float_control::check_control_register<std::vector<std::byte>>(compute);
#endif
}

TEST_CASE("what the documentation shows") {
  const std::vector<hif8_t> x{hif8_t(1), hif8_t(2), hif8_t(3), hif8_t(4), hif8_t(5), hif8_t(6)};
  const std::vector<hif8_t> w{hif8_t(-2), hif8_t(-1), hif8_t(0), hif8_t(1), hif8_t(2), hif8_t(3)};
  std::vector<float> y(4);
  hf::matmul({hf::row_major(x, 2, 3), 0.5f}, {hf::row_major(w, 2, 3).transposed(), 2.0f}, hf::row_major(y, 2, 2));
  CHECK(y == std::vector<float>{-4, 14, -13, 32});
  const hf::PackedMatrix packed({hf::row_major(w, 2, 3).transposed(), 2.0f});
  hf::matmul({hf::row_major(x, 2, 3), 0.5f}, packed, hf::column_major(y, 2, 2), {.alpha = 2, .beta = 1});
  CHECK(y == std::vector<float>{-12, -12, 15, 96});
}

TEST_CASE("an empty sum is 0, and an empty product nothing") {
  std::vector<hif8_t> none, some(15);
  std::vector<float> y{1, 2, 3, 4};
  hf::matmul(hf::row_major(none, 2, 0), hf::row_major(none, 0, 2), hf::row_major(y, 2, 2), {.beta = 0.5f});
  CHECK(y == std::vector<float>{0.5f, 1, 1.5f, 2});
  hf::matmul(hf::row_major(none, 2, 0), hf::row_major(none, 0, 2), hf::row_major(y, 2, 2));
  CHECK(y == std::vector<float>(4, 0.0f));
  hf::matmul(hf::row_major(none, 0, 5), hf::row_major(some, 5, 3), hf::MatrixView<float>(nullptr, 0, 3));
  hf::matmul(hf::row_major(none, 0, 0), hf::PackedMatrix(), hf::MatrixView<float>());
}

TEST_CASE("a packed matrix can be copied, and moved from is empty") {
  const std::vector<hif8_t> w(12, hif8_t(2));
  hf::PackedMatrix packed({hf::row_major(w, 3, 4), 0.5f});
  const hf::PackedMatrix copy = packed;
  hf::PackedMatrix moved(std::move(packed));
  const std::vector<hif8_t> x(6, hif8_t(1));
  std::vector<float> y(8);
  for (const hf::PackedMatrix* b : {&copy, static_cast<const hf::PackedMatrix*>(&moved)}) {
    y.assign(8, 0.0f);
    hf::matmul(hf::row_major(x, 2, 3), *b, hf::row_major(y, 2, 4));
    CHECK(y == std::vector<float>(8, 3.0f));
  }
  CHECK(packed.rows() == 0);  // NOLINT(bugprone-use-after-move): that is the question
  CHECK_THROWS_AS(hf::matmul(hf::row_major(x, 2, 3), packed, hf::row_major(y, 2, 4)), std::invalid_argument);
  packed = moved;
  CHECK(packed.columns() == 4);
}

}  // namespace test_matmul
