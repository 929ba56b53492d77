// What the study concludes from results that are made up: of what counts as a repetition, and of each margin.
#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "schedule_study/analysis.hpp"
#include "schedule_study/claims.hpp"

namespace {

using namespace schedule_study;
using common::Verdict;

enum ClaimOf : std::size_t { optimum, schedule, law, distance, preference };

/// What is made up. The least loss is that after 33 %, and each format's penalty is on its line.
struct Results {
  double effect = 0, ratio = 1, gain = 0;  ///< of INT6, INT6 and INT4
  double noise = 0.001;                    ///< the standard deviation of each over the seeds, the same at all widths
  std::size_t missed = 0;                  ///< held-out sizes that are far from the line
};

Options options() {
  Options options;
  options.recipe.rate = 0.01;
  options.rate_shares = {1};
  return options;
}

common::Record record(const Results& results, std::string_view format, double noise, double penalty) {
  std::vector<double> losses;
  for (std::size_t i = 0; i < warm_downs.size(); ++i) {
    losses.push_back(3 + 0.1 * std::abs(static_cast<double>(i) - static_cast<double>(papers_warm_down)) + penalty);
  }
  if (format == "int6") losses[warm_down_of_half] += results.effect + noise;
  if (format == "int4") losses[no_warm_down] = losses[papers_warm_down] + results.gain + noise;
  common::Record record;
  record.set("loss", losses);
  for (const language::Format& other : language::all_formats()) {
    record.set(distance_series(other),
               std::vector<double>(warm_downs.size(), format == "float" ? 1 : results.ratio + noise));
  }
  return record;
}

std::vector<Cell> cells(const Results& results) {
  std::vector<Cell> cells;
  std::size_t missed = results.missed;
  for (const language::Index width : {8, 16, 32, 24, 40}) {
    const bool is_held_out = cells.size() >= 3;
    const double parameters = 100.0 * static_cast<double>(width * width);
    const double off = is_held_out && missed > 0 ? 0.1 : 0;
    missed -= off > 0;
    Cell cell{options().recipe.rate, is_held_out, width, parameters, {}};
    for (const language::Format& format : options().formats) {
      auto& runs = cell.runs.emplace_back();
      for (const double side : {-1.0, 0.0, 1.0}) {
        const double penalty = format.name == "float" ? 0 : 0.02 * std::log10(parameters) + 0.001 * side + off;
        runs.push_back(record(results, format.name, results.noise * side, penalty));
      }
    }
    cells.push_back(cell);
  }
  return cells;
}

Verdict verdict(ClaimOf claim, const Results& results) { return judge(options(), cells(results))[claim].verdict; }

}  // namespace

TEST_CASE("widths that saw the same batches are no repetitions") {
  const Comparison int6 = compare(options(), cells({.effect = 0.02, .noise = 0.003}), 4);
  REQUIRE(options().formats[4].name == "int6");
  for (const common::Estimate& estimate : {int6.schedule_effect, int6.distance_ratio}) {
    CHECK(estimate.degrees_of_freedom == 2);
    CHECK(estimate.standard_error == doctest::Approx(0.003 / std::sqrt(3)));
  }
  CHECK(int6.schedule_effect.value == doctest::Approx(0.02));
  CHECK(int6.distance_ratio.value == doctest::Approx(1));
}

TEST_CASE("no difference is reproduced within the margin alone, and the opposite beyond it alone") {
  struct Case {
    double difference, noise;  // of which the interval is 2.48 times as wide, to either side
    Verdict schedule, distance, preference;
  };
  using enum Verdict;
  for (const Case& c : {
           Case{0, 0.001, reproduced, reproduced, reproduced},
           Case{0, 0.03, not_at_this_size, not_at_this_size, not_at_this_size},  // nothing is known
           Case{0.004, 0.001, reproduced, reproduced, not_at_this_size},         // 0.0065
           Case{0.006, 0.0005, reproduced, reproduced, not_at_this_size},        // 0.0048
           Case{0.009, 0.001, not_at_this_size, reproduced, opposite},
           Case{0.013, 0.001, opposite, reproduced, opposite},
           Case{0.049, 0.001, opposite, not_at_this_size, opposite},
           Case{0.06, 0.001, opposite, opposite, opposite},
       }) {
    CAPTURE(c.difference);
    CAPTURE(c.noise);
    CHECK(verdict(schedule, {.effect = c.difference, .noise = c.noise}) == c.schedule);
    CHECK(verdict(schedule, {.effect = -c.difference, .noise = c.noise}) == c.schedule);
    CHECK(verdict(distance, {.ratio = 1 - c.difference, .noise = c.noise}) == c.distance);
    CHECK(verdict(preference, {.gain = c.difference, .noise = c.noise}) == c.preference);
  }
  CHECK(verdict(distance, {.ratio = 1.2}) == not_at_this_size);  // farther from the grid is not what was denied
}

TEST_CASE("one miss of the law may be chance") {
  CHECK(verdict(law, {}) == Verdict::reproduced);
  CHECK(verdict(law, {.missed = 1}) == Verdict::not_at_this_size);
  CHECK(verdict(law, {.missed = 2}) == Verdict::opposite);
}

TEST_CASE("the best of four has to be further ahead") {
  CHECK(verdict(optimum, {}) == Verdict::reproduced);
  const auto best = [](double noise) {  // of INT6, by 0.01 after 50 %, where the slope is 0.1
    return best_warm_down(cells({.effect = -0.11, .noise = noise})[0], 4);
  };
  CHECK(best(0.003).warm_down == warm_down_of_half);
  CHECK(best(0.003).margin.low() > 0);  // z = 5.8: beyond 4.3, not beyond 8.9
  CHECK_FALSE(best(0.003).is_ahead());
  CHECK(best(0.001).is_ahead());
}

TEST_CASE("a study that lacks a format is not judged") {
  Options few = options();
  few.formats.pop_back();
  CHECK_THROWS_AS((void)judge(few, cells({})), std::invalid_argument);
}
