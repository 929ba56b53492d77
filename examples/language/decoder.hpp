// A small language model of LLaMA's kind: RMSNorm, rotary positions, SwiGLU, an untied head. Source: Touvron et al.,
// "LLaMA" (2023).
//
//   const Layout layout(shape);
//   Vector parameters = layout.initial(seed), gradient = Vector::Zero(layout.size());
//   Decoder decoder(layout, 64, make_linear);
//   for each step:
//     loss = decoder.train(parameters, sequences, 64, gradient);   ... the optimiser's step ...
//
// Everything but the products of its linear layers is computed in float.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "attention.hpp"
#include "linear.hpp"
#include "parameters.hpp"
#include "token.hpp"

namespace language {

class Decoder {
 public:
  /// For sequences of up to `longest` tokens.
  Decoder(const Layout& layout, Index longest, const MakeLinear& make_linear);

  /// One step: the mean loss, in nats, of predicting each next token, and its gradient by all parameters, which is
  /// overwritten. `sequences` are of length + 1 tokens each, one after the other. Linear layers commit.
  [[nodiscard]] double train(const Vector& parameters, std::span<const Token> sequences, Index length,
                             Vector& gradient);
  /// The loss of each predicted token. Linear layers take the weights of a step, and forget them.
  [[nodiscard]] std::vector<float> losses(const Vector& parameters, std::span<const Token> sequences, Index length);

 private:
  /// What backward needs of a block.
  struct Block {
    std::unique_ptr<Linear> qkv, attention_output, gate, up, down;
    Attention attention;
    Matrix x, turned_qkv, middle, gate_output, up_output;
  };
  using Product = void (*)(Linear&, const Matrix&, Matrix&);

  void set_weights(const Vector& parameters);
  void read(std::span<const Token> sequences, Index length);
  /// Leaves the logits.
  void forward(const Vector& parameters, Index length, Product product);
  void backward(const Vector& parameters, Index length, Vector& gradient);
  void backward(Block& block, const Layout::Block& tensors, const Vector& parameters, Index length, Vector& gradient);
  template <class F>
  void for_each_linear(const F& f);

  Layout layout_;
  std::vector<Block> blocks_;
  std::unique_ptr<Linear> head_;
  std::vector<Token> inputs_, targets_;
  Matrix stream_;           ///< the residual stream; backward: its gradient
  Matrix last_;             ///< what the last block left of it
  Matrix logits_;           ///< backward: their gradient
  Matrix normed_, branch_;  ///< within a block
};

}  // namespace language
