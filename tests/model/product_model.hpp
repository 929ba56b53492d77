#pragma once
// A matrix product in binary64, element by element, and how far a sum in binary32 may be from it.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include <hifloat/matmul.hpp>

namespace product_test {

namespace hf = hifloat;

/// A matrix with memory of its own, in some layout, with room between rows and columns that nothing may touch.
template <class T>
struct Stored {
  std::vector<T> memory;
  hf::MatrixView<T> view;

  hf::MatrixView<const T> get() const { return view; }
};

/// Layouts: by rows, by columns, neither.
inline constexpr std::size_t layouts = 3;

template <class T>
Stored<T> stored(std::size_t rows, std::size_t columns, std::size_t layout, std::size_t gap, T filling = T{}) {
  Stored<T> m;
  const std::size_t inner = layout == 2 ? 2 : 1, lines = layout == 1 ? columns : rows;
  const std::size_t line = (layout == 1 ? rows : columns) * inner + gap;
  m.memory.assign(lines * line + gap, filling);
  m.view = layout == 1 ? hf::MatrixView<T>(m.memory.data(), rows, columns, 1, line)
                       : hf::MatrixView<T>(m.memory.data(), rows, columns, line, inner);
  return m;
}

/// alpha * A x B + beta * C with inverse scales, and its bound, by row.
struct Expected {
  std::vector<double> value, bound;
};

template <class A, class B, class C>
Expected product(const hf::MatrixView<A>& a, const hf::InverseScales& a_scales, const hf::MatrixView<B>& b,
                 const hf::InverseScales& b_scales, const hf::MatrixView<C>& c, const hf::MatmulOptions& options) {
  constexpr double u = 0x1p-24;
  const std::size_t m = a.rows(), k = a.columns(), n = b.columns();
  const double gamma = static_cast<double>(k + 1) * u / (1 - static_cast<double>(k + 1) * u);
  std::vector<double> wide_b(k * n);
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j < n; ++j) wide_b[i * n + j] = static_cast<double>(static_cast<float>(b(i, j)));
  }
  Expected result{std::vector<double>(m * n), std::vector<double>(m * n)};
  std::vector<double> sum(n), size(n);
  for (std::size_t i = 0; i < m; ++i) {
    sum.assign(n, 0);
    size.assign(n, 0);
    for (std::size_t l = 0; l < k; ++l) {
      const double x = static_cast<double>(static_cast<float>(a(i, l)));
      for (std::size_t j = 0; j < n; ++j) {
        sum[j] += x * wide_b[l * n + j];
        size[j] += std::abs(x * wide_b[l * n + j]);
      }
    }
    for (std::size_t j = 0; j < n; ++j) {
      const double scale =
          static_cast<double>(options.alpha) * static_cast<double>(a_scales[i]) * static_cast<double>(b_scales[j]);
      const double old =
          options.beta == 0 ? 0 : static_cast<double>(options.beta) * static_cast<double>(static_cast<float>(c(i, j)));
      result.value[i * n + j] = scale * sum[j] + old;
      result.bound[i * n + j] =
          gamma * std::abs(scale) * size[j] + 0x1p-50 * (std::abs(scale) * size[j] + std::abs(old));
    }
  }
  return result;
}

/// The number is one that a value within the bound rounds to; NaN for NaN.
template <class T>
bool is_within(T number, double value, double bound) {
  const auto got = static_cast<double>(static_cast<float>(number));
  if (std::isnan(value)) return std::isnan(got);
  if (std::isinf(value)) return got == value;
  const auto rounded = [](double x) { return static_cast<double>(static_cast<float>(T(static_cast<float>(x)))); };
  return rounded(value - bound) <= got && got <= rounded(value + bound);
}

/// "" or which element of C is wrong, for C as the product left it.
template <class C>
std::string difference(const hf::MatrixView<C>& c, const Expected& expected) {
  for (std::size_t i = 0; i < c.rows(); ++i) {
    for (std::size_t j = 0; j < c.columns(); ++j) {
      const std::size_t at = i * c.columns() + j;
      if (!is_within(c(i, j), expected.value[at], expected.bound[at])) {
        return "(" + std::to_string(i) + ", " + std::to_string(j) + ") is " +
               std::to_string(static_cast<double>(static_cast<float>(c(i, j)))) + ", not " +
               std::to_string(expected.value[at]) + " +- " + std::to_string(expected.bound[at]);
      }
    }
  }
  return {};
}

/// Nothing but the elements of a matrix differs from `filling`.
template <class T>
bool gaps_untouched(const Stored<T>& m, T filling) {
  std::vector<char> element(m.memory.size());
  for (std::size_t i = 0; i < m.view.rows(); ++i) {
    for (std::size_t j = 0; j < m.view.columns(); ++j) {
      element[static_cast<std::size_t>(&m.view(i, j) - m.memory.data())] = 1;
    }
  }
  for (std::size_t i = 0; i < element.size(); ++i) {
    if (element[i] == 0 && std::memcmp(&m.memory[i], &filling, sizeof filling) != 0) return false;
  }
  return true;
}

}  // namespace product_test
