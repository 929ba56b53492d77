// A W8A8 layer under Eigen: HiF8 operands in all three products of training, float32 master weights. It learns a linear
// map from noisy samples, and so does the same layer in BF16.
#include <cstdint>
#include <cstdio>
#include <random>

#include <Eigen/Core>

#include <hifloat/eigen/eigen.hpp>
#include <hifloat/qat/qat.hpp>

namespace qat = hifloat::qat;
using hifloat::eigen::view;
using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;  // one row a sample

constexpr std::uint64_t steps = 300;
constexpr Eigen::Index batch = 64, inputs = 48, outputs = 24;

/// Trains from scratch, and prints the mean squared error on its way.
void train(const char* name, qat::Precision precision) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  const auto draw = [&](Eigen::Index rows, Eigen::Index columns) -> Matrix {
    return Matrix::NullaryExpr(rows, columns, [&] { return normal(random); });
  };
  const Matrix teacher = draw(outputs, inputs);
  Matrix weights = 0.1f * draw(outputs, inputs);
  Matrix y(batch, outputs), x_gradient(batch, inputs), w_gradient(outputs, inputs);

  qat::QuantizedLinear<> layer(inputs, outputs);
  const qat::schedule::Cosine rate(0.5f, steps);

  std::printf("%s", name);
  for (std::uint64_t step = 0; step < steps; ++step) {
    const Matrix x = draw(batch, inputs);
    const Matrix wanted = x * teacher.transpose() + draw(batch, outputs);

    layer.set_weights(view(weights), precision);
    const auto input = layer.forward(view(x), view(y));
    const Matrix error = y - wanted, y_gradient = error / batch;
    layer.backward(view(y_gradient), input, view(x_gradient), view(w_gradient));  // x_gradient: for a layer before it
    layer.commit();
    weights -= static_cast<float>(rate(step)) * w_gradient;

    if (step % 50 == 0 || step + 1 == steps) std::printf(" %8.3f", error.squaredNorm() / float{batch * outputs});
  }
  std::printf("\n");
}

int main() {
  std::printf(
      "mean squared error, 1 of it noise\nstep        0       50      100      150      200      250      299\n");
  train("HiF8", qat::Precision::hif8);
  train("BF16", qat::Precision::bf16);
}
