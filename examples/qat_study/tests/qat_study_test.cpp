// What the study finds, in short runs on a shorter text: what was seen to hold with each of these seeds, with room to
// spare. And that a run is a function of its recipe.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "common/record.hpp"
#include "common/verdict.hpp"
#include "qat_study/material.hpp"
#include "qat_study/report.hpp"
#include "qat_study/study.hpp"
#include "qat_study/training.hpp"

namespace {

using namespace qat_study;

bool has_packages() {
  return std::filesystem::exists("/usr/share/wordnet/data.noun") &&
         std::filesystem::exists("/usr/share/games/fortunes/wisdom");
}

const Material& material() {
  static const Material material = [] {
    Material shorter = load_material(shipped_checkpoint());
    shorter.text.tokens.resize(10 * 1024);
    return shorter;
  }();
  return material;
}

}  // namespace

TEST_CASE("forgetting is the rate's, overshoot the estimator's, and 15 leaves room" * doctest::skip(!has_packages())) {
  const auto recipe = [](Estimator estimator, double rate, float target = 15) {
    return Recipe{.estimator = estimator, .target = target, .rate = rate, .steps = 120};
  };
  const Recipe low = recipe(Estimator::max, low_rate), high = recipe(Estimator::max, 1.5 * high_rate);
  const Recipe recent = recipe(Estimator::most_recent, low_rate), top = recipe(Estimator::max, low_rate, 32768);
  const Plan plan{.steps = low.steps, .seeds = {1, 2, 3}};
  common::RecordFile in_memory;
  const Results results(plan, {{"", low}, {"", high}, {"", recent}, {"", top}}, material(), in_memory, 2);

  CHECK(results.probe_before() >= 97);
  for (const std::uint64_t seed : plan.seeds) {
    CAPTURE(seed);
    const auto outcome = [&](Recipe of) {
      of.seed = seed;
      return results.outcome(of);
    };
    const Outcome low_hif8 = outcome(low), low_bf16 = outcome(low.in_bf16());
    const Outcome high_hif8 = outcome(high), high_bf16 = outcome(high.in_bf16());
    CHECK(std::fabs(low_hif8.probe - low_bf16.probe) <= 2);
    CHECK(low_hif8.ape > 0.03);
    CHECK(low_hif8.ape < 0.25);
    CHECK(high_bf16.probe <= 60);
    CHECK(high_hif8.probe <= 60);
    CHECK(high_bf16.loss < low_bf16.loss);
    CHECK(high_hif8.loss < low_hif8.loss);
    CHECK(outcome(top).ape > 3 * low_hif8.ape);
  }
  CHECK(results.mean(recent, &Outcome::demoted).value > 20 * results.mean(low, &Outcome::demoted).value);
}

TEST_CASE("a run is a function of its recipe" * doctest::skip(!has_packages())) {
  const Recipe recipe{.estimator = Estimator::max, .warmup = 5, .rate = high_rate, .steps = 20};
  const common::Record record = train(material(), recipe);
  CHECK(train(material(), recipe).all() == record.all());
  Recipe nudged = recipe.in_bf16();
  nudged.nudged = true;
  CHECK(train(material(), nudged).series("loss") != train(material(), recipe.in_bf16()).series("loss"));
  // In BF16 while the warm-up lasts, to the bit.
  const auto& loss = record.series("loss");
  const auto bf16 = train(material(), recipe.in_bf16()).series("loss");
  CHECK(std::equal(loss.begin(), loss.begin() + 5, bf16.begin()));
  CHECK_FALSE(std::equal(loss.begin(), loss.begin() + 7, bf16.begin()));
}

TEST_CASE("a study that was cut off goes on to the same numbers" * doctest::skip(!has_packages())) {
  const std::filesystem::path path = "qat_study_test.results";
  std::filesystem::remove(path);
  const Plan plan{.steps = 16};
  const std::vector<NamedRecipe> runs{{"", {.estimator = Estimator::max, .steps = 16}},
                                      {"", {.estimator = Estimator::current, .steps = 16}}};
  const auto measured = [&] {
    common::RecordFile file(path, "qat_study_test");
    const Results results(plan, runs, material(), file, 2);
    std::vector<common::Record::Series> all;
    for (const auto& run : runs) all.push_back(results.record(run.recipe).all());
    return all;
  };
  const auto whole = measured();
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  CHECK(measured() == whole);
  std::filesystem::remove(path);
}

