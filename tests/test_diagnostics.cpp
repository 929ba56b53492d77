// What the diagnostics say, against figures worked out by hand, and against the loss of a published run.
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <limits>
#include <random>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <hifloat/diagnostics/loss_gap.hpp>
#include <hifloat/diagnostics/quantization_error.hpp>
#include <hifloat/diagnostics/retention.hpp>

namespace test_diagnostics {

namespace hf = hifloat;
namespace diag = hifloat::diagnostics;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();

struct Losses {
  std::vector<double> baseline, quantized;
};
Losses published_run() {
  std::ifstream file(HIFLOAT_TEST_GOLDEN_DIR "/openpangu_1b_loss.csv");
  REQUIRE(file.good());
  std::string line;
  std::getline(file, line);
  REQUIRE(line == "step,bf16,hif8");
  Losses losses;
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    double step = 0, bf16 = 0, hif8 = 0;
    char comma = 0;
    REQUIRE((fields >> step >> comma >> bf16 >> comma >> hif8));
    losses.baseline.push_back(bf16);
    losses.quantized.push_back(hif8);
  }
  return losses;
}

double four_digits(double x) { return std::round(x * 1e4) / 1e4; }

}  // namespace

TEST_CASE("the loss gap of the released OpenPangu-Embedded-1B run (arXiv 2605.26189)") {
  const Losses run = published_run();
  REQUIRE(run.baseline.size() == 10000);
  const diag::LossGap gap = diag::loss_gap(run.baseline, run.quantized, {.first = 0, .count = 500});
  CHECK(four_digits(gap.ape) == 0.1148);
  CHECK(four_digits(gap.noise_floor) == 0.0140);
  CHECK(four_digits(gap.signed_gap) == 0.1134);
  const auto last = std::span<const double>(run.baseline).last(1000);
  CHECK(four_digits(diag::loss_gap(last, std::span<const double>(run.quantized).last(1000)).ape) == 0.1205);
  // The gap is on one side in every step after the warm-up.
  CHECK(diag::loss_gap(std::span<const double>(run.baseline).subspan(500),
                       std::span<const double>(run.quantized).subspan(500))
            .above == 1.0);
}

TEST_CASE("loss_gap: sides, negative baselines, mistakes") {
  const std::array b{2.0, -4.0, 5.0, 10.0}, q{1.0, -3.0, 5.0, 11.0};
  const diag::LossGap gap = diag::loss_gap(b, q, {.first = 2, .count = 2});
  CHECK(gap.ape == doctest::Approx(100 * (0.5 + 0.25 + 0 + 0.1) / 4));
  CHECK(gap.signed_gap == doctest::Approx(100 * (-0.5 + 0.25 + 0 + 0.1) / 4));
  CHECK(gap.above == 0.5);
  CHECK(gap.noise_floor == doctest::Approx(5.0));
  CHECK(std::isnan(diag::loss_gap(b, q).noise_floor));

  const std::array three{1.0, 2.0, 3.0};
  const std::array zero{1.0, 0.0, 3.0, 4.0}, bad{1.0, not_a_number, 3.0, 4.0}, endless{1.0, inf, 3.0, 4.0};
  CHECK_THROWS_WITH_AS((void)diag::loss_gap(b, three), doctest::Contains("numbers of steps: 4 and 3"),
                       std::invalid_argument);
  CHECK_THROWS_AS((void)diag::loss_gap({}, {}), std::invalid_argument);
  CHECK_THROWS_AS((void)diag::loss_gap(zero, q), std::invalid_argument);
  CHECK_THROWS_AS((void)diag::loss_gap(b, bad), std::invalid_argument);
  CHECK_THROWS_AS((void)diag::loss_gap(endless, q), std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)diag::loss_gap(b, q, {.first = 3, .count = 2}),
                       doctest::Contains("2 steps from step 3 on, counted from 0, goes beyond the last of 4"),
                       std::invalid_argument);
  CHECK_THROWS_AS((void)diag::loss_gap(b, q, {.first = ~std::size_t{0}, .count = 2}), std::invalid_argument);
}

TEST_CASE("quantization_error: figures by hand") {
  const std::array x{3.0f, -4.0f, 0.0f, 1.0f}, y{2.0f, -4.0f, 2.0f, 1.0f};
  const diag::QuantizationError e = diag::quantization_error(x, y);
  CHECK(e.count == 4);
  CHECK(e.non_finite == 0);
  CHECK(e.mse == 5.0 / 4);
  CHECK(e.sqnr == doctest::Approx(10 * std::log10(26.0 / 5.0)));
  CHECK(e.cosine == doctest::Approx(23.0 / std::sqrt(26.0 * 25.0)));
  CHECK(e.max_relative_error == doctest::Approx(1.0 / 3.0));
}

