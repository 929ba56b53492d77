// What an element of a product is measured against.
#pragma once

#include <cmath>
#include <cstddef>

namespace gpu_test {

/// A sum of k products in binary64, and how far one in binary32 may be from it.
struct Binary64Sum {
  double sum = 0, magnitudes = 0;
  std::size_t k = 0;

  template <class T>
  Binary64Sum(const T* a, const T* b, std::size_t terms) : k(terms) {
    for (std::size_t l = 0; l < k; ++l) {
      const double term = double{static_cast<float>(a[l])} * double{static_cast<float>(b[l])};
      sum += term;
      magnitudes += std::abs(term);
    }
  }

  /// gamma_(k+2) of the magnitudes, for units of 2^-23: tensor cores may truncate.
  double bound() const {
    const double error = static_cast<double>(k + 2) * 0x1p-23;
    return error / (1 - error) * magnitudes;
  }
};

}  // namespace gpu_test
