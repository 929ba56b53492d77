// The product with few rows that a GPU computes, on the CPU: every lane of every warp, and a tensor core that adds up
// one column after the other. Bit for bit what a scalar loop in that order gives, and within the bound of a sum in
// binary32.

#include "model/guarded_memory.hpp"
#include "model/product_model.hpp"

#include <hifloat/cuda/skinny_job.cuh>

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <span>
#include <vector>

namespace test_cuda_skinny {
namespace {

using namespace hifloat;
using cuda_test::Guarded;
namespace gpu = detail::gpu;

float multiply_add(float a, float b, float sum) { return sum + a * b; }  // a product is exact

/// What a lane hands to its warp's tensor core, one multiplication after the other.
struct Operands {
  unsigned tile;
  gpu::NumberPair x, upper, lower;
};

/// mma.m16n8k8, as PTX's documentation says which lane has what: element i of lane 4 r + p is of row r (or r + 8) of w
/// and column 2 p (or 2 p + 1) of x; a lane 4 r + p brings the numbers of row r (r + 8) and column r, and those of k =
/// p and p + 4.
void add_tiles(const std::vector<std::vector<Operands>>& warp, std::vector<gpu::LaneSums>& sums) {
  for (std::size_t m = 0; m < warp[0].size(); ++m) {
    for (unsigned lane = 0; lane < gpu::skinny_lanes; ++lane) {
      for (unsigned i = 0; i < 4; ++i) {
        const unsigned row = lane / 4, column = lane % 4 * 2 + i % 2;
        float& sum = sums[lane].of[warp[lane][m].tile][i];
        for (const auto member : {&gpu::NumberPair::first, &gpu::NumberPair::second}) {
          for (unsigned p = 0; p < 4; ++p) {
            const Operands& of_w = warp[4 * row + p][m];
            sum = multiply_add((i < 2 ? of_w.upper : of_w.lower).*member, warp[4 * column + p][m].x.*member, sum);
          }
        }
      }
    }
  }
}

template <class Job>
void run_grid(Job job, unsigned most_blocks) {
  const auto memory = std::make_unique<gpu::SkinnyMemory>();
  std::memset(static_cast<void*>(memory.get()), 0xAA, sizeof(*memory));
  constexpr unsigned threads = gpu::skinny_warps * gpu::skinny_lanes;
  for (unsigned thread = 0; thread < threads; ++thread) memory->values.fill(thread, threads);
  const unsigned blocks = job.share_among(most_blocks);
  for (unsigned block = 0; block < blocks; ++block) {
    for (gpu::RowsLeft rows = job.rows_of(block); rows.first != rows.end; rows = rows.next()) {
      for (unsigned warp = 0; warp < gpu::skinny_warps; ++warp) {
        std::vector<gpu::LaneSums> sums(gpu::skinny_lanes);
        for (std::uint64_t column = warp * gpu::step_columns; column < job.k;
             column += gpu::skinny_warps * gpu::step_columns) {
          std::vector<std::vector<Operands>> operands(gpu::skinny_lanes);
          for (unsigned lane = 0; lane < gpu::skinny_lanes; ++lane) {
            Job::multiply(job.load(rows, column, lane), rows, memory->values, lane,
                          [&](auto... of_lane) { operands[lane].push_back({of_lane...}); });
          }
          add_tiles(operands, sums);
        }
        for (unsigned lane = 0; lane < gpu::skinny_lanes; ++lane) sums[lane].store(memory->sums[warp], lane);
      }
      for (unsigned thread = 0; thread < threads; ++thread) job.finish(memory->sums, rows, thread);
    }
  }
}

/// The order of the sum: warps take 64 columns in turn, and a tensor core two of 16 neighbours in each of four places.
template <class X, class W>
double sum_in_order(const X& x, const W& w, std::size_t k) {
  double sum = 0;
  for (std::size_t warp = 0; warp < 16; ++warp) {
    float of_warp = 0;
    for (std::size_t step = 64 * warp; step < k; step += 16 * 64) {
      for (std::size_t j = 0; j < 16; ++j) {
        for (std::size_t part = 0; part < 4; ++part) {
          const std::size_t column = step + 16 * part + j;
          if (column < k) of_warp = multiply_add(static_cast<float>(w[column]), static_cast<float>(x[column]), of_warp);
        }
      }
    }
    sum += static_cast<double>(of_warp);
  }
  return sum;
}

std::vector<hif8_t> codes(std::size_t n, bool specials, std::uint32_t seed) {
  std::mt19937 generator(seed);
  std::vector<hif8_t> list(n);
  for (hif8_t& code : list) {
    const auto bits = static_cast<std::uint8_t>(generator());
    const bool special = (bits & 0x7F) == 0x6F || bits == 0x80;  // an infinity or NaN
    if (!special || (specials && generator() % 16 == 0)) code = hif8_t::from_bits(bits);
  }
  return list;
}

struct Case {
  std::size_t m, n, k;
  MatmulOptions options{};
  bool x_by_row = false, w_by_row = false, specials = false;
  unsigned blocks = 3;
};

template <class T, bool Aligned>
void check(const Case& c, std::size_t x_off, std::size_t w_off) {
  const std::size_t m = c.m, n = c.n, k = c.k;
  const MatmulOptions& options = c.options;
  CAPTURE(m);
  CAPTURE(n);
  CAPTURE(k);
  const auto seed = static_cast<std::uint32_t>(m * 7 + n * 11 + k);
  const std::vector<hif8_t> x_codes = codes(m * k, c.specials, seed), w_codes = codes(n * k, c.specials, seed + 1);
  Guarded<hif8_t> x(m * k, x_off), w(n * k, w_off);
  std::copy(x_codes.begin(), x_codes.end(), x.data());
  std::copy(w_codes.begin(), w_codes.end(), w.data());
  std::vector<float> x_scales(m), w_scales(n);
  for (std::size_t i = 0; i < m; ++i) x_scales[i] = c.x_by_row ? 0.37f * static_cast<float>(i + 1) : 0x1p-60f;
  for (std::size_t j = 0; j < n; ++j) w_scales[j] = c.w_by_row ? 1.0f / static_cast<float>(j + 3) : 0x1p61f;
  Guarded<T> y(m * n, 1);
  for (std::size_t i = 0; i < m * n; ++i) y.data()[i] = T(static_cast<float>(i % 17) - 8.0f);
  const std::vector<T> old(y.all().begin(), y.all().end());

  const auto operand = [](const hif8_t* of, std::size_t rows, const std::vector<float>& scales, bool by_row) {
    const bool in_memory = by_row || rows % 2 == 0;
    return gpu::SkinnyOperand{reinterpret_cast<const std::uint8_t*>(of), rows, in_memory ? 0.0f : scales[0],
                              in_memory ? scales.data() : nullptr, by_row};
  };
  run_grid(gpu::SkinnyJob<T, Aligned>{operand(x.data(), m, x_scales, c.x_by_row),
                                      operand(w.data(), n, w_scales, c.w_by_row), y.data(), k, options},
           c.blocks);

  const MatrixView<const hif8_t> a(x_codes.data(), m, k), b(w_codes.data(), k, n, 1, k);
  const auto expected =
      product_test::product(a, InverseScales::per_row(x_scales), b, InverseScales::per_column(w_scales),
                            MatrixView<const T>(old.data(), m, n), options);
  std::size_t wrong = 0, outside = 0;
  for (std::size_t i = 0; i < m * n; ++i) {
    const std::size_t row = i / n, column = i % n;
    const double factor = static_cast<double>(options.alpha) * static_cast<double>(x_scales[row]);
    double result = static_cast<double>(w_scales[column]) * factor *
                    sum_in_order(x_codes.data() + row * k, w_codes.data() + column * k, k);
    if (options.beta != 0) {
      result = static_cast<double>(options.beta) * static_cast<double>(static_cast<float>(old[i])) + result;
    }
    wrong += std::memcmp(&y.data()[i], std::vector{detail::element_from<T>(static_cast<float>(result))}.data(),
                         sizeof(T)) != 0;
    outside += !product_test::is_within(y.data()[i], expected.value[i], expected.bound[i]);
  }
  CHECK(wrong == 0);
  CHECK(outside == 0);
  CHECK(y.guards_hold());
}

}  // namespace

TEST_CASE("every number of rows, in steps, units and shares that are full and not") {
  for (std::size_t m = 1; m <= 8; ++m) {
    check<float, true>({.m = m, .n = 8 * m + 1, .k = 1040, .specials = m == 8}, 0, 0);
    check<bfloat16, true>({.m = m, .n = 33 - m, .k = 2048 + 16 * m, .options = {1.5f, -0.75f}, .w_by_row = true}, 0, 0);
    check<binary16, true>({.m = m, .n = 5, .k = 16, .x_by_row = true, .blocks = 1}, 0, 0);
  }
  check<float, true>({.m = 3, .n = 300, .k = 64, .x_by_row = true, .w_by_row = true, .blocks = 7}, 0, 0);
}
TEST_CASE("any lengths and addresses") {
  for (std::size_t k = 1; k <= 130; k += k < 20 ? 1 : 11) {
    check<float, false>({.m = 1 + k % 8, .n = 1 + k % 19, .k = k, .specials = k % 2 == 0}, k % 16, k / 3 % 16);
  }
  check<bfloat16, false>({.m = 8, .n = 40, .k = 1601, .options = {0.5f, 2.0f}}, 5, 0);
}
TEST_CASE("an empty sum is zero, to which beta * y is added") {
  check<float, true>({.m = 2, .n = 9, .k = 0}, 0, 0);
  check<float, true>({.m = 2, .n = 9, .k = 0, .options = {3.0f, 0.5f}}, 0, 0);
}
TEST_CASE("y is not read where beta is 0, and the scales' product may leave binary32") {
  std::vector<hif8_t> x(16, hif8_t(1.0f)), w(16, hif8_t(2.0f));
  float y = std::bit_cast<float>(0x7FA00001u);  // a signalling NaN
  const auto bytes = [](const std::vector<hif8_t>& list) { return reinterpret_cast<const std::uint8_t*>(list.data()); };
  run_grid(gpu::SkinnyJob<float, false>{{bytes(x), 1, 0x1p-126f, nullptr, false},
                                        {bytes(w), 1, 0x1p-126f, nullptr, false},
                                        &y,
                                        16,
                                        {.alpha = 0x1p127f}},
           1);
  CHECK(y == 0x1p-120f);
}
TEST_CASE("shares of the rows are whole units, as even as can be, and all there are") {
  for (const std::size_t n : {1u, 8u, 9u, 1000u, 5120u}) {
    for (const unsigned most : {1u, 7u, 132u}) {
      gpu::SkinnyJob<float, true> job{{}, {nullptr, n, 1.0f, nullptr, false}, nullptr, 0, {}};
      const unsigned blocks = job.share_among(most);
      CHECK(blocks == std::min<std::size_t>(most, (n + 7) / 8));
      std::uint64_t next = 0;
      for (unsigned block = 0; block < blocks; ++block) {
        const gpu::RowsLeft rows = job.rows_of(block);
        CHECK(rows.first == next);
        CHECK(rows.first % 8 == 0);
        CHECK((rows.end - rows.first + 7) / 8 - (n + 7) / 8 / blocks <= 1);
        next = rows.end;
      }
      CHECK(next == n);
    }
  }
}

}  // namespace test_cuda_skinny
