// Handwritten digits: 8 x 8 pixels and what they show.
#pragma once

#include <cstddef>
#include <vector>

#include <Eigen/Core>

namespace digits {

using Matrix = Eigen::MatrixXf;  // one column a sample
using Eigen::Index;

inline constexpr Index pixels = 64, classes = 10;
inline constexpr std::size_t training_images = 1197;  // the other 600 are the test

struct Digits {
  Matrix images;  // 0..1
  std::vector<Index> labels;
};

/// Of examples/data/digits.csv. std::runtime_error, with the line's number, for what is wrong with it.
[[nodiscard]] Digits read_digits();

/// The images of the test.
[[nodiscard]] Matrix test_images(const Digits& data);
/// The share, in %, of the test images whose largest logit is that of their digit.
[[nodiscard]] double accuracy_on_test(const Digits& data, const Matrix& logits);

/// Columns of probabilities.
[[nodiscard]] Matrix softmax(Matrix logits);

}  // namespace digits
