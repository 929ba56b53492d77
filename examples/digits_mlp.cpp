// Handwritten digits: a 64 -> 48 -> 10 perceptron trained from scratch in BF16 and in HiF8 (weights, inputs and
// gradients, delayed scaling): scaled to 15, where HiF8 keeps 3 mantissa bits (gradients to 224), and all to 2^15, its
// largest value.
//
//   digits_mlp [--check]   --check: exit code 1 unless HiF8 at 15 is within 1 point of BF16
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <numeric>
#include <random>
#include <span>
#include <string_view>
#include <vector>

#include <Eigen/Core>

#include <hifloat/eigen/eigen.hpp>
#include <hifloat/qat/qat.hpp>

#include "digits/digits.hpp"

namespace qat = hifloat::qat;
using hifloat::eigen::view;
using namespace digits;

namespace {

constexpr Index hidden = 48, batch_size = 32;
constexpr unsigned epochs = 40, seeds = 3;

/// How a line of the table trains.
struct Setting {
  const char* name;
  qat::Precision precision;
  qat::LinearScalers<> scalers = {};
};

/// A fully connected layer without biases, trained by SGD with momentum on float32 master weights. To the quantized
/// layer a sample is a row, to the network a column: it is given transposed.
class Layer {
 public:
  Layer(Index inputs, Index outputs, const Setting& setting, std::mt19937& random)
      : linear_(static_cast<std::size_t>(inputs), static_cast<std::size_t>(outputs), 0, setting.scalers),
        precision_(setting.precision),
        master_(outputs, inputs),
        momentum_(Matrix::Zero(outputs, inputs)) {
    std::normal_distribution<float> normal(0.0f, std::sqrt(2.0f / static_cast<float>(inputs)));
    for (float& w : master_.reshaped()) w = normal(random);
  }
  Matrix forward(const Matrix& x) {
    Matrix y(master_.rows(), x.cols());
    linear_.set_weights(view(master_), precision_);
    input_ = linear_.forward(view(x).transposed(), view(y).transposed());
    return y;
  }
  /// Steps down the gradient of the output, and returns that of the input.
  Matrix backward(const Matrix& y_gradient, float rate) {
    Matrix x_gradient(master_.cols(), y_gradient.cols()), gradient(master_.rows(), master_.cols());
    linear_.backward(view(y_gradient).transposed(), input_, view(x_gradient).transposed(), view(gradient));
    linear_.commit();
    momentum_ = 0.9f * momentum_ + gradient;
    master_ -= rate * momentum_;
    return x_gradient;
  }

 private:
  qat::QuantizedLinear<> linear_;
  qat::Precision precision_;
  qat::QuantizedLinear<>::Input input_;
  Matrix master_, momentum_;
};

/// Accuracy on the test images, in %, after training from this seed.
double train(const Digits& data, const Setting& setting, unsigned seed) {
  std::mt19937 random(seed);
  Layer first(pixels, hidden, setting, random), second(hidden, classes, setting, random);
  std::vector<Index> order(training_images);
  std::iota(order.begin(), order.end(), Index{0});
  const qat::schedule::WarmDown rates(qat::schedule::Constant{0.1, epochs}, 1);
  for (unsigned epoch = 0; epoch < epochs; ++epoch) {
    std::shuffle(order.begin(), order.end(), random);
    const auto rate = static_cast<float>(rates(epoch));
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
double row(const Digits& data, const Setting& setting) {
  std::array<double, seeds> accuracy{};
  for (unsigned seed = 0; seed < seeds; ++seed) accuracy[seed] = train(data, setting, seed + 1);
  const double mean = std::accumulate(accuracy.begin(), accuracy.end(), 0.0) / seeds;
  const auto [low, high] = std::minmax_element(accuracy.begin(), accuracy.end());
  std::printf("%-22s %6.2f   %6.2f .. %.2f\n", setting.name, mean, *low, *high);
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
  std::printf("test accuracy in %%        mean   lowest .. highest of %u seeds\n", seeds);
  const double bf16 = row(data, {"BF16", qat::Precision::bf16});
  const double hif8 = row(data, {"HiF8, target 15", qat::Precision::hif8});
  const hifloat::DelayedScaler<> top({.target = 32768});
  row(data, {"HiF8, target 2^15", qat::Precision::hif8, {top, top, top}});
  if (!check || std::abs(hif8 - bf16) <= 1) return 0;
  std::fprintf(stderr, "digits_mlp: HiF8 at target 15 is %.2f points from BF16\n", hif8 - bf16);
  return 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "digits_mlp: %s\n", error.what());
  return 2;
}
