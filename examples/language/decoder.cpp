#include "decoder.hpp"

#include <cstddef>
#include <numeric>
#include <utility>

#include <hifloat/eigen/view.hpp>

#include "elementwise.hpp"

namespace language {
namespace {

using hifloat::eigen::view;

MatrixView<const float> const_view(const Matrix& x) { return view(x); }

void train_product(Linear& linear, const Matrix& x, Matrix& y) { linear.forward(const_view(x), view(y)); }
void evaluate_product(Linear& linear, const Matrix& x, Matrix& y) { linear.evaluate(const_view(x), view(y)); }

MatrixView<float> gradient_view(const Tensor& tensor, Vector& gradient) {
  MatrixMap map = tensor.of(gradient);
  return view(map);
}

}  // namespace

Decoder::Decoder(const Layout& layout, Index longest, const MakeLinear& make_linear) : layout_(layout) {
  const Shape& shape = layout.shape();
  const auto blocks = static_cast<std::size_t>(shape.blocks);
  for (std::size_t b = 0; b < blocks; ++b) {
    const auto make = [&](std::string_view module, const Tensor& weight) {
      return make_linear(
          {b, blocks, module, static_cast<std::size_t>(weight.columns), static_cast<std::size_t>(weight.rows)});
    };
    const Layout::Block& tensors = layout.blocks()[b];
    blocks_.push_back({make("attention.qkv", tensors.qkv),
                       make("attention.output", tensors.attention_output),
                       make("mlp.gate", tensors.gate),
                       make("mlp.up", tensors.up),
                       make("mlp.down", tensors.down),
                       Attention(shape.width, shape.heads, longest),
                       {},
                       {},
                       {},
                       {},
                       {}});
    if (b + 1 == blocks) head_ = make("head", layout.head());
  }
}

template <class F>
void Decoder::for_each_linear(const F& f) {
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    const Layout::Block& tensors = layout_.blocks()[b];
    f(*blocks_[b].qkv, tensors.qkv);
    f(*blocks_[b].attention_output, tensors.attention_output);
    f(*blocks_[b].gate, tensors.gate);
    f(*blocks_[b].up, tensors.up);
    f(*blocks_[b].down, tensors.down);
  }
  f(*head_, layout_.head());
}

double Decoder::train(const Vector& parameters, std::span<const Token> sequences, Index length, Vector& gradient) {
  set_weights(parameters);
  read(sequences, length);
  forward(parameters, length, train_product);
  std::vector<float> losses(targets_.size());
  cross_entropy(logits_, targets_, losses);
  backward(parameters, length, gradient);
  for_each_linear([](Linear& linear, const Tensor&) { linear.commit(); });
  return std::accumulate(losses.begin(), losses.end(), 0.0) / static_cast<double>(losses.size());
}

std::vector<float> Decoder::losses(const Vector& parameters, std::span<const Token> sequences, Index length) {
  set_weights(parameters);
  read(sequences, length);
  forward(parameters, length, evaluate_product);
  std::vector<float> losses(targets_.size());
  cross_entropy(logits_, targets_, losses);
  return losses;
}

void Decoder::set_weights(const Vector& parameters) {
  for_each_linear([&](Linear& linear, const Tensor& tensor) { linear.set_weights(view(tensor.of(parameters))); });
}

void Decoder::read(std::span<const Token> sequences, Index length) {
  const auto n = static_cast<std::size_t>(length);
  inputs_.clear();
  targets_.clear();
  for (std::size_t begin = 0; begin + n < sequences.size(); begin += n + 1) {
    const auto sequence = sequences.subspan(begin, n + 1);
    inputs_.insert(inputs_.end(), sequence.begin(), sequence.end() - 1);
    targets_.insert(targets_.end(), sequence.begin() + 1, sequence.end());
  }
}

void Decoder::forward(const Vector& parameters, Index length, Product product) {
  const auto rows = static_cast<Index>(inputs_.size());
  const Index width = layout_.shape().width, hidden = layout_.shape().hidden;
  const auto embedding = layout_.embedding().of(parameters);
  stream_.resize(rows, width);
  for (Index i = 0; i < rows; ++i) stream_.row(i) = embedding.row(inputs_[static_cast<std::size_t>(i)]);
  branch_.resize(rows, width);
  Matrix hidden_output;
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    Block& block = blocks_[b];
    const Layout::Block& tensors = layout_.blocks()[b];
    block.x = stream_;
    rms_norm(block.x, tensors.attention_gain.of(parameters), normed_);
    block.turned_qkv.resize(rows, 3 * width);
    product(*block.qkv, normed_, block.turned_qkv);
    block.attention.forward(length, block.turned_qkv, branch_);
    product(*block.attention_output, branch_, normed_);
    stream_ += normed_;

    block.middle = stream_;
    rms_norm(block.middle, tensors.mlp_gain.of(parameters), normed_);
    block.gate_output.resize(rows, hidden);
    block.up_output.resize(rows, hidden);
    product(*block.gate, normed_, block.gate_output);
    product(*block.up, normed_, block.up_output);
    swiglu(block.gate_output, block.up_output, hidden_output);
    product(*block.down, hidden_output, branch_);
    stream_ += branch_;
  }
  last_ = stream_;
  rms_norm(last_, layout_.final_gain().of(parameters), normed_);
  logits_.resize(rows, layout_.shape().vocabulary);
  product(*head_, normed_, logits_);
}

void Decoder::backward(const Vector& parameters, Index length, Vector& gradient) {
  cross_entropy_backward(targets_, logits_);
  head_->backward(const_view(logits_), view(normed_), gradient_view(layout_.head(), gradient));
  stream_.setZero();
  rms_norm_backward(last_, layout_.final_gain().of(parameters), normed_, stream_, layout_.final_gain().of(gradient));
  for (std::size_t b = blocks_.size(); b-- > 0;)
    backward(blocks_[b], layout_.blocks()[b], parameters, length, gradient);
  auto embedding = layout_.embedding().of(gradient);
  embedding.setZero();
  for (Index i = 0; i < stream_.rows(); ++i) embedding.row(inputs_[static_cast<std::size_t>(i)]) += stream_.row(i);
}

void Decoder::backward(Block& block, const Layout::Block& tensors, const Vector& parameters, Index length,
                       Vector& gradient) {
  Matrix hidden_gradient(stream_.rows(), layout_.shape().hidden);
  block.down->backward(const_view(stream_), view(hidden_gradient), gradient_view(tensors.down, gradient));
  swiglu_backward(hidden_gradient, block.gate_output, block.up_output);
  block.gate->backward(const_view(block.gate_output), view(normed_), gradient_view(tensors.gate, gradient));
  block.up->backward(const_view(block.up_output), view(branch_), gradient_view(tensors.up, gradient));
  normed_ += branch_;
  rms_norm_backward(block.middle, tensors.mlp_gain.of(parameters), normed_, stream_, tensors.mlp_gain.of(gradient));

  block.attention_output->backward(const_view(stream_), view(branch_),
                                   gradient_view(tensors.attention_output, gradient));
  Matrix qkv_gradient(stream_.rows(), 3 * layout_.shape().width);
  block.attention.backward(length, block.turned_qkv, branch_, qkv_gradient);
  block.qkv->backward(const_view(qkv_gradient), view(normed_), gradient_view(tensors.qkv, gradient));
  rms_norm_backward(block.x, tensors.attention_gain.of(parameters), normed_, stream_,
                    tensors.attention_gain.of(gradient));
}

}  // namespace language
