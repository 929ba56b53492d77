// A linear layer in binary64, computed from the rounded operands of a quantized one.
#pragma once

#include <hifloat/matrix_view.hpp>
#include <hifloat/qat/operand.hpp>
#include <hifloat/qat/quantized_linear.hpp>
#include <hifloat/testing/hostile.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace model {

namespace hf = hifloat;
namespace qat = hf::qat;

/// A matrix of its own, in binary64.
struct Matrix {
  std::size_t rows, columns;
  std::vector<double> elements;

  [[nodiscard]] double operator()(std::size_t i, std::size_t j) const { return elements[i * columns + j]; }
  [[nodiscard]] double& operator()(std::size_t i, std::size_t j) { return elements[i * columns + j]; }
};
inline Matrix zero(std::size_t rows, std::size_t columns) {
  return {rows, columns, std::vector<double>(rows * columns)};
}

/// What an operand stands for: code times inverse scale, without rounding.
template <class Code>
Matrix values(const qat::Operand<Code>& operand) {
  Matrix m = zero(operand.rows(), operand.columns());
  for (std::size_t i = 0; i < operand.size(); ++i) {
    const float code = operand.precision() == qat::Precision::bf16 ? static_cast<float>(operand.numbers()[i])
                                                                   : static_cast<float>(operand.codes()[i]);
    m.elements[i] = static_cast<double>(code) * static_cast<double>(operand.inverse_scale());
  }
  return m;
}

/// a b^T in binary64, and the same of magnitudes.
struct Product {
  Matrix sum, magnitude;
};
inline Product multiply_transposed(const Matrix& a, const Matrix& b) {
  Product product{zero(a.rows, b.rows), zero(a.rows, b.rows)};
  for (std::size_t i = 0; i < a.rows; ++i) {
    for (std::size_t j = 0; j < b.rows; ++j) {
      for (std::size_t k = 0; k < a.columns; ++k) {
        product.sum(i, j) += a(i, k) * b(j, k);
        product.magnitude(i, j) += std::fabs(a(i, k) * b(j, k));
      }
    }
  }
  return product;
}
inline Matrix transposed(const Matrix& m) {
  Matrix t = zero(m.columns, m.rows);
  for (std::size_t i = 0; i < m.rows; ++i) {
    for (std::size_t j = 0; j < m.columns; ++j) t(j, i) = m(i, j);
  }
  return t;
}

/// matmul.hpp's bound: gamma_(k+1) * sum |a b| + u * |result|. A product of codes is exact, and scales are factors of
/// one rounding.
inline void check_product(const hf::MatrixView<const float>& got, const Product& expected, std::size_t k) {
  constexpr double u = 0x1p-24;
  const double n = static_cast<double>(k + 1);
  const double gamma = n * u / (1 - n * u);
  REQUIRE(got.rows() == expected.sum.rows);
  REQUIRE(got.columns() == expected.sum.columns);
  std::size_t outside = 0;
  for (std::size_t i = 0; i < got.rows(); ++i) {
    for (std::size_t j = 0; j < got.columns(); ++j) {
      const double sum = expected.sum(i, j);
      const double error = std::fabs(static_cast<double>(got(i, j)) - sum);
      outside += !(error <= gamma * expected.magnitude(i, j) + 2 * u * std::fabs(sum));
    }
  }
  CHECK(outside == 0);
}

/// A float matrix in memory of its own, with strides of its own.
struct Stored {
  Stored(std::size_t rows, std::size_t columns, std::uint64_t seed, std::size_t row_stride = 0,
         std::size_t column_stride = 1)
      : memory(2000), view(memory.data(), rows, columns, row_stride == 0 ? columns : row_stride, column_stride) {
    const std::vector<float> x = hf::testing::normal_tensor(rows * columns + 1, seed);
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t j = 0; j < columns; ++j) view(i, j) = x[i * columns + j];
    }
  }
  std::vector<float> memory;
  hf::MatrixView<float> view;
};
inline std::vector<std::uint32_t> bits(const hf::MatrixView<const float>& m) {
  std::vector<std::uint32_t> list;
  for (std::size_t i = 0; i < m.rows(); ++i) {
    for (std::size_t j = 0; j < m.columns(); ++j) list.push_back(std::bit_cast<std::uint32_t>(m(i, j)));
  }
  return list;
}

/// f(x) = q(x0) + (x - x0) for each operand: what the layer computes, as if rounding had the derivative 1. Its loss is
/// sum(q(g) * y).
struct Surrogate {
  Matrix wq, xq, gq;

  [[nodiscard]] double loss(const Matrix& w_deviation, const Matrix& x_deviation) const {
    double loss = 0;
    for (std::size_t b = 0; b < xq.rows; ++b) {
      for (std::size_t o = 0; o < wq.rows; ++o) {
        double y = 0;
        for (std::size_t i = 0; i < xq.columns; ++i) {
          y += (xq(b, i) + x_deviation(b, i)) * (wq(o, i) + w_deviation(o, i));
        }
        loss += gq(b, o) * y;
      }
    }
    return loss;
  }
};

inline constexpr std::size_t inputs = 13, outputs = 7, batch = 5;

/// A layer after a few steps, its scales warm.
template <class Traits = qat::W8A8>
qat::QuantizedLinear<Traits> warm_layer() {
  qat::QuantizedLinear<Traits> layer(inputs, outputs, 11);
  for (std::uint64_t step = 0; step < 3; ++step) {
    Stored w(outputs, inputs, step), x(batch, inputs, 10 + step), y(batch, outputs, 0), g(batch, outputs, 20 + step);
    Stored dx(batch, inputs, 0), dw(outputs, inputs, 0);
    layer.set_weights(w.view);
    const auto input = layer.forward(x.view, y.view);
    layer.backward(g.view, input, dx.view, dw.view);
    layer.commit();
  }
  return layer;
}

template <class Call>
void check_no_change(auto& layer, const Call& call) {
  const qat::QuantizedLinearState before = layer.state();
  call();
  CHECK(layer.state() == before);
}

template <class F>
std::string refusal(const F& call) {
  try {
    call();
    return "taken";
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

}  // namespace model
