// HiF8 numbers as Eigen's scalars: expressions compute what the numbers do one by one, casts round once.

#include <hifloat/eigen/numbers.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <sstream>
#include <type_traits>

namespace test_eigen_numbers {

namespace hf = hifloat;

namespace {

using hf::hif8_t;
using Truncating = hf::hif8<hf::rounding::TowardZero, hf::overflow::Infinity>;
using Dithered = hf::hif8<hf::rounding::Stochastic>;
using Hybrid = hf::hif8<hf::rounding::Hybrid>;
template <class T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
using Small = Eigen::Matrix<hif8_t, 3, 4>;

/// All 256 codes, and then again from a different one on.
template <class T = hif8_t>
Matrix<T> codes(int first = 0) {
  Matrix<T> m(16, 16);
  for (Eigen::Index i = 0; i < m.size(); ++i) m(i) = T::from_bits(static_cast<std::uint8_t>(i * 37 + first));
  return m;
}

template <class A, class B>
bool same_bits(const A& a, const B& b) {
  if (a.rows() != b.rows() || a.cols() != b.cols()) return false;
  for (Eigen::Index i = 0; i < a.rows(); ++i) {
    for (Eigen::Index j = 0; j < a.cols(); ++j) {
      if (a(i, j).bits() != b(i, j).bits()) return false;
    }
  }
  return true;
}

/// f(a, b) for each pair of coefficients.
template <class T, class F>
Matrix<T> each(const Matrix<T>& a, const Matrix<T>& b, F f) {
  Matrix<T> m(a.rows(), a.cols());
  for (Eigen::Index i = 0; i < m.size(); ++i) m(i) = f(a(i), b(i));
  return m;
}

}  // namespace

TEST_CASE("expressions compute as the numbers do") {
  using T = hif8_t;
  const Matrix<T> a = codes<T>(), b = codes<T>(91);
  CHECK(same_bits((a + b).eval(), each(a, b, [](T x, T y) { return x + y; })));
  CHECK(same_bits(a.cwiseQuotient(b).eval(), each(a, b, [](T x, T y) { return x / y; })));
  CHECK(same_bits(a.cwiseAbs().eval(), each(a, b, [](T x, T) { return abs(x); })));
  CHECK(same_bits(a.cwiseMin(b).eval(), each(a, b, [](T x, T y) { return y < x ? y : x; })));
  CHECK(same_bits((T(3) * a + b.cwiseProduct(a) / T(7)).eval(),
                  each(a, b, [](T x, T y) { return T(3) * x + y * x / T(7); })));
  Matrix<T> c = -a.transpose();
  c.transposeInPlace();
  c.noalias() -= b;
  CHECK(same_bits(c, each(a, b, [](T x, T y) { return -x - y; })));
  const Matrix<Truncating> d = codes<Truncating>(), e = codes<Truncating>(91);
  CHECK(same_bits((d - e * Truncating(3)).eval(),
                  each(d, e, [](Truncating x, Truncating y) { return x - y * Truncating(3); })));
}

TEST_CASE("comparisons, NaN and infinity") {
  Matrix<hif8_t> a = codes(), b = codes(91);
  Eigen::Index less = 0, nan = 0, finite = 0;
  for (Eigen::Index i = 0; i < a.size(); ++i) {
    less += a(i) < b(i);
    nan += isnan(a(i));
    finite += isfinite(a(i));
  }
  CHECK((a.array() < b.array()).count() == less);
  CHECK(a.array().isNaN().count() == nan);
  CHECK(a.array().isFinite().count() == finite);
  CHECK(a.hasNaN());
  CHECK_FALSE(a.allFinite());
  CHECK_FALSE(a == a);  // NaN
  a = a.array().isNaN().select(hif8_t{}, a);
  CHECK(a == a);
  CHECK_FALSE(a.hasNaN());
  CHECK((a.array() == hif8_t{}).count() == 2);  // zero, and what was NaN
}

TEST_CASE("reductions") {
  Small m;
  m << hif8_t(1.0f), hif8_t(-2.0f), hif8_t(0.5f), hif8_t(4.0f),  //
      hif8_t(0.25f), hif8_t(-6.0f), hif8_t(3.0f), hif8_t(1.5f),  //
      hif8_t(-1.0f), hif8_t(2.0f), hif8_t(7.0f), hif8_t(0.125f);
  Eigen::Index row = 0, column = 0;
  CHECK(m.minCoeff(&row, &column) == hif8_t(-6.0f));
  CHECK(row == 1);
  CHECK(column == 1);
  CHECK(m.maxCoeff() == hif8_t(7.0f));
  CHECK(m.cwiseAbs().maxCoeff() == hif8_t(7.0f));
  CHECK(m.row(2).head(3).sum() == hif8_t(8.0f));  // exact at every step
  CHECK(m.col(0).head(2).prod() == hif8_t(0.25f));
  CHECK(m.row(0).head(2).squaredNorm() == hif8_t(5.0f));
  CHECK(m.row(1).head(1).norm() == hif8_t(0.25f));
  CHECK(m.col(1).cwiseAbs().cwiseSqrt()(1) == sqrt(hif8_t(6.0f)));
  CHECK(m.col(1).tail(1).normalized()(0) == hif8_t(1.0f));
  CHECK(m.lpNorm<Eigen::Infinity>() == hif8_t(7.0f));
  CHECK(m.diagonal().sum() == hif8_t(2.0f));
  CHECK(m.isApprox(m));
  CHECK_FALSE(m.isApprox(-m));
  CHECK(Small::Zero().isZero());
  CHECK(Eigen::Matrix<hif8_t, 3, 3>::Identity().isIdentity());
  CHECK(Small::Ones().sum() == hif8_t(12.0f));
  CHECK(Small::Ones().mean() == hif8_t(1.0f));
}

TEST_CASE("matrix products, in sizes with and without loops") {
  // Small integers: every sum is a HiF8 number, so the order of summation does not matter.
  for (const Eigen::Index n : {1, 3, 12, 40}) {
    Matrix<hif8_t> a(n, 3), b(3, n);
    for (Eigen::Index i = 0; i < a.size(); ++i) {
      a(i) = hif8_t(i % 3 - 1);
      b(i) = hif8_t(i % 5 - 2);
    }
    const Eigen::MatrixXf expected = a.cast<float>() * b.cast<float>();
    CHECK((a * b).eval().cast<float>() == expected);
    CHECK((a * b.col(0)).eval().cast<float>() == expected.col(0));
    CHECK(static_cast<float>(a.row(0).dot(b.col(n - 1))) == expected(0, n - 1));
  }
}

TEST_CASE("casts round once, and back they are exact") {
  const Eigen::ArrayXf x = Eigen::ArrayXf::LinSpaced(5000, -70.0f, 70.0f).cube();
  const auto q = x.cast<hif8_t>().eval();
  const auto from_double = x.cast<double>().cast<hif8_t>().eval();
  const auto h = x.cast<Eigen::half>().eval();
  const auto b = x.cast<Eigen::bfloat16>().eval();
  const auto from_half = h.cast<hif8_t>().eval();
  const auto from_bfloat16 = b.cast<hif8_t>().eval();
  const auto truncated = x.cast<Truncating>().eval();
  for (Eigen::Index i = 0; i < x.size(); ++i) {
    CHECK(q(i).bits() == hf::encode(x(i)));
    CHECK(from_double(i).bits() == hf::encode(double{x(i)}));
    CHECK(from_half(i).bits() == hf::encode(static_cast<float>(h(i))));
    CHECK(from_bfloat16(i).bits() == hf::encode(static_cast<float>(b(i))));
    CHECK(truncated(i).bits() == hf::encode<hf::rounding::TowardZero, hf::overflow::Infinity>(x(i)));
  }
  const Matrix<hif8_t> all = codes().unaryExpr([](hif8_t c) { return isnan(c) ? hif8_t{} : c; });
  CHECK(same_bits(all.cast<float>().cast<hf::hif8<hf::rounding::TiesAway, hf::overflow::Infinity>>().eval(), all));
  CHECK(all.cast<double>() == all.cast<float>().cast<double>());
  CHECK(all.cast<Eigen::bfloat16>().cast<float>() == all.cast<float>());
  CHECK(all.cast<Eigen::half>().cast<float>() == all.cast<float>());
  CHECK(same_bits(all.cast<Truncating>().eval(), all));
  CHECK(Eigen::MatrixXi::Constant(2, 2, 17).cast<hif8_t>() == Matrix<hif8_t>::Constant(2, 2, hif8_t(17)));
}

TEST_CASE("types without arithmetic are stored, compared and cast") {
  const Matrix<Dithered> m = codes<Dithered>();
  Matrix<Hybrid> h = m.transpose().cast<Hybrid>();
  CHECK(same_bits(h, m.transpose()));
  h.row(0).swap(h.row(1));
  CHECK(same_bits(h.row(0), m.transpose().row(1)));
  CHECK((m.array() == m.array()).count() == 255);
  CHECK((-m).eval()(0, 1).bits() == (-m(0, 1)).bits());
  CHECK(same_bits(m.cast<float>().cast<hf::hif8<hf::rounding::TiesAway, hf::overflow::Infinity>>().eval(), m));
  h.conservativeResize(3, 20);
  CHECK(h(2, 1).bits() == m(1, 2).bits());
}

TEST_CASE("what Eigen knows of the type") {
  using Traits = Eigen::NumTraits<hif8_t>;
  static_assert(!Traits::IsInteger && Traits::IsSigned && !Traits::IsComplex && !Traits::RequireInitialization);
  CHECK(Traits::epsilon() == std::numeric_limits<hif8_t>::epsilon());
  CHECK(Traits::highest() == hif8_t(32768.0f));
  CHECK(Traits::lowest() == hif8_t(-32768.0f));
  CHECK(isinf(Traits::infinity()));
  CHECK(isnan(Traits::quiet_NaN()));
  CHECK(Traits::digits() == 4);
}

TEST_CASE("printed as numbers") {
  std::ostringstream text;
  Eigen::Matrix<hif8_t, 2, 2> m;
  m << hif8_t(1.5f), hif8_t(-20.0f), Eigen::NumTraits<hif8_t>::infinity(), Eigen::NumTraits<hif8_t>::quiet_NaN();
  text << m;
  CHECK(text.str() == "1.5 -20\ninf nan");
}

TEST_CASE("maps of codes from elsewhere") {
  const std::uint8_t bytes[]{0x08, 0x88, 0x0C, 0x00, 0x6E, 0x10};
  hif8_t numbers[6];
  for (std::size_t i = 0; i < 6; ++i) numbers[i] = hif8_t::from_bits(bytes[i]);
  using RowMajor = Eigen::Matrix<hif8_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const RowMajor> map(numbers, 2, 3);
  CHECK(map(0, 1) == hif8_t(-1.0f));
  CHECK(map(1, 1) == hif8_t(32768.0f));
  Eigen::Map<Matrix<hif8_t>, 0, Eigen::Stride<2, 2>>(numbers, 1, 3).setZero();
  CHECK(map(0, 0) == hif8_t{});
  CHECK(map(0, 2) == hif8_t{});
  CHECK(map(1, 1) == hif8_t{});
}

}  // namespace test_eigen_numbers
