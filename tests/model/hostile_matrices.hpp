// Matrices that quantizers trip over, and what quantizing them gave in a form that does not depend on their types.
#pragma once

#include <hifloat/eigen/eigen.hpp>
#include <hifloat/scaling/scaling.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

namespace model {

namespace hf = hifloat;

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Numbers of all magnitudes and both signs, with a few that quantizers trip over.
inline Eigen::MatrixXf hostile(Eigen::Index rows, Eigen::Index cols, std::uint32_t seed) {
  Eigen::MatrixXf x(rows, cols);
  for (Eigen::Index i = 0; i < x.size(); ++i) {
    seed = seed * 1664525u + 1013904223u;
    const std::uint32_t exponent = 100 + seed % 40;
    x(i) = std::bit_cast<float>((seed & 0x807FFFFFu) | exponent << 23);
  }
  if (x.size() > 20) {
    x(3) = std::numeric_limits<float>::infinity();
    x(8) = 0.0f;
    x(11) = std::numeric_limits<float>::denorm_min();
    x(17) = -0.0f;
  }
  return x;
}

template <class T>
bool same_bits(T a, T b) {
  using Word = std::conditional_t<sizeof(T) == 8, std::uint64_t,
                                  std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint16_t>>;
  return std::bit_cast<Word>(a) == std::bit_cast<Word>(b);
}

/// What quantizing gave, whatever the matrix was.
struct Result {
  std::vector<std::uint8_t> codes;
  hf::QuantizedInfo info;

  template <class Code>
  Result(const Code* first, std::size_t count, const hf::QuantizedInfo& how) : codes(count), info(how) {
    for (std::size_t i = 0; i < count; ++i) codes[i] = first[i].bits();
  }
};
template <class Codes>
Result result(const hf::eigen::QuantizedMatrix<Codes>& q) {
  return {q.codes().data(), static_cast<std::size_t>(q.codes().size()), q};
}
template <class Code>
Result result(const hf::Quantized<Code>& q) {
  return {q.codes().data(), q.size(), q};
}

inline void check_equal(const Result& got, const Result& expected) {
  CHECK(got.codes == expected.codes);
  CHECK(same_bits(got.info.inverse_scale(), expected.info.inverse_scale()));
  CHECK(got.info.stats() == expected.info.stats());
  CHECK(got.info.epoch() == expected.info.epoch());
  CHECK(got.info.has_own_scale() == expected.info.has_own_scale());
}

/// In storage order.
template <class X>
std::vector<typename X::Scalar> elements(const X& x) {
  const typename X::PlainObject plain = x;
  return {plain.data(), plain.data() + plain.size()};
}

inline hf::DelayedScaler<> warm_scaler(float amax) {
  hf::DelayedScaler<> scaler;
  scaler.observe(amax);
  scaler.commit();
  return scaler;
}

template <class X, class Scaler = hf::DelayedScaler<>>
void check_quantize(const X& x, const Scaler& scaler = warm_scaler(3.0f)) {
  const auto q = hf::eigen::quantize(x, scaler);
  using Eigens = typename std::remove_cvref_t<decltype(x.template cast<hf::hif8_t>())>::PlainObject;
  static_assert(std::is_same_v<decltype(q), const hf::eigen::QuantizedMatrix<Eigens>>);
  check_equal(result(q), result(scaler.quantize(elements(x))));
}

}  // namespace model
