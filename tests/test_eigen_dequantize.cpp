// The values of quantized matrices go where they are wanted, in any floating type.

#include "model/hostile_matrices.hpp"

#include <hifloat/eigen/eigen.hpp>
#include <hifloat/scaling/scaling.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <type_traits>

namespace test_eigen_dequantize {

namespace hf = hifloat;

namespace {

using model::check_quantize;
using model::hostile;
using model::RowMajor;
using model::same_bits;
using model::warm_scaler;
template <class T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;

/// Values written to `to`, a part of `whole`, are those of the codes, and nothing else changes.
template <class Q, class Whole, class Part>
void check_dequantize(const Q& q, Whole& whole, Part&& to) {
  using T = typename Whole::Scalar;
  const T mark(-123.0f);
  whole.setConstant(mark);
  q.dequantize(to);
  typename Q::template Values<T> expected(q.rows(), q.cols());
  hf::decode(std::span(q.codes().data(), static_cast<std::size_t>(q.codes().size())),
             std::span(expected.data(), static_cast<std::size_t>(expected.size())), q.inverse_scale());
  std::size_t differences = 0;
  for (Eigen::Index i = 0; i < to.rows(); ++i) {
    for (Eigen::Index j = 0; j < to.cols(); ++j) differences += !same_bits<T>(to(i, j), expected(i, j));
  }
  CHECK(differences == 0);
  std::size_t marks = 0;
  for (Eigen::Index i = 0; i < whole.rows(); ++i) {
    for (Eigen::Index j = 0; j < whole.cols(); ++j) marks += same_bits<T>(whole(i, j), mark);
  }
  CHECK(marks == static_cast<std::size_t>(whole.size() - to.size()));
}

}  // namespace

TEST_CASE("other floating types") {
  const Eigen::MatrixXf x = hostile(7, 6, 5);
  check_quantize(x.cast<Eigen::half>().eval().block(1, 1, 5, 4));
  check_quantize(x.cast<Eigen::bfloat16>().eval());
  const auto q = hf::eigen::quantize(x, warm_scaler(3.0f));
  Matrix<Eigen::half> h(9, 6);
  Matrix<Eigen::bfloat16> b(7, 6);
  check_dequantize(q, h, h.topRows(7));
  check_dequantize(q, b, b);
}

TEST_CASE("values go into any matrix, map or block") {
  const auto q = hf::eigen::quantize(hostile(4, 3, 6), warm_scaler(3.0f));
  Eigen::MatrixXf owned = q.dequantize();
  check_dequantize(q, owned, owned);
  CHECK(owned == q.dequantize());
  Eigen::MatrixXf whole(10, 9);
  RowMajor rows(10, 9);
  check_dequantize(q, whole, whole.block(1, 2, 4, 3));
  check_dequantize(q, rows, rows.block(1, 2, 4, 3));
  check_dequantize(q, whole, whole.block(1, 2, 3, 4).transpose());
  check_dequantize(q, whole, whole.block(1, 2, 4, 3).reverse());
  check_dequantize(q, whole, Eigen::Ref<Eigen::MatrixXf>(whole.topLeftCorner(4, 3)));
  check_dequantize(q, whole, Eigen::Map<Eigen::Matrix<float, 4, 3>>(whole.data() + 5));
  check_dequantize(q, whole, Eigen::Map<Eigen::MatrixXf, 0, Eigen::Stride<30, 2>>(whole.data(), 4, 3));
  check_dequantize(q, whole, whole(Eigen::seqN(0, 4, 2), Eigen::seqN(1, 3, 2)));
  const auto wide = hf::eigen::quantize(hostile(3, 150, 6), warm_scaler(3.0f));
  RowMajor wide_rows(5, 160);
  check_dequantize(wide, wide_rows, wide_rows.block(1, 2, 3, 150));
  const auto row = hf::eigen::quantize(hostile(1, 9, 7).row(0), hf::CurrentScaler{});
  check_dequantize(row, whole, whole.row(6));
  check_dequantize(row, rows, rows.row(6));
  const Eigen::MatrixXf before = whole;
  CHECK_THROWS_AS(q.dequantize(whole), std::invalid_argument);
  CHECK_THROWS_AS(q.dequantize(whole.topLeftCorner(3, 4)), std::invalid_argument);
  CHECK(whole == before);
}

TEST_CASE("a matrix may be replaced by its own values") {
  Eigen::MatrixXf x = hostile(6, 3, 9);
  const Eigen::MatrixXf before = x;
  const auto q = hf::eigen::quantize(x, hf::CurrentScaler{});
  q.dequantize(x);
  CHECK(x == q.dequantize());
  x = before;
  x.topRows(4) = hf::eigen::quantize(x.bottomRows(4), hf::CurrentScaler{}).dequantize();
  CHECK(x.topRows(4) == hf::eigen::quantize(before.bottomRows(4), hf::CurrentScaler{}).dequantize());
}

}  // namespace test_eigen_dequantize
