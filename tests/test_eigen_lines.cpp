// A scale for each row, or each column: the codes are those of a ScalerGroup that is given the lines one by one.

#include "model/hostile_matrices.hpp"

#include <hifloat/eigen/eigen.hpp>
#include <hifloat/scaling/scaling.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace test_eigen_lines {

namespace hf = hifloat;

namespace {

using hf::eigen::Lines;
using model::hostile;
using model::RowMajor;
using model::same_bits;
using Group = hf::ScalerGroup<hf::amax::Max, 4>;

/// Tensors with scales of their own; every third one is cold.
Group group_of(Eigen::Index tensors) {
  std::vector<std::string> names;
  for (Eigen::Index i = 0; i < tensors; ++i) names.push_back("line " + std::to_string(i));
  Group group(std::move(names));
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (i % 3 != 2) group.observe(i, 0.5f + static_cast<float>(i));
  }
  group.commit();
  return group;
}

using Matrix = Eigen::MatrixXf;
using Codes = Eigen::Matrix<hf::hif8_t, Eigen::Dynamic, Eigen::Dynamic>;

template <Lines lines>
std::vector<float> line(const Matrix& x, Eigen::Index i) {
  std::vector<float> list;
  for (Eigen::Index j = 0; j < (lines == Lines::Rows ? x.cols() : x.rows()); ++j) {
    list.push_back(lines == Lines::Rows ? x(i, j) : x(j, i));
  }
  return list;
}

/// How many codes, scales, stats and values are not those of the lines one by one.
template <Lines lines>
std::size_t differences(const Matrix& x, const Group& group, const Codes& codes,
                        std::span<const hf::QuantizedInfo> infos, const Matrix& values, const RowMajor& rows,
                        const Matrix& whole) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < group.size(); ++i) {
    const auto expected = group.quantize(i, line<lines>(x, static_cast<Eigen::Index>(i)));
    const std::vector<float> expected_values = expected.dequantize();
    for (std::size_t j = 0; j < expected.size(); ++j) {
      const auto row = static_cast<Eigen::Index>(lines == Lines::Rows ? i : j);
      const auto column = static_cast<Eigen::Index>(lines == Lines::Rows ? j : i);
      count += codes(row, column).bits() != expected.codes()[j].bits();
      count += !same_bits(values(row, column), expected_values[j]);
      count += !same_bits(rows(row, column), expected_values[j]);
      count += !same_bits(whole(row, x.cols() + column), expected_values[j]);
    }
    count += !same_bits(infos[i].inverse_scale(), expected.inverse_scale());
    count += infos[i].stats() != expected.stats() || infos[i].epoch() != expected.epoch();
  }
  return count;
}

template <Lines lines, class X>
void check_lines(const X& x) {
  const Group group = group_of(lines == Lines::Rows ? x.rows() : x.cols());
  const auto q = [&] {
    if constexpr (lines == Lines::Rows) return hf::eigen::quantize_rows(x, group);
    if constexpr (lines == Lines::Columns) return hf::eigen::quantize_columns(x, group);
  }();
  static_assert(int{decltype(q.dequantize())::IsRowMajor} == int{X::IsRowMajor});
  Matrix whole = Matrix::Zero(2 * x.rows(), 2 * x.cols());
  q.dequantize(whole.block(0, x.cols(), x.rows(), x.cols()));
  RowMajor rows(x.rows(), x.cols());
  q.dequantize(rows);
  REQUIRE(q.infos().size() == group.size());
  CHECK(differences<lines>(x, group, q.codes(), q.infos(), q.dequantize(), rows, whole) == 0);
  const Eigen::Map<const Eigen::VectorXf> scales = q.inverse_scales();
  hf::QuantizeStats sum;
  for (std::size_t i = 0; i < group.size(); ++i) {
    CHECK(same_bits(scales(static_cast<Eigen::Index>(i)), q.infos()[i].inverse_scale()));
    sum += q.infos()[i].stats();
  }
  CHECK(q.stats() == sum);
  whole.block(0, x.cols(), x.rows(), x.cols()).setZero();
  CHECK(whole.isZero());
}

template <class X>
void check_rows_and_columns(const X& x) {
  check_lines<Lines::Rows>(x);
  check_lines<Lines::Columns>(x);
}

}  // namespace

