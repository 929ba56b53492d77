// The command line: presets, and what is said beside them.
#include "schedule_study/options.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <vector>

#include "common/input_error.hpp"

namespace {

using schedule_study::Options;

Options parse(std::initializer_list<const char*> arguments) {
  std::vector<const char*> argv{"schedule_study"};
  argv.insert(argv.end(), arguments);
  return schedule_study::parse_options(static_cast<int>(argv.size()), argv.data());
}

}  // namespace

TEST_CASE("what is said wins over a preset, in any order") {
  CHECK(parse({"--quick"}).recipe.steps == 240);
  CHECK(parse({"--quick", "--steps", "300"}).recipe.steps == 300);
  CHECK(parse({"--steps", "300", "--quick"}).recipe.steps == 300);
  for (const Options& options : {parse({"--full", "--seeds", "5"}), parse({"--seeds", "5", "--full"})}) {
    CHECK(options.seeds == 5);
    CHECK(options.recipe.steps == 1200);
    CHECK(options.widths.size() == 4);
  }
  CHECK_THROWS_AS((void)parse({"--quick", "--full"}), common::InputError);
  CHECK(parse({"--optimiser", "sgd"}).recipe.rate == 0.2);
}

TEST_CASE("finished runs are kept unless it is said otherwise") {
  CHECK(parse({}).results == "schedule_study.results");
  CHECK(parse({"--results", "mine"}).results == "mine");
  CHECK(parse({"--results", "none"}).results.empty());
}
