// What a product refuses, before anything is written.
#include <doctest/doctest.h>

#include <cstddef>
#include <limits>
#include <span>
#include <stdexcept>
#include <vector>

#include <hifloat/hif8.hpp>
#include <hifloat/matmul.hpp>

namespace test_matmul_mistakes {

namespace hf = hifloat;
using hf::hif8_t;

TEST_CASE("mistakes are told before anything is written") {
  std::vector<hif8_t> x(64, hif8_t(1));
  std::vector<hf::bfloat16> words(64);
  std::vector<float> y(64, 7.0f);
  const auto a = hf::row_major(x, 2, 3), b = hf::row_major(x, 3, 4);
  const auto c = hf::row_major(y, 2, 4);
  const std::vector<float> two{1, 2}, three{1, 2, 3}, bad{1, std::numeric_limits<float>::quiet_NaN()};
  using hf::InverseScales;
  const auto refuses = [&](auto&& call, const char* why) {
    CHECK_THROWS_WITH_AS(call(), doctest::Contains(why), std::invalid_argument);
    CHECK(y == std::vector<float>(64, 7.0f));
  };
  refuses([&] { hf::matmul(a, a, c); }, "has 3 columns, the right one 2 rows");
  refuses([&] { hf::matmul(a, b, hf::row_major(y, 3, 4)); }, "is 3 x 4, the product 2 x 4");
  refuses([&] { hf::matmul(a, b, c.transposed()); }, "is 4 x 2, the product 2 x 4");
  refuses([&] { hf::matmul(a, hf::PackedMatrix(a), c); }, "has 3 columns, the right one 2 rows");
  refuses([&] { hf::matmul(hf::row_major(words, 2, 3), b, c); }, "HiF8 with bfloat16");
  refuses([&] { hf::matmul(hf::row_major(words, 2, 3), hf::PackedMatrix(b), c); }, "HiF8 with bfloat16");
  refuses([&] { hf::matmul({a, InverseScales::per_column(three)}, b, c); }, "along the summed dimension");
  refuses([&] { hf::matmul(a, {b, InverseScales::per_row(three)}, c); }, "along the summed dimension");
  refuses([&] { (void)hf::PackedMatrix({b, InverseScales::per_row(three)}); }, "along the summed dimension");
  refuses([&] { hf::matmul({a, InverseScales::per_row(three)}, b, c); }, "3 inverse scales for 2 rows");
  refuses([&] { hf::matmul(a, {b, InverseScales::per_column(three)}, c); }, "3 inverse scales for 4 columns");
  refuses([&] { hf::matmul({a, InverseScales::per_row(bad)}, b, c); }, "outside [2^-126, 2^126]");
  for (const float scale : {0.0f, -1.0f, 0x1p-127f, std::numeric_limits<float>::infinity()}) {
    refuses([&] { hf::matmul({a, scale}, b, c); }, "outside [2^-126, 2^126]");
    refuses([&] { hf::matmul(a, {b, scale}, c); }, "outside [2^-126, 2^126]");
  }
  refuses([&] { hf::matmul(a, b, hf::MatrixView<float>(y.data(), 2, 4, 0, 1)); }, "share memory");
  refuses([&] { hf::matmul(a, b, hf::MatrixView<float>(y.data(), 2, 4, 3, 1)); }, "share memory");
  refuses([&] { hf::matmul(a, b, hf::MatrixView<float>(y.data(), 2, 4, 1, 1)); }, "share memory");
  const std::size_t backwards = std::size_t{0} - 4, far = std::size_t{1} << 62;
  refuses([&] { hf::matmul(hf::MatrixView<hif8_t>(x.data() + 4, 2, 3, backwards), b, c); }, "a negative one");
  refuses([&] { hf::matmul(a, hf::MatrixView<hif8_t>(x.data() + 8, 3, 4, backwards), c); }, "a negative one");
  refuses([&] { (void)hf::PackedMatrix(hf::MatrixView<hif8_t>(x.data() + 8, 3, 4, 1, backwards)); }, "a negative one");
  refuses([&] { hf::matmul(a, b, hf::MatrixView<float>(y.data() + 4, 2, 4, backwards)); }, "a negative one");
  refuses([&] { hf::matmul(a, b, hf::MatrixView<float>(y.data(), 2, 4, far, far)); }, "leads out of all memory");
  auto* const inside = reinterpret_cast<hif8_t*>(y.data() + 3);
  refuses([&] { hf::matmul(hf::MatrixView<hif8_t>(inside, 2, 3), b, c); }, "overlaps");
  refuses([&] { hf::matmul(a, hf::MatrixView<hif8_t>(inside, 3, 4), c); }, "overlaps");
  refuses(
      [&] {
        hf::matmul({a, InverseScales::per_row(std::span<const float>(y).first(2))}, b, c);
      },
      "overlaps inverse");
  refuses(
      [&] {
        hf::matmul(a, {b, InverseScales::per_column(std::span<const float>(y).subspan(4, 4))}, c);
      },
      "overlaps inverse");
  const hf::MatrixView<hif8_t> endless(x.data(), std::size_t{1} << 58, 64, 0, 0);
  refuses([&] { (void)hf::PackedMatrix{hf::ScaledMatrix(endless)}; }, "too many elements: 288230376151711744 x 64");
  refuses([&] { hf::matmul(endless.transposed(), b, c); }, "has 288230376151711744 columns");
  refuses([&] { (void)hf::row_major(x, 9, 8); }, "9 rows (or columns) of 8, leading dimension 8, in 64 elements");
  refuses([&] { (void)hf::row_major(x, 9, 5, 8); }, "of 5, leading dimension 8, in 64");
  refuses([&] { (void)hf::column_major(x, 8, 3, 7); }, "dimension of 7 is shorter than a row (or column) of 8");
  refuses([&] { (void)a.block(1, 1, 2, 1); },
          "a block of 2 x 1 from (1, 1) on reaches past the end of its matrix of 2 x 3");
  // Columns of C that lie between others' are its own.
  hf::matmul(a, b, hf::MatrixView<float>(y.data(), 2, 4, 1, 2));
  CHECK(y[7] == 3.0f);
  CHECK(y[8] == 7.0f);
}

}  // namespace test_matmul_mistakes