TEST_CASE("rows and columns of every layout") {
  const Eigen::MatrixXf x = hostile(9, 7, 1);
  const RowMajor r = hostile(9, 7, 2);
  using Strides = Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>;
  for (const Eigen::Index inner : {-1, 1, 2}) {
    for (const Eigen::Index outer : {-5, 0, 1, 4, 6, 9}) {
      for (const auto& [rows, cols] : {std::pair{3, 4}, {4, 3}, {1, 4}, {4, 1}, {0, 3}, {3, 0}}) {
        check_rows_and_columns(
            Eigen::Map<const Eigen::MatrixXf, 0, Strides>(x.data() + 30, rows, cols, Strides(outer, inner)));
        check_rows_and_columns(
            Eigen::Map<const RowMajor, 0, Strides>(r.data() + 30, rows, cols, Strides(outer, inner)));
      }
    }
  }
  check_rows_and_columns(hostile(130, 3, 3));  // more lines than are copied at a time
  check_rows_and_columns(hostile(3, 130, 4));
  check_rows_and_columns(x.col(3));
  check_rows_and_columns(x.row(3));
  check_rows_and_columns(Eigen::Matrix<float, 3, 4, Eigen::RowMajor>(x.topLeftCorner<3, 4>()));
}

TEST_CASE("a step: quantize, observe, commit") {
  Group group = group_of(4), by_hand = group_of(4);
  Eigen::MatrixXf x = hostile(4, 20, 4).cwiseMin(1000.0f).cwiseMax(-1000.0f);
  x(2, 7) = std::numeric_limits<float>::quiet_NaN();
  const auto q = hf::eigen::quantize_rows(x, group);
  hf::eigen::observe(group, q);
  for (std::size_t i = 0; i < 4; ++i) by_hand.observe(i, hf::abs_max(line<Lines::Rows>(x, static_cast<int>(i))));
  CHECK(group.state() == by_hand.state());
  CHECK(group.commit());
  CHECK(by_hand.commit());
  CHECK(group.state() == by_hand.state());
  CHECK(group.dropped_steps(2) == 1);
  CHECK(group.dropped_steps(1) == 0);
  CHECK(q.infos()[0].epoch() == 1);
  CHECK(group.epoch(0) == 2);
}

TEST_CASE("a group of another size") {
  Group group = group_of(4);
  int calls = 0;
  group.reset();
  group.set_reduction([&](std::span<std::uint32_t>) { ++calls; });
  const Eigen::MatrixXf x = hostile(4, 3, 5);
  CHECK_THROWS_WITH_AS((void)hf::eigen::quantize_columns(x, group),
                       doctest::Contains("a scaler group of size 4 for a matrix of 3 lines"), std::invalid_argument);
  CHECK_THROWS_AS((void)hf::eigen::quantize_rows(x.topRows(3), group), std::invalid_argument);
  CHECK(calls == 0);
  const auto q = hf::eigen::quantize_rows(x, group);
  CHECK(calls == 4);
  const hf::ScalerGroupState before = group.state();
  Group other = group_of(3);
  CHECK_THROWS_AS(hf::eigen::observe(other, q), std::invalid_argument);
  CHECK(group.state() == before);
  Eigen::MatrixXf y(3, 4);
  CHECK_THROWS_WITH_AS(q.dequantize(y), doctest::Contains("different sizes: 4 x 3 and 3 x 4"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(hf::eigen::QuantizedColumns<Codes>(q.codes(), {q.infos().begin(), q.infos().end()}),
                       doctest::Contains("4 infos for a quantized matrix of 3 lines"), std::invalid_argument);
}

TEST_CASE("made by default: zeros") {
  const hf::eigen::QuantizedRows<Eigen::Matrix<hf::hif8_t, 2, 3>> rows;
  CHECK(rows.dequantize().isZero());
  CHECK(rows.inverse_scales() == Eigen::Vector2f::Ones());
  const hf::eigen::QuantizedColumns<Codes> none;
  CHECK(none.dequantize().size() == 0);
  CHECK(none.stats() == hf::QuantizeStats{});
}

}  // namespace test_eigen_lines
