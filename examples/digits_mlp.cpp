// Handwritten digits: a 64 -> 48 -> 10 perceptron trained from scratch in BF16 and in HiF8 (weights, inputs and
// gradients, delayed scaling), at target 15, where HiF8 keeps 3 mantissa bits, and at 2^15, its largest value.
//
//   digits_mlp [--check]   --check: exit code 1 unless HiF8 at 15 is within 1 point of BF16
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <optional>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <Eigen/Core>

#include <hifloat/hifloat.hpp>

namespace hf = hifloat;
using Matrix = Eigen::MatrixXf;  // one column a sample
using Eigen::Index;

namespace {

constexpr Index pixels = 64, hidden = 48, classes = 10, batch_size = 32;
constexpr std::size_t training_images = 1197;  // the other 600 are the test
constexpr int epochs = 40, seeds = 3;

struct Digits {
  Matrix images;  // 0..1
  std::vector<Index> labels;
};

Digits read_digits() {
  std::filesystem::path path = std::filesystem::path(HIFLOAT_EXAMPLES_DATA_DIR) / "digits.csv";
  if (!std::filesystem::exists(path)) path = "examples/data/digits.csv";
  std::ifstream file(path);
  if (!file) throw std::runtime_error(path.string() + ": cannot be read");
  std::vector<float> values;
  Digits digits;
  const auto fail = [&](const char* why) {
    return std::runtime_error(path.string() + ", line " + std::to_string(digits.labels.size() + 1) + ": " + why);
  };
  for (std::string line; std::getline(file, line);
       digits.labels.push_back(static_cast<Index>(values.back())), values.pop_back()) {
    const char* text = line.c_str();
    for (Index i = 0; i <= pixels; ++i) {
      char* end = nullptr;
      values.push_back(std::strtof(text, &end));
      if (end == text || *end != (i < pixels ? ',' : '\0')) throw fail("not 65 numbers");
      text = end + 1;
    }
    if (!(values.back() >= 0 && values.back() < classes)) throw fail("the label is no digit");
  }
  if (digits.labels.size() <= training_images) throw fail("the file ends early");
  digits.images = Eigen::Map<const Matrix>(values.data(), pixels, static_cast<Index>(digits.labels.size())) / 16;
  return digits;
}

/// A tensor on its way into a matrix product: rounded to BF16, or to HiF8 with a scaler of its own.
class Operand {
 public:
  explicit Operand(std::optional<float> target) {
    if (target) scaler_.emplace(hf::ScalingOptions{.target = *target});
  }
  Matrix operator()(Matrix x) {
    const std::span<float> values(x.data(), static_cast<std::size_t>(x.size()));
    if (!scaler_) {
      for (float& value : values) value = static_cast<float>(hf::bfloat16(value));
      return x;
    }
    const auto quantized = scaler_->quantize(values);
    quantized.dequantize(values);
    scaler_->observe(quantized.stats());
    scaler_->commit();
    return x;
  }

 private:
  std::optional<hf::DelayedScaler<hf::amax::Max, 16>> scaler_;
};

/// A fully connected layer without biases, trained by SGD with momentum on float32 master weights.
class Layer {
 public:
  Layer(Index inputs, Index outputs, std::optional<float> target, std::mt19937& random)
      : weight_(target), input_(target), gradient_(target && *target < 224 ? 224 : target), master_(outputs, inputs) {
    std::normal_distribution<float> normal(0.0f, std::sqrt(2.0f / static_cast<float>(inputs)));
    for (float& w : master_.reshaped()) w = normal(random);
    momentum_ = Matrix::Zero(outputs, inputs);
  }
  Matrix forward(const Matrix& x) {
    rounded_weight_ = weight_(master_);
    rounded_input_ = input_(x);
    return rounded_weight_ * rounded_input_;
  }
  /// Steps down the gradient of the output, and returns that of the input.
  Matrix backward(const Matrix& output_gradient, float rate) {
    const Matrix rounded = gradient_(output_gradient);
    momentum_ = 0.9f * momentum_ + rounded * rounded_input_.transpose();
    master_ -= rate * momentum_;
    return rounded_weight_.transpose() * rounded;
  }

