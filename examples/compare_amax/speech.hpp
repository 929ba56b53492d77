// The signal: what is trained on, and what is held out.
#pragma once

#include <cstddef>
#include <filesystem>
#include <utility>
#include <vector>

#include "predictor.hpp"

namespace compare_amax {

/// A recording cut into micro-batches of consecutive samples.
class Recording {
 public:
  explicit Recording(std::vector<float> samples) : samples_(std::move(samples)) {}

  [[nodiscard]] std::size_t batches() const {
    return samples_.size() < history ? 0 : (samples_.size() - history) / batch_size;
  }
  /// One column for each sample of the batch: the `history` samples before it, oldest first.
  [[nodiscard]] auto past(std::size_t batch) const {
    using Overlapping = Eigen::Map<const Matrix, Eigen::Unaligned, Eigen::OuterStride<>>;
    return Overlapping(samples_.data() + batch * batch_size, history, batch_size, Eigen::OuterStride<>(1));
  }
  /// The samples to predict.
  [[nodiscard]] auto next(std::size_t batch) const {
    return Eigen::Map<const Row>(samples_.data() + batch * batch_size + history, batch_size);
  }
  [[nodiscard]] bool is_silent() const;

 private:
  std::vector<float> samples_;
};

struct Speech {
  Recording train;
  Recording held_out;
};

/// The user's recording, or where the path is empty the one that comes with the examples. Throws InputError.
[[nodiscard]] Speech load_speech(const std::filesystem::path& wav);

}  // namespace compare_amax
