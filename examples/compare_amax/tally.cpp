#include "tally.hpp"

#include <span>
#include <vector>

#include <Eigen/Core>

namespace compare_amax {

void TensorTally::add(std::span<const float> exact, const hifloat::QuantizedView<hifloat::hif8_t>& rounded,
                      float target) {
  amax.push_back(rounded.stats().amax);
  estimate.push_back(target * rounded.inverse_scale());
  overshoot.add(static_cast<double>(amax.back()) / static_cast<double>(estimate.back()));
  values += rounded.stats();

  using Values = Eigen::Map<const Eigen::VectorXf>;
  const std::vector<float> read = rounded.dequantize();
  const Values x(exact.data(), static_cast<Eigen::Index>(exact.size())), y(read.data(), x.size());
  signal += static_cast<double>(x.squaredNorm());
  noise += static_cast<double>((x - y).squaredNorm());
}

}  // namespace compare_amax
