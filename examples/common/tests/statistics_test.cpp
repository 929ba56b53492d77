// Statistics against tables, textbook data, and values computed by other formulas (normal equations in exact fractions;
// contrasts of each block).
#include "common/statistics.hpp"

#include <cmath>
#include <cstddef>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using common::Estimate;
using common::LineFit;

namespace {

using Numbers = std::vector<double>;

void check_close(double value, double expected, double tolerance = 1e-9) {
  CAPTURE(value);
  CAPTURE(expected);
  CHECK(std::fabs(value - expected) <= tolerance);
}

}  // namespace

TEST_CASE("Student's quantiles are those of the tables") {
  struct Row {
    double probability;
    std::size_t degrees;
    double quantile;
  };
  for (const Row& row :
       {Row{0.975, 1, 12.7062}, Row{0.975, 2, 4.30265}, Row{0.975, 4, 2.77645}, Row{0.975, 10, 2.22814},
        Row{0.975, 30, 2.04227}, Row{0.975, 1000, 1.96234}, Row{0.95, 5, 2.01505}, Row{0.995, 7, 3.49948},
        Row{0.9995, 3, 12.92398}, Row{0.75, 1, 1}, Row{0.5, 9, 0}}) {
    CAPTURE(row.degrees);
    check_close(common::student_quantile(row.probability, row.degrees), row.quantile,
                5.1e-6 * std::fmax(1, row.quantile));
    check_close(common::student_quantile(1 - row.probability, row.degrees), -row.quantile,
                5.1e-6 * std::fmax(1, row.quantile));
  }
  CHECK(std::isnan(common::student_quantile(0.975, 0)));
}

TEST_CASE("a paired difference is that of Student's sleep data") {
  const Numbers first{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
  const Numbers second{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
  const Estimate difference = common::paired_difference(second, first);
  check_close(difference.value, 1.58);
  check_close(difference.standard_error, 0.38895872388839525);
  check_close(difference.z(), 4.062127683382037);
  check_close(difference.low(), 0.7001142, 1e-6);
  check_close(difference.high(), 2.4598858, 1e-6);
  CHECK(difference.contains(0.7002));
  CHECK_FALSE(difference.contains(0.7));
  CHECK_FALSE(difference.contains(2.46));
  CHECK(common::estimate_text(difference, 2) == "1.58 ±0.88");
  CHECK_THROWS_AS((void)common::paired_difference(first, Numbers{1}), std::invalid_argument);
}

TEST_CASE("a single value has no interval, none has no mean") {
  const Estimate one = common::mean(Numbers{5});
  CHECK(one.value == 5);
  CHECK(std::isnan(one.standard_error));
  CHECK(std::isnan(one.half_width()));
  CHECK(common::estimate_text(one, 1) == "5.0");
  CHECK_THROWS_AS((void)common::mean(Numbers{}), std::invalid_argument);
}

TEST_CASE("the line is that of Anscombe's first data set") {
  const Numbers x{10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5};
  const Numbers y{8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68};
  const LineFit line(x, y);
  check_close(line.intercept().value, 3.000090909090909);
  check_close(line.intercept().standard_error, 1.124746790808644);
  check_close(line.slope().value, 0.5000909090909091);
  check_close(line.slope().standard_error, 0.1179055005956341);
  CHECK(line.slope().degrees_of_freedom == 9);
  check_close(line.slope().half_width(), 2.262157 * 0.1179055, 1e-6);
  check_close(line.prediction(20).value, 13.001909090909091);
  check_close(line.prediction(20).standard_error, 1.8303855888966138);
  check_close(line.prediction(20, 3).standard_error, 1.5267130986278612);
  CHECK(line.prediction(20).degrees_of_freedom == 9);
}

TEST_CASE("a line through two points has no interval, through one x there is none") {
  const LineFit line(Numbers{1, 3}, Numbers{5, 9});
  check_close(line.prediction(2).value, 7);
  CHECK(std::isnan(line.slope().half_width()));
  CHECK_THROWS_AS(LineFit(Numbers{2, 2, 2}, Numbers{1, 2, 3}), std::invalid_argument);
  CHECK_THROWS_AS(LineFit(Numbers{1, 2}, Numbers{1, 2, 3}), std::invalid_argument);
  CHECK_THROWS_AS(LineFit(Numbers{}, Numbers{}), std::invalid_argument);
}

TEST_CASE("95 % of new observations lie in the prediction interval") {
  std::mt19937_64 random(1);
  std::normal_distribution<double> noise(0, 3);
  const Numbers x{1, 2, 4, 5};
  const int experiments = 4000;
  int inside = 0;
  for (int i = 0; i < experiments; ++i) {
    Numbers y;
    for (const double xi : x) y.push_back(7 - 2 * xi + noise(random));
    const Estimate prediction = LineFit(x, y).prediction(7);
    const double observation = 7 - 2 * 7 + noise(random);
    inside += prediction.low() < observation && observation < prediction.high();
  }
  check_close(static_cast<double>(inside) / experiments, 0.95, 0.014);  // four standard errors
}

TEST_CASE("effects of three factors over three blocks") {
  const std::vector<Numbers> cells{{60, 64, 59}, {72, 70, 75}, {54, 55, 50}, {68, 66, 69},
                                   {52, 58, 53}, {83, 80, 87}, {45, 49, 44}, {80, 76, 82}};
  const auto effects = common::factorial_effects({"A", "B", "C"}, cells);
  const std::vector<std::string> names{"A", "B", "C", "A x B", "A x C", "B x C", "A x B x C"};
  const Numbers values{22.083333333333332,  -6.25, 2.25, 1.9166666666666667, 9.083333333333334,
                       0.08333333333333333, 0.25};
  const Numbers errors{2.9942073705369476, 0.6614378277661477,  0.5204164998665332, 0.3004626062886658,
                       0.5833333333333334, 0.08333333333333333, 0.14433756729740646};
  REQUIRE(effects.size() == 7);
  for (std::size_t i = 0; i < effects.size(); ++i) {
    CHECK(effects[i].name == names[i]);
    check_close(effects[i].estimate.value, values[i]);
    check_close(effects[i].estimate.standard_error, errors[i]);
    CHECK(effects[i].estimate.degrees_of_freedom == 2);
  }
}

TEST_CASE("what a seed does to all cells alike is no noise") {
  const std::vector<Numbers> cells{{1, 101}, {4, 104}, {1, 101}, {10, 110}};
  const auto effects = common::factorial_effects({"A", "B"}, cells);
  check_close(effects[0].estimate.value, 6);
  check_close(effects[1].estimate.value, 3);
  check_close(effects[2].estimate.value, 3);
  check_close(effects[0].estimate.standard_error, 0);
}

TEST_CASE("one seed gives effects without intervals; an incomplete design gives none") {
  const auto effects = common::factorial_effects({"A"}, {{1}, {3}});
  CHECK(effects[0].estimate.value == 2);
  CHECK(std::isnan(effects[0].estimate.half_width()));
  CHECK_THROWS_AS((void)common::factorial_effects({"A", "B"}, {{1}, {3}, {2}}), std::invalid_argument);
  CHECK_THROWS_AS((void)common::factorial_effects({"A"}, {{1, 2}, {3}}), std::invalid_argument);
  CHECK_THROWS_AS((void)common::factorial_effects({"A"}, {{}, {}}), std::invalid_argument);
}
