#include "attention.hpp"

#include <cmath>

namespace language {
namespace {

/// The causal softmax of each row, in place: row i has i + 1 entries, the others become 0.
template <class Scores>
void softmax(Scores&& scores) {
  for (Index i = 0; i < scores.rows(); ++i) {
    auto row = scores.row(i).head(i + 1).array();
    const float largest = row.maxCoeff();
    row = (row - largest).exp();
    row *= 1 / row.sum();
    scores.row(i).tail(scores.cols() - i - 1).setZero();
  }
}

}  // namespace

Attention::Attention(Index width, Index heads, Index longest)
    : heads_(heads), head_width_(width / heads), cosines_(longest, head_width_ / 2), sines_(longest, head_width_ / 2) {
  for (Index position = 0; position < longest; ++position) {
    for (Index i = 0; i < head_width_ / 2; ++i) {
      const double turns = std::pow(10000.0, -2.0 * static_cast<double>(i) / static_cast<double>(head_width_));
      const double angle = static_cast<double>(position) * turns;
      cosines_(position, i) = static_cast<float>(std::cos(angle));
      sines_(position, i) = static_cast<float>(std::sin(angle));
    }
  }
}

void Attention::turn(Index length, float direction, Matrix& qkv) const {
  const Index half = head_width_ / 2;
  for (Index token = 0; token < qkv.rows(); ++token) {
    const auto cosine = cosines_.row(token % length).array();
    const auto sine = sines_.row(token % length).array() * direction;
    for (Index head = 0; head < 2 * heads_; ++head) {  // of queries, then of keys
      auto first = qkv.row(token).segment(head * head_width_, half).array();
      auto second = qkv.row(token).segment(head * head_width_ + half, half).array();
      const Eigen::ArrayXf kept = first;
      first = kept.transpose() * cosine - second * sine;
      second = second * cosine + kept.transpose() * sine;
    }
  }
}

void Attention::forward(Index length, Matrix& qkv, Matrix& output) {
  const Index width = heads_ * head_width_, sequences = qkv.rows() / length;
  const float scale = 1 / std::sqrt(static_cast<float>(head_width_));
  turn(length, 1, qkv);
  probabilities_.resize(sequences * heads_ * length, length);
  for (Index sequence = 0; sequence < sequences; ++sequence) {
    const auto rows = qkv.middleRows(sequence * length, length);
    for (Index head = 0; head < heads_; ++head) {
      const Index column = head * head_width_;
      const auto query = rows.middleCols(column, head_width_), key = rows.middleCols(width + column, head_width_);
      const auto value = rows.middleCols(2 * width + column, head_width_);
      auto p = probabilities_.middleRows((sequence * heads_ + head) * length, length);
      p.noalias() = scale * query * key.transpose();
      softmax(p);
      output.block(sequence * length, column, length, head_width_).noalias() = p * value;
    }
  }
}

void Attention::backward(Index length, const Matrix& qkv, const Matrix& output_gradient, Matrix& qkv_gradient) {
  const Index width = heads_ * head_width_, sequences = qkv.rows() / length;
  const float scale = 1 / std::sqrt(static_cast<float>(head_width_));
  Matrix p_gradient(length, length);
  for (Index sequence = 0; sequence < sequences; ++sequence) {
    const auto rows = qkv.middleRows(sequence * length, length);
    auto gradients = qkv_gradient.middleRows(sequence * length, length);
    for (Index head = 0; head < heads_; ++head) {
      const Index column = head * head_width_;
      const auto p = probabilities_.middleRows((sequence * heads_ + head) * length, length);
      const auto gradient = output_gradient.block(sequence * length, column, length, head_width_);
      gradients.middleCols(2 * width + column, head_width_).noalias() = p.transpose() * gradient;
      p_gradient.noalias() = gradient * rows.middleCols(2 * width + column, head_width_).transpose();
      for (Index i = 0; i < length; ++i) {  // of the scores: p * (p_gradient - sum p * p_gradient)
        auto row = p_gradient.row(i).array();
        row = p.row(i).array() * (row - (row * p.row(i).array()).sum()) * scale;
      }
      gradients.middleCols(column, head_width_).noalias() = p_gradient * rows.middleCols(width + column, head_width_);
      gradients.middleCols(width + column, head_width_).noalias() =
          p_gradient.transpose() * rows.middleCols(column, head_width_);
    }
  }
  turn(length, -1, qkv_gradient);
}

}  // namespace language
