// What blocks and tiles may not change in a product, and what they ask the memory for.
#include "model/product_kernels_under_test.hpp"
#include "model/product_model.hpp"
#include "model/random_products.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

#include <hifloat/hifloat.hpp>
#include <hifloat/matmul.hpp>

namespace test_matmul_blocks {

namespace hf = hifloat;
using namespace product_test;
using hf::hif8_t;

namespace {

constexpr hf::executor::Serial serial;
constexpr std::size_t most_rows = 20;  ///< several tiles after the one that reads codes

bool same_bits(const std::vector<float>& x, const std::vector<float>& y) {
  return x.size() == y.size() && (x.empty() || std::memcmp(x.data(), y.data(), x.size() * sizeof(float)) == 0);
}

std::vector<float> numbers_near_1(std::size_t n, Random& random) {
  std::vector<float> x(n);
  for (float& number : x) number = 1 + static_cast<float>(below(random, 1 << 23)) * 0x1p-23f;
  return x;
}

/// An infinity and a NaN in the middle of B's blocks, which no kernel but the array decoder's reads.
template <class Element>
void make_special(const hf::MatrixView<Element>& b, std::size_t block) {
  using Code = std::conditional_t<std::is_same_v<Element, hif8_t>,
                                  hf::hif8<hf::rounding::TiesAway, hf::overflow::Infinity>, Element>;
  if (b.empty()) return;
  b(std::min(block / 2, b.rows() - 1), 0) = Element(Code(std::numeric_limits<float>::quiet_NaN()));
  b(std::min(block + block / 3, b.rows() - 1), b.columns() - 1) = Element(Code(std::numeric_limits<float>::infinity()));
}

/// Rows of C one by one, from `old` on, against so many at a time.
template <class Element>
void check_rows(std::size_t n, std::size_t k, bool special, Random& random, const NamedKernels& kernels) {
  CAPTURE(kernels.name);
  CAPTURE(n);
  CAPTURE(k);
  const ProductKernels& tile = kernels.of(sizeof(Element));
  auto a = stored<Element>(most_rows, k, 0, 1), b = stored<Element>(k, n, below(random, layouts), 0);
  fill(a.view, Content::ordinary, random);
  fill(b.view, Content::ordinary, random);
  if (special) make_special(b.view, tile.part_words * tile.depth);
  const std::vector<float> a_scales = numbers_near_1(most_rows, random), b_scales = numbers_near_1(n, random);
  const hf::ScaledMatrix right(b.view, hf::InverseScales::per_column(b_scales));
  const hf::PackedMatrix packed(serial, right, tile);
  const auto left = [&](std::size_t row, std::size_t rows) {
    return hf::ScaledMatrix(a.view.block(row, 0, rows, k),
                            hf::InverseScales::per_row(std::span<const float>(a_scales).subspan(row, rows)));
  };

  const hf::MatmulOptions first{.alpha = 1.1f};
  std::vector<float> old(most_rows * n);
  multiply(serial, left(0, most_rows), right, hf::row_major(old, most_rows, n), first, kernels.of);
  const auto old_view = hf::row_major(old, most_rows, n);
  REQUIRE(difference(old_view, product(a.view, hf::InverseScales::per_row(a_scales), b.view, right.inverse_scales(),
                                       old_view, first)) == "");

  const hf::MatmulOptions rest{.alpha = 1.1f, .beta = -1};  // what rounding left: the last bits of binary64 count
  std::vector<float> expected = old;
  for (std::size_t i = 0; i < most_rows; ++i) {
    multiply(serial, left(i, 1), right, hf::row_major(expected, most_rows, n).block(i, 0, 1, n), rest, kernels.of);
  }
  for (std::size_t m = 1; m <= most_rows; ++m) {
    CAPTURE(m);
    std::vector<float> plain = old, by_packed = old;
    multiply(serial, left(0, m), right, hf::row_major(plain, m, n), rest, kernels.of);
    multiply_packed(serial, left(0, m), packed, hf::row_major(by_packed, m, n), rest);
    plain.resize(m * n);
    by_packed.resize(m * n);
    CHECK(same_bits(plain, {expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(m * n)}));
    CHECK(same_bits(by_packed, plain));
  }
}

/// Parts for several threads, one after the other.
struct InTurn {
  std::size_t threads;
  std::size_t concurrency() const { return threads; }
  void operator()(std::size_t pieces, const hf::Task& task) const { serial(pieces, task); }
};

}  // namespace

TEST_CASE_TEMPLATE("an element has the same bits whatever rows are beside it, and packed or not", Element, hif8_t,
                   hf::bfloat16) {
  Random random(5);
  for (const NamedKernels& kernels : kernels_under_test()) {
    const ProductKernels& tile = kernels.of(sizeof(Element));
    const std::size_t part = tile.part_words * tile.depth, slice = tile.slice_words * tile.depth;
    const std::size_t few = std::max<std::size_t>(tile.columns / 2, 2) - 1;  // the operands change places
    for (const std::size_t n : {std::size_t{1}, few, tile.columns + 9}) {
      for (const std::size_t k :
           {std::size_t{0}, std::size_t{1}, part - 1, part, part + 1, slice - 1, slice + 1, 2 * slice + 3}) {
        for (const bool special : {false, true}) check_rows<Element>(n, k, special, random, kernels);
      }
    }
  }
}

TEST_CASE("tiles of few rows ask for all codes before they are read, but for the first part") {
  Random random(6);
  const ProductKernels& tile = pair_kernels(1);
  const std::size_t block = tile.part_words * tile.depth;
  for (const std::size_t m : {1u, 2u, 3u, 5u, 6u}) {
    for (const std::size_t n : {1u, 24u, 25u, 100u}) {
      for (const std::size_t k : {std::size_t{1}, block, block + 7, 3 * block, 40 * block + 8}) {
        CAPTURE(m);
        CAPTURE(n);
        CAPTURE(k);
        auto a = stored<hif8_t>(m, k, 0, 0), b = stored<hif8_t>(k, n, 0, 0);
        fill(b.view, Content::ordinary, random);
        const hf::PackedMatrix packed(serial, b.view, tile);
        std::vector<float> c(m * n);
        pairs::MemoryJournal journal;
        pairs::journal = &journal;
        multiply_packed(serial, a.view, packed, hf::row_major(c, m, n), {});
        pairs::journal = nullptr;
        const auto first = reinterpret_cast<std::uintptr_t>(packed.codes());
        CHECK(journal.reads >= (k + 1) / 2 * ((n + 23) / 24));
        CHECK(std::all_of(journal.unasked.begin(), journal.unasked.end(),
                          [&](std::uintptr_t p) { return p - first < block * tile.columns; }));
      }
    }
  }
}

TEST_CASE("parts cover a product once, none is larger than the first, and threads have as many each") {
  for (const std::size_t m : {1u, 5u, 6u, 7u, 64u, 1000u}) {
    for (const std::size_t n : {1u, 64u, 65u, 700u, 4096u}) {
      for (const std::size_t threads : {1u, 2u, 3u, 7u, 64u}) {
        CAPTURE(m);
        CAPTURE(n);
        CAPTURE(threads);
        const ProductParts parts(m, 6, n, 64, 4096, threads);
        const std::size_t panels = (n + 63) / 64;
        std::vector<std::size_t> visits(m * panels);
        for (std::size_t i = 0; i < parts.count(); ++i) {
          const IndexRange rows = parts.rows(i), of_panels = parts.panels(i);
          CHECK(rows.size() <= parts.rows(0).size());
          CHECK(of_panels.size() <= parts.panels(0).size());
          CHECK(rows.size() * of_panels.size() != 0);
          for (std::size_t row = rows.first; row < rows.last; ++row) {
            for (std::size_t panel = of_panels.first; panel < of_panels.last; ++panel) ++visits[row * panels + panel];
          }
        }
        CHECK(std::all_of(visits.begin(), visits.end(), [](std::size_t n_visits) { return n_visits == 1; }));
        CHECK((parts.count() <= threads || parts.count() % threads == 0));
        CHECK(parts.count() <= 4 * threads);
      }
    }
  }
  CHECK(ProductParts(1024, 6, 1024, 64, 1024, 2).count() == 8);
  CHECK(ProductParts(1024, 6, 1024, 64, 1024, 2).rows(0).size() < 1024);  // as square as can be
  CHECK(ProductParts(16, 6, 4096, 64, 4096, 2).rows(0).size() == 16);     // few rows: all read the same of B
  CHECK(ProductParts(1024, 6, 64, 64, 1024, 8).count() == 32);            // one panel
}

TEST_CASE("a product that is not worth a thread wakes none") {
  std::size_t calls = 0;
  struct Counting {
    std::size_t* calls;
    std::size_t concurrency() const { return 8; }
    void operator()(std::size_t pieces, const hf::Task& task) const {
      ++*calls;
      serial(pieces, task);
    }
  };
  const auto product_of = [&](std::size_t n) {
    const std::vector<hif8_t> codes(n * n);
    std::vector<float> c(n * n);
    const auto x = hf::row_major(codes, n, n);
    hf::matmul(Counting{&calls}, x, x, hf::row_major(c, n, n));
  };
  product_of(16);
  CHECK(calls == 0);
  product_of(256);
  CHECK(calls >= 1);
}

TEST_CASE("what several parts read is packed once for all of them") {
  const std::size_t m = 15, n = 13, k = 12000;  // of few rows, which one part would read as they are
  Random random(8);
  auto a = stored<hif8_t>(m, k, 0, 0), b = stored<hif8_t>(k, n, 0, 0);
  fill(b.view, Content::ordinary, random);
  std::vector<float> c(m * n);
  pairs::MemoryJournal journal;
  pairs::journal = &journal;
  multiply(InTurn{4}, a.view, b.view, hf::row_major(c, m, n), {}, pair_kernels);
  pairs::journal = nullptr;
  CHECK(journal.reads >= 4 * k / 2);
  CHECK(journal.unasked.size() <= 4 * pair_kernels(1).part_words);
}

}  // namespace test_matmul_blocks
