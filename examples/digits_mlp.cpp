// Handwritten digits: a 64 -> 48 -> 10 perceptron trained from scratch in BF16 and in HiF8 (weights, inputs and
// gradients, delayed scaling), at target 15, where HiF8 keeps 3 mantissa bits, and at 2^15, its largest value.
//
//   digits_mlp [--check]   --check: exit code 1 unless HiF8 at 15 is within 1 point of BF16
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <numeric>
#include <optional>
#include <random>
#include <span>
#include <string_view>
#include <vector>

#include <Eigen/Core>

#include <hifloat/hifloat.hpp>

#include "digits/digits.hpp"

namespace hf = hifloat;
using namespace digits;

namespace {

constexpr Index hidden = 48, batch_size = 32;
constexpr int epochs = 40, seeds = 3;

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

/// Accuracy on the test images, in %, after training from this seed.
double train(const Digits& data, std::optional<float> target, unsigned seed) {
  std::mt19937 random(seed);
  Layer first(pixels, hidden, target, random), second(hidden, classes, target, random);
  std::vector<Index> order(training_images);
  std::iota(order.begin(), order.end(), Index{0});
  for (int epoch = 0; epoch < epochs; ++epoch) {
    std::shuffle(order.begin(), order.end(), random);
    const float rate = 0.1f * (1 - static_cast<float>(epoch) / epochs);
    for (std::size_t begin = 0; begin + batch_size <= order.size(); begin += batch_size) {
      const std::span<const Index> batch = std::span(order).subspan(begin, batch_size);
      const Matrix activation = first.forward(data.images(Eigen::all, batch)).cwiseMax(0.0f);
      Matrix gradient = softmax(second.forward(activation));
      for (Index i = 0; i < batch_size; ++i)
        gradient(data.labels[static_cast<std::size_t>(batch[static_cast<std::size_t>(i)])], i) -= 1;
      const Matrix passed = second.backward(gradient / batch_size, rate);
      first.backward((activation.array() > 0).select(passed, 0.0f), rate);
    }
  }
  const Matrix logits = second.forward(first.forward(test_images(data)).cwiseMax(0.0f));
  return accuracy_on_test(data, logits);
}

/// Prints a line of the table, and returns the mean accuracy.
double row(const char* name, const Digits& data, std::optional<float> target) {
  std::array<double, seeds> accuracy{};
  for (unsigned seed = 0; seed < seeds; ++seed) accuracy[seed] = train(data, target, seed + 1);
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
  const Digits data = read_digits();
  std::printf("test accuracy in %%        mean   lowest .. highest of %d seeds\n", seeds);
  const double bf16 = row("BF16", data, std::nullopt);
  const double hif8 = row("HiF8, target 15", data, 15.0f);
  row("HiF8, target 2^15", data, 32768.0f);
  if (!check || std::abs(hif8 - bf16) <= 1) return 0;
  std::fprintf(stderr, "digits_mlp: HiF8 at target 15 is %.2f points from BF16\n", hif8 - bf16);
  return 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "digits_mlp: %s\n", error.what());
  return 2;
}
