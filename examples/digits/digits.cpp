#include "digits.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace digits {

Digits read_digits() {
  std::filesystem::path path = std::filesystem::path(HIFLOAT_EXAMPLES_DATA_DIR) / "digits.csv";
  if (!std::filesystem::exists(path)) path = "examples/data/digits.csv";
  std::ifstream file(path);
  if (!file) throw std::runtime_error(path.string() + ": cannot be read");
  std::vector<float> values;
  Digits data;
  const auto fail = [&](const char* why) {
    return std::runtime_error(path.string() + ", line " + std::to_string(data.labels.size() + 1) + ": " + why);
  };
  for (std::string line; std::getline(file, line);
       data.labels.push_back(static_cast<Index>(values.back())), values.pop_back()) {
    const char* text = line.c_str();
    for (Index i = 0; i <= pixels; ++i) {
      char* end = nullptr;
      values.push_back(std::strtof(text, &end));
      if (end == text || *end != (i < pixels ? ',' : '\0')) throw fail("not 65 numbers");
      text = end + 1;
    }
    if (!(values.back() >= 0 && values.back() < classes)) throw fail("the label is no digit");
  }
  if (data.labels.size() <= training_images) throw fail("the file ends early");
  data.images = Eigen::Map<const Matrix>(values.data(), pixels, static_cast<Index>(data.labels.size())) / 16;
  return data;
}

Matrix test_images(const Digits& data) {
  return data.images.rightCols(static_cast<Index>(data.labels.size() - training_images));
}

double accuracy_on_test(const Digits& data, const Matrix& logits) {
  Index right = 0;
  for (Index i = 0; i < logits.cols(); ++i) {
    Index answer = 0;
    logits.col(i).maxCoeff(&answer);
    right += answer == data.labels[training_images + static_cast<std::size_t>(i)];
  }
  return 100.0 * static_cast<double>(right) / static_cast<double>(logits.cols());
}

Matrix softmax(Matrix logits) {
  logits.rowwise() -= logits.colwise().maxCoeff().eval();
  logits = logits.array().exp();
  return logits.array().rowwise() / logits.colwise().sum().eval().array();
}

}  // namespace digits
