// What the examples read from their command line and print.
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "common/arguments.hpp"
#include "common/gnuplot.hpp"
#include "common/input_error.hpp"
#include "common/progress.hpp"
#include "common/verdict.hpp"
#include "record_file.hpp"

using common_test::refusal;

namespace {

std::string read(const std::vector<const char*>& words) {
  std::string result;
  for (common::Arguments arguments(static_cast<int>(words.size()), words.data()); arguments.next();) {
    if (arguments.is("--full")) {
      result += "full ";
    } else if (arguments.is("--file")) {
      result.append(arguments.value()).append(" ");
    } else if (arguments.is("--seeds")) {
      result += std::to_string(arguments.count(1, 100)) + " ";
    } else if (arguments.is("--rate")) {
      result += std::to_string(arguments.number(1e-6, 10)) + " ";
    } else if (arguments.is("--shape")) {
      result += std::to_string(arguments.choice({"linear", "cosine"})) + " ";
    } else {
      arguments.refuse();
    }
  }
  return result;
}

std::string refused(const std::vector<const char*>& words) {
  return refusal([&] { read(words); });
}

}  // namespace

TEST_CASE("options come with and without values") {
  CHECK(read({}).empty());
  CHECK(read({"program"}).empty());
  CHECK(read({"program", "--seeds", "100", "--full", "--file", "--full"}) == "100 full --full ");
  CHECK(read({"program", "--rate", "2.5e-1", "--shape", "cosine", "--shape", "linear"}) == "0.250000 1 0 ");
}

TEST_CASE("what is wrong with an option is said in one line") {
  CHECK(refused({"program", "--ful"}) == "unknown option '--ful' (--help lists them)");
  CHECK(refused({"program", "3"}) == "unknown option '3' (--help lists them)");
  CHECK(refused({"program", "--full", "--file"}) == "--file needs a value (--help says which)");
  CHECK(refused({"program", "--file", ""}) == "--file: its value is empty");
  for (const char* text : {"0", "101", "-1", "+1", "12x", " 1", "99999999999999999999"}) {
    CHECK(refused({"program", "--seeds", text}) ==
          "--seeds: '" + std::string(text) + "' is no whole number from 1 to 100");
  }
  for (const char* text : {"0", "10.1", "nan", "inf", "0.1x", "+1", " 1", "0x1", "1e999", "1e-999"}) {
    CHECK(refused({"program", "--rate", text}) == "--rate: '" + std::string(text) + "' is no number from 1e-06 to 10");
  }
  CHECK(refused({"program", "--shape", "cos"}) == "--shape: 'cos' is none of linear, cosine");
}

TEST_CASE("a program returns 2 for what its user did wrong, else 1") {
  std::ostringstream captured;
  std::streambuf* const before = std::cerr.rdbuf(captured.rdbuf());
  const int good = common::run_program("p", [] {});
  const int input = common::run_program("p", [] { throw common::InputError("no such file"); });
  const int other = common::run_program("p", [] { throw std::runtime_error("disk on fire"); });
  std::cerr.rdbuf(before);
  CHECK(good == 0);
  CHECK(input == 2);
  CHECK(other == 1);
  CHECK(captured.str() == "p: no such file\np: disk on fire\n");
}

TEST_CASE("durations are as exact as one wants them") {
  CHECK(common::duration_text(0) == "0 s");
  CHECK(common::duration_text(59.4) == "59 s");
  CHECK(common::duration_text(59.6) == "1 min");
  CHECK(common::duration_text(40 * 60) == "40 min");
  CHECK(common::duration_text(59.6 * 60) == "1 h 00 min");
  CHECK(common::duration_text(185 * 60) == "3 h 05 min");
  CHECK(common::duration_text(130 * 60) == "2 h 10 min");
}

TEST_CASE("the time left follows from what the finished runs took") {
  common::RunCount runs(4, 10, 2);  // costs 4, 3, 2 and 1 on two threads
  CHECK(runs.text("", 0) == "0 of 4 runs");
  runs.add(3, 30);
  CHECK(runs.text("b", 30) == "1 of 4 runs, 20 s left, last: b");  // ten seconds a unit, on each of two threads
  runs.add(4, 40);
  CHECK(runs.text("a", 40) == "2 of 4 runs, 10 s left, last: a");
  runs.add(1, 10);
  CHECK(runs.text("d", 55) == "3 of 4 runs, 0 s left, last: d");  // it should have ended
  runs.add(2, 20);
  CHECK(runs.text("c", 60) == "4 of 4 runs, last: c");
}

TEST_CASE("claims end in their count") {
  using common::Verdict;
  std::ostringstream out;
  common::print_claims(out, {{"loss hides it", "", "yes", Verdict::reproduced},
                             {"MMLU falls", "16.7", "60 ±3", Verdict::reproduced},
                             {"loss rises", "0.1", "-0.2", Verdict::opposite}});
  CHECK(out.str() ==
        "claim          paper   ours     verdict\n"
        "loss hides it           yes  reproduced\n"
        "MMLU falls      16.7  60 ±3  reproduced\n"
        "loss rises       0.1   -0.2    opposite\n"
        "claims: 2 reproduced, 0 not at this size, 1 opposite\n");
}

TEST_CASE("data and text for gnuplot") {
  CHECK(common::quoted("it's 'x'") == "'it''s ''x'''");
  CHECK(common::block_name("Max 64, 2^15") == "$Max_64__2_15");
  std::ostringstream script;
  common::write_block(script, "$d", {{1, 0.5}, {2, -3}});
  CHECK(script.str() == "$d << EOD\n1 0.5\n2 -3\nEOD\n");
}
