// Matrices as views, and quantized ones as operands of a product.

#include <hifloat/eigen/eigen.hpp>
#include <hifloat/matmul.hpp>
#include <hifloat/scaling/scaling.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace test_eigen_view {

namespace hf = hifloat;

namespace {

using hf::eigen::view;
using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

template <class T, class X>
void check_view(const hf::MatrixView<T>& v, const X& x) {
  REQUIRE(v.rows() == static_cast<std::size_t>(x.rows()));
  REQUIRE(v.columns() == static_cast<std::size_t>(x.cols()));
  std::size_t differences = 0;
  for (std::size_t i = 0; i < v.rows(); ++i) {
    for (std::size_t j = 0; j < v.columns(); ++j) {
      differences += &v(i, j) != &x.coeffRef(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j));
    }
  }
  CHECK(differences == 0);
}

template <class X>
concept HasView = requires(X&& x) {
  view(std::forward<X>(x));
};

}  // namespace

TEST_CASE("a view refers to the same elements") {
  Eigen::MatrixXf x(6, 5);
  RowMajor r(6, 5);
  check_view(view(x), x);
  check_view(view(r), r);
  check_view(view(x.block(1, 2, 3, 2)), x.block(1, 2, 3, 2));
  check_view(view(r.block(1, 2, 3, 2)), r.block(1, 2, 3, 2));
  check_view(view(x.transpose()), x.transpose());
  check_view(view(x.row(3)), x.row(3));
  check_view(view(r.col(3)), r.col(3));
  check_view(view(x.diagonal()), x.diagonal());
  Eigen::Vector3f v;
  check_view(view(v), v);
  Eigen::Map<RowMajor, 0, Eigen::Stride<11, 2>> map(x.data(), 2, 3);
  check_view(view(map), map);
  Eigen::MatrixXf empty(0, 3);
  CHECK(view(empty).columns() == 3);
  static_assert(std::is_same_v<decltype(view(x)), hf::MatrixView<float>>);
  static_assert(std::is_same_v<decltype(view(x.row(0))), hf::MatrixView<float>>);
  static_assert(std::is_same_v<decltype(view(std::as_const(x))), hf::MatrixView<const float>>);
  static_assert(std::is_same_v<decltype(view(std::as_const(x).row(0))), hf::MatrixView<const float>>);
}

TEST_CASE("what has no view") {
  static_assert(!HasView<Eigen::MatrixXf>);  // a temporary
  static_assert(HasView<Eigen::MatrixXf&>);
  static_assert(!HasView<decltype(Eigen::MatrixXf() + Eigen::MatrixXf())>);
  static_assert(!HasView<decltype(std::declval<Eigen::MatrixXf&>().reverse())>);
  using Backwards = Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>;
  Eigen::MatrixXf x(4, 4);
  const Eigen::Map<Eigen::MatrixXf, 0, Backwards> map(x.data() + 15, 2, 2, Backwards(-4, 1));
  CHECK_THROWS_AS((void)view(map), std::invalid_argument);
}

TEST_CASE("products of quantized matrices") {
  const Eigen::MatrixXf x = Eigen::MatrixXf::Random(7, 40);
  const RowMajor w = RowMajor::Random(6, 40) * 30;
  hf::ScalerGroup<> outputs({"a", "b", "c", "d", "e", "f"});
  const auto qx = hf::eigen::quantize(x, hf::CurrentScaler{});
  const auto qw = hf::eigen::quantize_rows(w, outputs);
  const auto qt = hf::eigen::quantize_columns(w.transpose(), outputs);
  const Eigen::MatrixXd expected = qx.dequantize<double>() * qw.dequantize<double>().transpose();
  const Eigen::MatrixXd bound = 0x1p-18 * (qx.dequantize<double>().cwiseAbs() *  // gamma_41 is 41 * 2^-24
                                           qw.dequantize<double>().cwiseAbs().transpose());
  const auto check = [&](const auto& y) {
    CHECK(((y.template cast<double>() - expected).cwiseAbs().array() <= bound.array()).all());
  };
  Eigen::MatrixXf y(7, 6);
  RowMajor whole = RowMajor::Zero(20, 20);
  hf::matmul(qx, hf::ScaledMatrix(qw).transposed(), view(y));
  check(y);
  y.setZero();
  hf::matmul(qx, qt, view(y));
  check(y);
  hf::matmul(qx, hf::PackedMatrix(qt), view(whole.block(3, 4, 7, 6)));
  check(whole.block(3, 4, 7, 6));
  CHECK(whole.topRows(3).isZero());
  hf::matmul(qw, hf::ScaledMatrix(qx).transposed(), view(whole.transpose().block(4, 3, 6, 7)).block(0, 0, 6, 7));
  check(whole.block(3, 4, 7, 6));
  CHECK_THROWS_AS(hf::matmul(qx, hf::ScaledMatrix(qt).transposed(), view(y)), std::invalid_argument);
  static_assert(!std::is_convertible_v<decltype(hf::eigen::quantize(x, hf::CurrentScaler{})), hf::ScaledMatrix>);
}

TEST_CASE("bfloat16 operands and results are matrices of hifloat::bfloat16") {
  using Words = Eigen::Matrix<hf::bfloat16, Eigen::Dynamic, Eigen::Dynamic>;
  const Eigen::MatrixXf x = Eigen::MatrixXf::Random(3, 5), w = Eigen::MatrixXf::Random(5, 2);
  const Words a = x.cast<hf::bfloat16>(), b = w.cast<hf::bfloat16>();
  Eigen::MatrixXf y(3, 2);
  Words rounded(3, 2);
  hf::matmul(view(a), view(b), view(y));
  hf::matmul(view(a), view(b), view(rounded));
  CHECK((y - a.cast<float>() * b.cast<float>()).cwiseAbs().maxCoeff() <= 0x1p-20f);
  CHECK(rounded.cast<float>() == y.cast<hf::bfloat16>().cast<float>());
}

}  // namespace test_eigen_view
