// The network: 32 past samples -> 64 -> 64 -> the next sample.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <Eigen/Core>

namespace compare_amax {

using Matrix = Eigen::MatrixXf;  // one column a sample
using Row = Eigen::RowVectorXf;
using Vector = Eigen::VectorXf;

inline constexpr std::size_t layer_count = 3;
inline constexpr std::array<Eigen::Index, layer_count + 1> widths{32, 64, 64, 1};
inline constexpr std::size_t history = 32;
inline constexpr std::size_t batch_size = 256;

/// What a matrix product reads: of each layer its weights, its input, and the gradient of its output.
enum class Role : std::uint8_t { weight, input, gradient };

/// How the operands of the matrix products are rounded: in place, just before their use.
class Numerics {
 public:
  virtual ~Numerics() = default;
  virtual void round(Role role, std::size_t layer, Matrix& tensor) = 0;
};

class Float32 final : public Numerics {
 public:
  void round(Role, std::size_t, Matrix&) override {}
};

class Predictor {
 public:
  explicit Predictor(std::uint64_t seed);

  /// Rounds the master weights for the passes that follow. Wanted after every change of them.
  void round_weights(Numerics& numerics);

  /// The prediction of each column's next sample. The reference holds until the next call.
  const Matrix& forward(const Matrix& past, Numerics& numerics);

  /// The gradient of all parameters, from that of the last prediction. Rounding passes gradients straight through. The
  /// reference holds until the next call.
  const Vector& backward(const Matrix& prediction_gradient, Numerics& numerics);

  /// Weights and biases of all layers in one vector, as the optimiser wants them.
  Vector& parameters() { return parameters_; }

 private:
  struct Layer {
    Matrix weight;      // rounded
    Matrix input;       // rounded
    Matrix activation;  // before the leaky ReLU
  };

  Vector parameters_;
  Vector gradient_;
  std::array<Layer, layer_count> layers_;
};

class Adam {
 public:
  void step(Vector& parameters, const Vector& gradient, float rate);

 private:
  Vector mean_;
  Vector square_;
  double mean_decay_ = 1;  // beta^t: how much of the moments' zero start is left
  double square_decay_ = 1;
};

}  // namespace compare_amax