/// A run that nobody made, with losses and answers that its recipe says.
common::Record made_up(const Recipe& recipe) {
  const bool high = recipe.rate > 1e-3;
  std::vector<double> losses(recipe.steps), right(100);
  for (std::size_t i = 0; i < losses.size(); ++i) {
    losses[i] = (high ? 3.0 : 4.0) + 0.01 * static_cast<double>(recipe.seed) + (recipe.is_bf16() ? 0.0 : 0.004) +
                (recipe.target > 15 ? 0.1 : 0.0);
  }
  for (std::size_t i = 0; i < right.size(); ++i) right[i] = i < (high ? 30 + recipe.seed % 2 : 98) ? 1 : 0;
  common::Record record;
  record.set("loss", losses);
  record.set("right", right);
  record.set("elements", recipe.is_bf16() ? 0.0 : 1e6);
  record.set("demoted", recipe.estimator == Estimator::most_recent ? 50.0 : 1.0);
  record.set("overflowed", 0.0);
  record.set("flushed", 10.0);
  record.set("overshoot 0 mlp.up input", {1.5, 1.25, 0.5});
  record.set("amax 0 mlp.up input", {1.0, 2.0, 1.0, 3.0});
  return record;
}

TEST_CASE("the report, its claims and the tables for others, of made-up runs") {
  const Material none{language::Layout({}), {}, {}, {}};
  const auto results_of = [&](const Plan& plan) {
    common::RecordFile file;
    file.append(nothing().key(), made_up(nothing()));
    for (const NamedRecipe& run : all_runs(plan)) {
      for (const std::uint64_t seed : plan.seeds) {
        Recipe recipe = run.recipe;
        recipe.seed = seed;
        file.append(recipe.key(), made_up(recipe));
        file.append(recipe.in_bf16().key(), made_up(recipe.in_bf16()));
      }
    }
    return Results(plan, all_runs(plan), none, file, 1);
  };
  const Results all = results_of({.steps = 40, .seeds = {1, 2, 3}, .everything = true});
  using common::Verdict;
  const std::vector<Verdict> expected{Verdict::reproduced,        // forgets
                                      Verdict::reproduced,        // with the smaller loss
                                      Verdict::reproduced,        // 50 demoted against 1
                                      Verdict::not_at_this_size,  // at no cost
                                      Verdict::reproduced,        // as many right answers
                                      Verdict::reproduced,        // 0.1 % apart
                                      Verdict::reproduced,        // in all steps
                                      Verdict::not_at_this_size,  // of two failures one is not there
                                      Verdict::not_at_this_size,  // the warm-up does nothing
                                      Verdict::reproduced};       // 2^15 is 2.6 % apart
  const auto judged = claims(all);
  REQUIRE(judged.size() == expected.size());
  for (std::size_t i = 0; i < judged.size(); ++i) {
    CAPTURE(judged[i].text);
    CHECK(judged[i].verdict == expected[i]);
  }
  std::ostringstream report, csv, series;
  print_report(report, all);
  CHECK(report.str().ends_with("\nclaims: 7 reproduced, 3 not at this size, 0 opposite\n"));
  CHECK(report.str().find("0 mlp.up input") != std::string::npos);
  print_csv(csv, all);
  std::set<std::string> lines;
  std::istringstream rows(csv.str());
  for (std::string line; std::getline(rows, line);) CHECK(lines.insert(line).second);
  CHECK(lines.size() == 1 + all.runs().size());
  print_series_csv(series, all);
  CHECK(series.str().starts_with("run,series,index,value\n"));

  std::ostringstream eight;
  print_report(eight, results_of({.steps = 40}));
  CHECK(eight.str().find("\nclaims: ") != std::string::npos);
  CHECK(eight.str().find("±") == std::string::npos);
}

TEST_CASE("recipes that differ have keys that do") {
  const Recipe recipe{.estimator = Estimator::max};
  Recipe others[9] = {recipe, recipe, recipe, recipe, recipe, recipe, recipe, recipe, recipe};
  others[0].estimator = Estimator::exp_smooth;
  others[1].window = 63;
  others[2].target = 224;
  others[3].clamped = true;
  others[4].forced_clipping = 2;
  others[5].warmup = 1;
  others[6].rate = 1.5e-4;
  others[7].batch = 5;
  others[8].nudged = true;
  for (const Recipe& other : others) CHECK(other.key() != recipe.key());
  CHECK(others[3].in_bf16().key() == recipe.in_bf16().key());
}
