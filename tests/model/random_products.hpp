#pragma once
// Operands of all kinds for products, at random.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

#include <hifloat/matmul.hpp>

namespace product_test {

namespace hf = hifloat;

using Random = std::mt19937_64;

inline std::size_t below(Random& random, std::size_t n) { return static_cast<std::size_t>(random() % n); }

/// Numbers of ordinary sizes; every code there is; every finite one.
enum class Content { ordinary, any_code, finite };

template <class T>
void fill(const hf::MatrixView<T>& m, Content content, Random& random) {
  std::normal_distribution<float> normal;
  for (std::size_t i = 0; i < m.rows(); ++i) {
    for (std::size_t j = 0; j < m.columns(); ++j) {
      if (content == Content::ordinary) {
        m(i, j) = T(normal(random));
      } else if constexpr (std::is_same_v<T, hf::hif8_t>) {
        do m(i, j) = hf::hif8_t::from_bits(static_cast<std::uint8_t>(random()));
        while (content == Content::finite && !std::isfinite(static_cast<float>(m(i, j))));
      } else {  // of sizes whose products are normal numbers
        m(i, j) = T(std::ldexp(normal(random), static_cast<int>(below(random, 40)) - 20));
        if (content == Content::any_code && below(random, 50) == 0) m(i, j) = T(std::numeric_limits<float>::infinity());
      }
    }
  }
}

/// Few products of hostile matrices are finite: most have one infinity or NaN at most.
template <class T>
void make_mostly_finite(const hf::MatrixView<T>& m, Random& random) {
  fill(m, Content::finite, random);
  if (m.empty() || below(random, 2) == 0) return;
  constexpr float special[] = {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(),
                               std::numeric_limits<float>::quiet_NaN()};
  using Code =
      std::conditional_t<std::is_same_v<T, hf::hif8_t>, hf::hif8<hf::rounding::TiesAway, hf::overflow::Infinity>, T>;
  m(below(random, m.rows()), below(random, m.columns())) = T(Code(special[below(random, 3)]));
}

struct Scales {
  std::vector<float> of_lines;
  hf::InverseScales inverse = 1.0f;
};

inline Scales scales(std::size_t lines, bool rows, int spread, Random& random) {
  Scales result;
  const auto one = [&] {
    const int exponent = static_cast<int>(below(random, static_cast<std::size_t>(2 * spread + 1))) - spread;
    return std::ldexp(1.0f + static_cast<float>(below(random, 1 << 23)) * 0x1p-23f, std::min(exponent, 125));
  };
  if (below(random, 3) == 0) return {{}, one()};
  for (std::size_t i = 0; i < lines; ++i) result.of_lines.push_back(one());
  result.inverse = rows ? hf::InverseScales::per_row(result.of_lines) : hf::InverseScales::per_column(result.of_lines);
  return result;
}

}  // namespace product_test
