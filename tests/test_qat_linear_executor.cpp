// A layer on several threads is the layer on one, to the bit; and what becomes of it where an executor throws.

#include "model/linear_layer.hpp"

#include <hifloat/executor.hpp>
#include <hifloat/matmul.hpp>
#include <hifloat/qat/quantized_linear.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace model;
using hf::row_major;
using qat::Precision;

namespace {

/// A thread for each piece, begun in reverse order.
struct Threads {
  std::atomic<std::size_t>* pieces_run;

  [[nodiscard]] std::size_t concurrency() const { return 3; }
  void operator()(std::size_t pieces, const hf::Task& task) const {
    std::vector<std::thread> threads;
    for (std::size_t i = pieces; i-- != 0;) threads.emplace_back([&task, i] { task(i); });
    for (std::thread& thread : threads) thread.join();
    if (pieces > 1) *pieces_run += pieces;
  }
};

template <class Code>
struct OnOne : qat::W8A8 {
  using GradientCode = Code;
};
template <class Code>
struct OnThreads : OnOne<Code> {
  using Executor = Threads;
};

/// Two steps of a layer: all that they give.
template <class Layer>
std::vector<std::uint32_t> train(Layer layer, Precision precision, std::size_t rows) {
  const std::size_t n = layer.inputs(), m = layer.outputs();
  const std::vector<float> w = hf::testing::normal_tensor(m * n, 1), x = hf::testing::normal_tensor(rows * n, 2),
                           g = hf::testing::normal_tensor(rows * m, 3);
  std::vector<float> y(rows * m), dx(rows * n), dw(m * n);
  std::vector<std::uint32_t> all;
  for (int step = 0; step < 2; ++step) {
    layer.set_weights(row_major(w, m, n), precision);
    const auto input = layer.forward(row_major(x, rows, n), row_major(y, rows, m));
    layer.backward(row_major(g, rows, m), input, row_major(dx, rows, n), row_major(dw, m, n), {.beta = 0.5f});
    layer.commit();
    for (const std::vector<float>* result : {&y, &dx, &dw}) {
      for (const float number : *result) all.push_back(std::bit_cast<std::uint32_t>(number));
    }
  }
  return all;
}

template <class Code>
void check_threads(Precision precision) {
  constexpr std::size_t n = 800, m = 700, rows = 200;  // enough for pieces of everything
  std::atomic<std::size_t> pieces{0};
  const qat::QuantizedLinear<OnOne<Code>> alone(n, m, 5);
  const qat::QuantizedLinear<OnThreads<Code>> together(n, m, 5, {}, Threads{&pieces});
  CHECK(train(alone, precision, rows) == train(together, precision, rows));
  CHECK(pieces > 2 * 2 * 7);  // two or more pieces of three operands, of a packed matrix, and of three products
}

}  // namespace

TEST_CASE("a layer on threads has the bits of one on one thread") {
  check_threads<hf::hif8<hf::rounding::Stochastic>>(Precision::hif8);
  check_threads<hf::hif8_t>(Precision::bf16);
}

TEST_CASE("what an executor throws passes through a layer, which has no weights then") {
  struct Full {
    bool* is_full;
    [[nodiscard]] std::size_t concurrency() const { return 2; }
    void operator()(std::size_t pieces, const hf::Task& task) const {
      if (*is_full) throw std::runtime_error("no thread");
      for (std::size_t i = 0; i < pieces; ++i) task(i);
    }
  };
  struct Traits : qat::W8A8 {
    using Executor = Full;
  };
  bool is_full = false;
  constexpr std::size_t n = 800, m = 700, rows = 200;
  qat::QuantizedLinear<Traits> layer(n, m, 0, {}, Full{&is_full});
  const std::vector<float> weights(m * n, 0.5f), inputs_of_rows(rows * n, 0.25f);
  std::vector<float> outputs_of_rows(rows * m);
  const auto w = row_major(weights, m, n), x = row_major(inputs_of_rows, rows, n);
  const auto y = row_major(outputs_of_rows, rows, m);
  layer.set_weights(w);
  (void)layer.forward(x, y);
  is_full = true;
  CHECK_THROWS_WITH_AS((void)layer.forward(x, y), "no thread", std::runtime_error);
  CHECK_THROWS_WITH_AS(layer.set_weights(w), "no thread", std::runtime_error);
  is_full = false;
  CHECK_THROWS_AS((void)layer.forward(x, y), std::logic_error);
  layer.set_weights(w);
  (void)layer.forward(x, y);
}