TEST_CASE("quantization_error: nothing lost, nothing there, nothing finite") {
  const std::array x{1.0f, -2.0f}, zero{0.0f, 0.0f};
  CHECK(diag::quantization_error(x, x).sqnr == inf);
  CHECK(diag::quantization_error(x, x).cosine == doctest::Approx(1.0));
  CHECK(std::isnan(diag::quantization_error(zero, x).sqnr));
  CHECK(std::isnan(diag::quantization_error(x, zero).cosine));
  CHECK(diag::quantization_error(x, zero).sqnr == 0.0);
  CHECK(diag::quantization_error(x, zero).max_relative_error == 1.0);

  const std::array odd{static_cast<float>(inf), 1.0f, static_cast<float>(not_a_number)}, fine{1.0f, 1.5f, 1.0f};
  const diag::QuantizationError e = diag::quantization_error(odd, fine);
  CHECK(e.non_finite == 2);
  CHECK(e.count == 1);
  CHECK(e.mse == 0.25);
  CHECK(std::isnan(diag::quantization_error(std::vector<float>(), std::vector<float>()).mse));
  CHECK_THROWS_AS((void)diag::quantization_error(x, fine), std::invalid_argument);
}

TEST_CASE("quantization_error of other types, and of HiF8 where three mantissa bits are kept") {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> uniform(0.125, 15.0);
  std::vector<double> x(20000);
  for (double& element : x) element = uniform(random);
  std::vector<hf::hif8_t> codes(x.size());
  std::vector<hf::bfloat16> y(x.size());
  hf::encode(x, codes);
  hf::decode(codes, y);
  const diag::QuantizationError e = diag::quantization_error(x, y);
  CHECK(e.count == x.size());
  CHECK(e.max_relative_error <= 1.0 / 16);  // half a step of 1/8
  CHECK(e.sqnr > 29.0);
  CHECK(e.sqnr < 33.0);
}

TEST_CASE("retention: what the pairs say") {
  // 1000 questions: 600 right both times, 40 lost, 20 gained.
  std::vector<bool> before(1000), after(1000);
  for (std::size_t i = 0; i < 640; ++i) before[i] = true;
  for (std::size_t i = 0; i < 600; ++i) after[i] = true;
  for (std::size_t i = 640; i < 660; ++i) after[i] = true;
  const diag::Retention r = diag::retention(before, after);
  CHECK(r.questions == 1000);
  CHECK(r.lost == 40);
  CHECK(r.gained == 20);
  CHECK(r.before == 0.64);
  CHECK(r.after == 0.62);
  CHECK(r.relative_drop == doctest::Approx(20.0 / 640));
  CHECK(r.standard_error == doctest::Approx(std::sqrt(60 - 400.0 / 1000) / 640));
  CHECK_FALSE(r.is_within_noise);  // 2.6 standard errors, though the accuracies' own are 1.5 points each

  after[640] = after[641] = after[642] = after[643] = after[644] = true;
  for (std::size_t i = 600; i < 605; ++i) after[i] = true;
  for (std::size_t i = 660; i < 665; ++i) after[i] = true;
  CHECK(diag::retention(before, after).is_within_noise);  // 35 lost, 25 gained
}

TEST_CASE("retention: no change, no right answer, a complete loss, mistakes") {
  const std::vector<std::uint8_t> right{1, 1, 1, 1}, wrong{0, 0, 0, 0}, some{1, 0, 1, 0}, few{1};
  CHECK(diag::retention(some, some).relative_drop == 0.0);
  CHECK(diag::retention(some, some).is_within_noise);
  CHECK(std::isnan(diag::retention(wrong, some).relative_drop));
  CHECK(diag::retention(right, wrong).relative_drop == 1.0);
  CHECK(diag::retention(right, wrong).is_within_noise);  // four of four: a fair coin does that in one of eight cases
  CHECK_FALSE(diag::retention(std::vector<int>(6, 1), std::vector<int>(6, 0)).is_within_noise);
  CHECK(diag::retention(std::vector<int>(1, 1), std::vector<int>(1, 0)).is_within_noise);
  CHECK_THROWS_WITH_AS((void)diag::retention(right, few), doctest::Contains("one has 1, the other more"),
                       std::invalid_argument);
  CHECK_THROWS_AS((void)diag::retention(few, right), std::invalid_argument);
  CHECK_THROWS_AS((void)diag::retention(std::vector<bool>(), std::vector<bool>()), std::invalid_argument);
}

}  // namespace test_diagnostics
