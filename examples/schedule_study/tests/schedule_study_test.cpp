// What the study finds, in short runs: what was seen to hold with each of five seeds, with room to spare. And that what
// it prints depends neither on the threads nor on an interruption.

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "schedule_study/grid.hpp"
#include "schedule_study/report.hpp"
#include "schedule_study/training.hpp"

namespace {

using namespace schedule_study;

const std::filesystem::path wordnet = "/usr/share/wordnet";

bool has_package() { return std::filesystem::exists(wordnet / "data.noun"); }

const Text& text() {
  static const Text text = read_text(wordnet);
  return text;
}

/// Some formats, in one rate.
Options options_of(std::vector<std::size_t> formats, Recipe recipe, std::vector<language::Index> widths) {
  Options options;
  options.recipe = recipe;
  options.formats.clear();
  for (const std::size_t format : formats) options.formats.push_back(language::all_formats()[format]);
  options.widths = std::move(widths);
  options.held_out.clear();
  options.rate_shares = {1};
  return options;
}

std::string report(const Options& options, const Text& text) {
  std::ostringstream out;
  print_report(out, options, run_grid(options, text));
  return out.str();
}

}  // namespace

TEST_CASE("INT4 costs, INT6 doesn't, and the rate has to come down" * doctest::skip(!has_package())) {
  const Options options = options_of({0, 4, 5}, {.steps = 120, .rate = 0.014}, {24});  // float, INT6, INT4
  const std::vector<Cell> cells = run_grid(options, text());
  REQUIRE(cells.size() == 1);
  const std::vector<double> int6 = cells[0].penalties(1, papers_warm_down);
  const std::vector<double> int4 = cells[0].penalties(2, papers_warm_down);
  for (std::size_t seed = 0; seed < options.seeds; ++seed) {
    CAPTURE(seed);
    for (std::size_t format = 0; format < 3; ++format) {
      CAPTURE(format);
      const auto& loss = cells[0].runs[format][seed].series("loss");
      CHECK(loss[papers_warm_down] < 3.8);                                   // 5.5 at first
      CHECK(loss[0] - loss[papers_warm_down] > (format == 1 ? 0.0 : 0.01));  // seen: 0.02 to 0.055, of INT6 from 0.01
    }
    CHECK(std::abs(int6[seed]) < 0.04);
    CHECK(int4[seed] > 0.045);
    CHECK(int4[seed] < 0.2);
    const auto distance = [&](std::size_t format) {
      return cells[0].runs[format][seed].series("distance int6")[papers_warm_down];
    };
    CHECK(distance(1) / distance(0) == doctest::Approx(1).epsilon(0.03));
  }
}

TEST_CASE("a study that was cut off goes on to the same tables, on any number of threads" *
          doctest::skip(!has_package())) {
  Text shorter = text();
  shorter.held_out.resize(1500);
  const std::filesystem::path file = "schedule_study_test.results";
  std::filesystem::remove(file);
  Options options = options_of({0, 1, 4, 5}, {.steps = 20, .rate = 0.01}, {8, 16});
  options.held_out = {24};
  options.seeds = 2;
  options.threads = 2;
  options.results = file;
  const std::string whole = report(options, shorter);
  CHECK(whole.find("\nclaims: ") != std::string::npos);
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  options.threads = 1;
  CHECK(report(options, shorter) == whole);
  std::filesystem::remove(file);
}
