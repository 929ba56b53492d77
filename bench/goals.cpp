#include "row.hpp"

namespace bench {

std::vector<Goal> all_goals() {
  return {
      {Place::L2, "f32 encode, ties away", "memcpy", 0.80},
      {Place::L2, "f32 encode, ties away, avx512bw", "memcpy", 0.50},
      {Place::L2, "f32 encode, ties away, avx2", "memcpy", 0.33},
      {Place::L2, "f32 encode, toward zero", "memcpy", 0.78},
      {Place::L2, "f32 encode, ties to even", "memcpy", 0.60},
      {Place::L2, "f32 encode, hybrid", "memcpy", 0.45},
      {Place::L2, "f32 encode, simplified stochastic", "memcpy", 0.45},
      {Place::L2, "f32 encode, stochastic", "memcpy", 0.20},
      {Place::L2, "f32 decode", "memcpy", 0.88},
      {Place::L2, "bf16 encode", "memcpy", 0.50},
      {Place::L2, "bf16 decode, unscaled", "memcpy", 1.0},
      {Place::L2, "f16 encode", "memcpy", 0.37},
      {Place::L2, "f16 decode, unscaled", "memcpy", 0.90},
      {Place::L2, "quantize", "memcpy", 0.52},
      {Place::L2, "quantize, half zeros", "memcpy", 0.40},
      {Place::L2, "fake_quantize in place", "memcpy", 0.66},
      {Place::L2, "f32 encode, ties away, two threads", "one thread", 1.85},
      {Place::Memory, "f32 encode, ties away", "read-only sum", 0.95},
      {Place::Memory, "f32 encode, toward zero", "read-only sum", 0.90},
      {Place::Memory, "f32 encode, ties to even", "read-only sum", 0.90},
      {Place::Memory, "f32 encode, hybrid", "read-only sum", 0.90},
      {Place::Memory, "f32 encode, simplified stochastic", "read-only sum", 0.90},
      {Place::Memory, "f32 encode, stochastic", "read-only sum", 0.50},
      {Place::Memory, "f32 decode", "write-only fill", 0.95},
      {Place::Memory, "bf16 encode", "memcpy", 1.3},
      {Place::Memory, "bf16 decode, unscaled", "memcpy", 1.5},
      {Place::Memory, "f16 encode", "memcpy", 1.3},
      {Place::Memory, "f16 decode, unscaled", "memcpy", 1.5},
      {Place::Memory, "quantize", "read-only sum", 0.92},
      {Place::Memory, "quantize", "two passes", 1.9},
      {Place::Memory, "fake_quantize in place", "x *= s", 0.95},
      {Place::Memory, "f32 encode, ties away, two threads", "sum, two threads", 0.90},
      {Place::Memory, "TierHistogram", "read-only sum", 0.50},
      {Place::L2, "quantize, monitored", "quantize", 0.98},
      {Place::Call, "commit, Max over 64", "", 10},
      {Place::Call, "commit, Max over 65536", "", 10},
      {Place::Call, "f32 encode of 1, unscaled", "", 3},
      {Place::Call, "f32 encode of 7, unscaled", "", 8},
      {Place::Call, "f32 encode of 64, unscaled", "", 13},
      {Place::Call, "f32 encode of 1000, unscaled", "", 70},
  };
}

}  // namespace bench
