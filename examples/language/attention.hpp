// Causal self-attention with rotary positions. Sources: Vaswani et al., "Attention is all you need" (2017); Su et al.,
// "RoFormer" (2021).
#pragma once

#include "parameters.hpp"

namespace language {

/// Of sequences of `length` tokens, one after the other; length and width are those of its tables.
class Attention {
 public:
  /// Up to `longest` tokens a sequence.
  Attention(Index width, Index heads, Index longest);

  /// qkv [tokens x 3 width]: queries, keys and values side by side; queries and keys are turned by their positions, in
  /// place. output [tokens x width].
  void forward(Index length, Matrix& qkv, Matrix& output);
  /// The gradient of the last forward's qkv as it was given, from that of its output. qkv as forward left it.
  void backward(Index length, const Matrix& qkv, const Matrix& output_gradient, Matrix& qkv_gradient);

 private:
  /// Turns queries and keys by +1 or -1 times the angles of their positions.
  void turn(Index length, float direction, Matrix& qkv) const;

  Index heads_;
  Index head_width_;
  Matrix cosines_, sines_;  ///< [position x half of a head]
  Matrix probabilities_;    ///< [sequences * heads * length x length] of the last forward
};

}  // namespace language