 private:
  Operand weight_, input_, gradient_;
  Matrix master_, momentum_, rounded_weight_, rounded_input_;
};

/// Columns of probabilities.
Matrix softmax(Matrix logits) {
  logits.rowwise() -= logits.colwise().maxCoeff().eval();
  logits = logits.array().exp();
  return logits.array().rowwise() / logits.colwise().sum().eval().array();
}

/// Accuracy on the test images, in %, after training from this seed.
double train(const Digits& digits, std::optional<float> target, unsigned seed) {
  std::mt19937 random(seed);
  Layer first(pixels, hidden, target, random), second(hidden, classes, target, random);
  std::vector<Index> order(training_images);
  std::iota(order.begin(), order.end(), Index{0});
  for (int epoch = 0; epoch < epochs; ++epoch) {
    std::shuffle(order.begin(), order.end(), random);
    const float rate = 0.1f * (1 - static_cast<float>(epoch) / epochs);
    for (std::size_t begin = 0; begin + batch_size <= order.size(); begin += batch_size) {
      const std::span<const Index> batch = std::span(order).subspan(begin, batch_size);
      const Matrix activation = first.forward(digits.images(Eigen::all, batch)).cwiseMax(0.0f);
      Matrix gradient = softmax(second.forward(activation));
      for (Index i = 0; i < batch_size; ++i)
        gradient(digits.labels[static_cast<std::size_t>(batch[static_cast<std::size_t>(i)])], i) -= 1;
      const Matrix passed = second.backward(gradient / batch_size, rate);
      first.backward((activation.array() > 0).select(passed, 0.0f), rate);
    }
  }
  const auto tested = static_cast<Index>(digits.labels.size() - training_images);
  const Matrix logits = second.forward(first.forward(digits.images.rightCols(tested)).cwiseMax(0.0f));
  Index right = 0;
  for (Index i = 0; i < tested; ++i) {
    Index answer = 0;
    logits.col(i).maxCoeff(&answer);
    right += answer == digits.labels[training_images + static_cast<std::size_t>(i)];
  }
  return 100.0 * static_cast<double>(right) / static_cast<double>(tested);
}

/// Prints a line of the table, and returns the mean accuracy.
double row(const char* name, const Digits& digits, std::optional<float> target) {
  std::array<double, seeds> accuracy{};
  for (unsigned seed = 0; seed < seeds; ++seed) accuracy[seed] = train(digits, target, seed + 1);
  const double mean = std::accumulate(accuracy.begin(), accuracy.end(), 0.0) / seeds;
  const auto [low, high] = std::minmax_element(accuracy.begin(), accuracy.end());
  std::printf("%-22s %6.2f   %6.2f .. %.2f\n", name, mean, *low, *high);
  return mean;
}

}  // namespace

int main(int argc, char** argv) try {
  const bool check = argc == 2 && std::string_view(argv[1]) == "--check";
  if (argc > 1 && !check) {
    std::fprintf(stderr, "usage: digits_mlp [--check]\n");
    return 2;
  }
  const Digits digits = read_digits();
  std::printf("test accuracy in %%        mean   lowest .. highest of %d seeds\n", seeds);
  const double bf16 = row("BF16", digits, std::nullopt);
  const double hif8 = row("HiF8, target 15", digits, 15.0f);
  row("HiF8, target 2^15", digits, 32768.0f);
  if (!check || std::abs(hif8 - bf16) <= 1) return 0;
  std::fprintf(stderr, "digits_mlp: HiF8 at target 15 is %.2f points from BF16\n", hif8 - bf16);
  return 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "digits_mlp: %s\n", error.what());
  return 2;
}
