// mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32: d = a * b + c for a of 16 x 8, b of 8 x 8, c and d of 16 x 8.
//
// Which lane has which elements is taken from the PTX ISA, "Matrix Fragments for mma.m16n8k8" (9.7.14.5):
//
//   group = lane / 4, member = lane % 4
//   a0: row group, column member             a1: row group + 8, column member
//   a2: row group, column member + 4         a3: row group + 8, column member + 4
//   b0: row member, column group             b1: row member + 4, column group
//   c0, c1: row group, columns 2 member, 2 member + 1         c2, c3: the same of row group + 8
//
// How sums are rounded is not in the PTX ISA. What measurements of tensor cores found is modelled (Khattak and
// Mikaitis, "Accurate Models of NVIDIA Tensor Cores", arXiv 2512.07004): addends are brought to the largest exponent
// among them, where bits more than `kept_bits` below it are cut off; the sum of what is left is exact, and is cut off
// to binary32. A product's exponent is the sum of its factors'. With the 24 bits of compute capability 8.0, which adds
// four products at a time; 9.0 adds eight and keeps 25.

#include "meetings.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace gpu_emulator {

namespace {

constexpr unsigned rows = 16, columns = 8, depth = 8, products_at_once = 4;
constexpr int kept_bits = 24;

/// Only the upper 19 bits of an operand count.
float tf32(std::uint32_t bits) { return std::bit_cast<float>(bits & 0xFFFFE000u); }

struct Addend {
  double value;
  int exponent;
};

Addend product(float a, float b) {
  return {double{a} * double{b}, a == 0 || b == 0 ? -1000 : std::ilogb(a) + std::ilogb(b)};
}

float sum_of(float c, const float* a, const float* b) {
  double plain = double{c};  // finite only where all operands are, which alone have exponents
  for (unsigned i = 0; i < products_at_once; ++i) plain += double{a[i]} * double{b[i]};
  if (std::isnan(plain)) return std::bit_cast<float>(0x7FFFFFFFu);
  if (std::isinf(plain)) return static_cast<float>(plain);
  Addend addends[products_at_once + 1] = {{double{c}, c == 0 ? -1000 : std::ilogb(c)}};
  for (unsigned i = 0; i < products_at_once; ++i) addends[i + 1] = product(a[i], b[i]);
  int largest = -1000;
  for (const Addend& addend : addends) {
    if (addend.exponent > largest) largest = addend.exponent;
  }
  double sum = 0;  // exact: all addends are small multiples of one unit
  for (const Addend& addend : addends) sum += std::trunc(std::ldexp(addend.value, kept_bits - largest));
  sum = std::ldexp(sum, largest - kept_bits);
  const float rounded = static_cast<float>(sum);
  if (std::isinf(rounded)) return rounded;
  return std::fabs(double{rounded}) > std::fabs(sum) ? std::nextafter(rounded, 0.0f) : rounded;
}

}  // namespace

void multiply_tf32(Warp& warp, const Instruction& in) {
  float a[rows][depth], b[columns][depth], c[rows][columns];
  for (unsigned lane = 0; lane < warp_lanes; ++lane) {
    const unsigned group = lane / 4, member = lane % 4;
    const auto source = [&](unsigned i) { return warp.lanes<std::uint32_t>(in.source[i])[lane]; };
    a[group][member] = tf32(source(0));
    a[group + 8][member] = tf32(source(1));
    a[group][member + 4] = tf32(source(2));
    a[group + 8][member + 4] = tf32(source(3));
    b[group][member] = tf32(source(4));
    b[group][member + 4] = tf32(source(5));
    for (unsigned i = 0; i < 4; ++i) c[group + i / 2 * 8][2 * member + i % 2] = std::bit_cast<float>(source(6 + i));
  }
  for (unsigned i = 0; i < rows; ++i) {
    for (unsigned j = 0; j < columns; ++j) {
      for (unsigned first = 0; first < depth; first += products_at_once) {
        c[i][j] = sum_of(c[i][j], a[i] + first, b[j] + first);
      }
    }
  }
  for (unsigned lane = 0; lane < warp_lanes; ++lane) {
    for (unsigned i = 0; i < 4; ++i) {
      warp.lanes<float>(in.result[i])[lane] = c[lane / 4 + i / 2 * 8][lane % 4 * 2 + i % 2];
    }
  }
  // What one lane lacks is in the results of many.
  std::uint32_t defined = all_lanes;
  for (unsigned i = 0; i < in.sources; ++i) defined &= warp.defined[in.source[i].number];
  if (defined != all_lanes) {
    for (unsigned i = 0; i < in.results; ++i) warp.defined[in.result[i].number] = 0;
  }
}

}  // namespace gpu_emulator
