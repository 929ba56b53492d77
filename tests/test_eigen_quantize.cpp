// A matrix has the codes, stats and scale of its elements, however they lie in memory.

#include "model/hostile_matrices.hpp"

#include <hifloat/eigen/eigen.hpp>
#include <hifloat/qat/group_scaler.hpp>
#include <hifloat/scaling/scaling.hpp>
#include <hifloat/scaling/variant_scaler.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>

namespace test_eigen_quantize {

namespace hf = hifloat;

namespace {

using model::check_equal;
using model::check_quantize;
using model::elements;
using model::hostile;
using model::result;
using model::RowMajor;
using Dithered = hf::hif8<hf::rounding::Stochastic>;

constexpr hf::PhiloxKey key{.seed = 7, .stream = 3, .first_index = 11};

}  // namespace

TEST_CASE("any strides, in both storage orders, with and without random bits") {
  using Strides = Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>;
  const Eigen::MatrixXf x = hostile(40, 40, 1);
  const float* middle = x.data() + 800;
  const auto check = [](const auto& map) {
    check_quantize(map);
    const auto scaler = model::warm_scaler(100.0f);
    check_equal(result(hf::eigen::quantize<Dithered>(map, scaler, key)),
                result(scaler.quantize<Dithered>(elements(map), key)));
  };
  for (const Eigen::Index rows : {0, 1, 2, 7}) {
    for (const Eigen::Index cols : {0, 1, 3, 6}) {
      for (const Eigen::Index inner : {-2, -1, 1, 2, 11}) {
        for (const Eigen::Index outer : {-13, 0, 1, 3, 6, 7, 14, 40}) {
          check(Eigen::Map<const Eigen::MatrixXf, 0, Strides>(middle, rows, cols, Strides(outer, inner)));
          check(Eigen::Map<const RowMajor, 0, Strides>(middle, rows, cols, Strides(outer, inner)));
        }
      }
    }
  }
}

TEST_CASE("more lines than are copied at a time") {
  const Eigen::MatrixXf x = hostile(20, 200, 2);
  using EveryOther = Eigen::Stride<20, 2>;
  const Eigen::Map<const Eigen::MatrixXf, 0, EveryOther> map(x.data(), 9, 200);
  check_quantize(map);
  check_quantize(map, hf::CurrentScaler{});
  check_quantize(map.leftCols(65));
}

TEST_CASE("random bits of rows and columns do not depend on the storage order") {
  const Eigen::MatrixXf x = hostile(6, 5, 3);
  const RowMajor r = x;
  const hf::ScalerGroup<> rows({"a", "b", "c", "d", "e", "f"}), columns({"a", "b", "c", "d", "e"});
  const auto bits = [](const auto& quantized) {
    return quantized.codes().unaryExpr([](Dithered c) { return int{c.bits()}; }).eval();
  };
  const Eigen::MatrixXi by_rows = bits(hf::eigen::quantize_rows<Dithered>(x, rows, key));
  const Eigen::MatrixXi by_columns = bits(hf::eigen::quantize_columns<Dithered>(r, columns, key));
  CHECK(by_rows == bits(hf::eigen::quantize_rows<Dithered>(r, rows, key)));
  CHECK(by_columns == bits(hf::eigen::quantize_columns<Dithered>(x, columns, key)));
  const auto bits_behind = [](std::uint64_t first) {
    return hf::PhiloxKey{.seed = key.seed, .stream = key.stream, .first_index = key.first_index + first};
  };
  const auto row = rows.quantize<Dithered>(2, elements(x.row(2)), bits_behind(2 * 5));
  const auto column = columns.quantize<Dithered>(3, elements(r.col(3)), bits_behind(3 * 6));
  for (int j = 0; j < 5; ++j) CHECK(by_rows(2, j) == row.codes()[static_cast<std::size_t>(j)].bits());
  for (int i = 0; i < 6; ++i) CHECK(by_columns(i, 3) == column.codes()[static_cast<std::size_t>(i)].bits());
}

TEST_CASE("matrices, blocks and vectors of every type") {
  const Eigen::MatrixXf x = hostile(13, 9, 1);
  const RowMajor r = hostile(13, 9, 2);
  check_quantize(x);
  check_quantize(r);
  check_quantize(x.block(2, 3, 7, 4));
  check_quantize(r.block(2, 3, 7, 4));
  check_quantize(x.middleCols(2, 5));
  check_quantize(x.row(4));
  check_quantize(r.col(4).segment(1, 5));
  check_quantize(x.diagonal());
  check_quantize(x.topLeftCorner<3, 2>());
  check_quantize(Eigen::Vector4f(x.col(0).head<4>()));
  check_quantize(Eigen::Matrix<float, 1, 1>(2.5f));
  check_quantize(Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor, 16, 16>(x));
  check_quantize(Eigen::Ref<const Eigen::VectorXf, 0, Eigen::InnerStride<>>(x.row(3).transpose()));
}

TEST_CASE("empty matrices keep their shape") {
  check_quantize(RowMajor(5, 0));
  const auto q = hf::eigen::quantize(Eigen::MatrixXf(0, 5), hf::CurrentScaler{});
  CHECK(q.rows() == 0);
  CHECK(q.dequantize().cols() == 5);
  Eigen::MatrixXf y(0, 5);
  q.dequantize(y);
  CHECK_THROWS_AS(q.dequantize(Eigen::MatrixXf(5, 0)), std::invalid_argument);
}

TEST_CASE("expressions are evaluated, once") {
  const Eigen::MatrixXf x = hostile(6, 5, 3), y = hostile(6, 5, 4);
  check_quantize(x + 2 * y);
  check_quantize(x.reverse());
  check_quantize(x.cwiseMin(2.0f) * y.transpose());
  int calls = 0;
  const auto counted = Eigen::MatrixXf::NullaryExpr(6, 5, [&] { return static_cast<float>(++calls); });
  (void)hf::eigen::quantize(counted, hf::DelayedScaler<>{});  // cold: the amax first, then the codes
  CHECK(calls == 30);
}

TEST_CASE("one scale for the whole matrix, by any scaler") {
  Eigen::MatrixXf x = Eigen::MatrixXf::Constant(6, 6, 0.25f);
  x(4, 4) = -30.0f;
  const auto part = x.block(1, 1, 4, 4);
  check_quantize(part, hf::DelayedScaler<>{});
  check_quantize(part, hf::CurrentScaler{});
  check_quantize(part, hf::CurrentScaler(hf::ScalingOptions{.target = 224.0f, .power_of_two = true}));
  hf::DelayedScaler<hf::amax::Max, 4> repairing(hf::ScalingOptions{.repair = 2.0f});
  repairing.observe(1.0f);
  repairing.commit();
  check_quantize(part, repairing);
  hf::ScalerGroup<hf::amax::Mean, 4> group({"a", "b"});
  group.observe(1, 20.0f);
  group.commit();
  check_quantize(part, group.tensor(0));
  check_quantize(part, group.tensor(1));
  CHECK(hf::eigen::quantize(part, hf::DelayedScaler<>{}).inverse_scale() == 2.0f);
  repairing.set_mode(hf::ScalingMode::Calibrate);
  CHECK_THROWS_AS((void)hf::eigen::quantize(part, repairing), std::logic_error);
  const hf::VariantScaler<hf::CurrentScaler, hf::DelayedScaler<hf::amax::Max, 4>> chosen(hf::CurrentScaler{});
  check_quantize(part, chosen);
  const hf::qat::GroupScaler<hf::ScalerGroup<hf::amax::Mean, 4>> of_group(group, 1);
  check_equal(result(hf::eigen::quantize(part, of_group)), result(group.tensor(1).quantize(elements(part))));
}

TEST_CASE("NaN") {
  Eigen::MatrixXf x = hostile(5, 6, 8);
  x(2, 2) = std::numeric_limits<float>::quiet_NaN();
  check_quantize(x.leftCols(4));
  check_quantize(x.topRows(4));
  const auto q = hf::eigen::quantize(x, hf::CurrentScaler{});
  CHECK(q.codes().array().isNaN().count() == 1);
  CHECK(q.codes().hasNaN());
}

TEST_CASE("by an executor") {
  struct Backwards {
    std::size_t* pieces;
    [[nodiscard]] static std::size_t concurrency() { return 3; }
    void operator()(std::size_t count, const hf::Task& task) const {
      for (std::size_t i = count; i-- > 0; ++*pieces) task(i);
    }
  };
  std::size_t pieces = 0;
  const Eigen::MatrixXf x = hostile(600, 300, 10);
  const auto block = x.middleCols(10, 250);
  const auto q = hf::eigen::quantize(Backwards{&pieces}, block, hf::CurrentScaler{});
  CHECK(pieces > 1);
  check_equal(result(q), result(hf::CurrentScaler{}.quantize(elements(block))));
  const auto strided = hf::eigen::quantize(Backwards{&pieces}, x.topRows(500), hf::CurrentScaler{});
  check_equal(result(strided), result(hf::CurrentScaler{}.quantize(elements(x.topRows(500)))));
  pieces = 0;
  Eigen::MatrixXf y(600, 250);
  q.dequantize(Backwards{&pieces}, y);
  CHECK(pieces > 1);
  CHECK(y == q.dequantize());
}

}  // namespace test_eigen_quantize
