// A record that was written is read again to the bit, whatever became of the process; what is no record file is
// refused.
#include "common/record.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "record_file.hpp"

using common::Record;
using common::RecordFile;
using common_test::refusal;
using common_test::ScratchFile;

namespace {

using Limits = std::numeric_limits<double>;

Record awkward_record() {
  Record record;
  record.set("loss",
             {0.1, -0.0, 1.0 / 3, 1e300, Limits::denorm_min(), Limits::max(), Limits::infinity(), -Limits::infinity()});
  record.set("none", std::vector<double>{});
  record.set("probe at step 0", 97.5);
  return record;
}

bool same_bits(const Record& a, const Record& b) {
  return std::equal(a.all().begin(), a.all().end(), b.all().begin(), b.all().end(), [](const auto& x, const auto& y) {
    return x.first == y.first &&
           std::equal(x.second.begin(), x.second.end(), y.second.begin(), y.second.end(), [](double v, double w) {
             return std::bit_cast<std::uint64_t>(v) == std::bit_cast<std::uint64_t>(w);
           });
  });
}

std::string opening(const ScratchFile& file, const std::string& content) {
  file.write(content);
  return refusal([&] { RecordFile(file.path, "study 1"); });
}

}  // namespace

TEST_CASE("a record says what it lacks") {
  const Record record = awkward_record();
  CHECK(record.number("probe at step 0") == 97.5);
  CHECK(record.series("none").empty());
  CHECK_THROWS_WITH_AS((void)record.series("lost"), "no series 'lost' in this record", std::out_of_range);
  CHECK_THROWS_WITH_AS((void)record.number("loss"), "'loss' is no single number", std::out_of_range);
  Record other;
  for (const char* name : {"", "a\tb", "a\nb", "a=b"}) CHECK_THROWS_AS(other.set(name, 1), std::invalid_argument);
}

TEST_CASE("records come back to the bit") {
  const ScratchFile scratch;
  Record with_nan;
  with_nan.set("x", {Limits::quiet_NaN(), -Limits::quiet_NaN()});
  {
    RecordFile file(scratch.path, "study 1");
    file.append("run a", awkward_record());
    file.append("run b", with_nan);
    file.append("run c", Record());
    CHECK_THROWS_AS(file.append("", Record()), std::invalid_argument);
    CHECK_THROWS_AS(file.append("a\tb", Record()), std::invalid_argument);
  }
  const RecordFile file(scratch.path, "study 1");
  REQUIRE(file.find("run a") != nullptr);
  CHECK(same_bits(*file.find("run a"), awkward_record()));
  REQUIRE(file.find("run b") != nullptr);
  CHECK(same_bits(*file.find("run b"), with_nan));
  REQUIRE(file.find("run c") != nullptr);
  CHECK(file.find("run c")->all().empty());
  CHECK(file.find("run") == nullptr);
}

TEST_CASE("a line is on its way to the disk when append returns") {
  const ScratchFile scratch;
  RecordFile file(scratch.path, "study 1");
  CHECK(scratch.content() == "study 1\n");
  Record record;
  record.set("y", {1, 0.5});
  record.set("x", 2);
  file.append("a", record);
  CHECK(scratch.content() == "study 1\na\tx=2\ty=1 0.5\n");
}

TEST_CASE("without a file records stay in memory") {
  RecordFile file;
  file.append("a", awkward_record());
  REQUIRE(file.find("a") != nullptr);
  CHECK(same_bits(*file.find("a"), awkward_record()));
}

TEST_CASE("a file of other settings is refused, and left as it is") {
  const ScratchFile scratch;
  const std::string advice = "'); name another --results file, or delete this one";
  const std::string other = scratch.path.string() + ": of another study or other settings ('";
  CHECK(opening(scratch, "study 2\na\tx=1\nb") == other + "study 2" + advice);
  CHECK(scratch.content() == "study 2\na\tx=1\nb");
  CHECK(opening(scratch, "study 10\n") == other + "study 10" + advice);
  CHECK(opening(scratch, "study\n") == other + "study" + advice);
  CHECK(opening(scratch, "a letter") == other + "a letter" + advice);
  CHECK(scratch.content() == "a letter");
}

TEST_CASE("damage is refused with its line") {
  const ScratchFile scratch;
  const auto damage = [&](const std::string& line) { return opening(scratch, "study 1\na\tx=1\n" + line + "\n"); };
  const std::string where = scratch.path.string() + ", line 3: ";
  CHECK(damage("b\tx=1 2z 3") == where + "'2z' is no number");
  CHECK(damage("b\tx=1  3") == where + "'' is no number");
  CHECK(damage("b\tx") == where + "'x' is no name=values");
  CHECK(damage("b\t=1") == where + "'' is no name for a series");
  CHECK(damage("b\tx=1\tx=2") == where + "'x' is there twice");
  CHECK(damage("b\tx=1=2") == where + "'1=2' is no number");
  CHECK(damage("") == where + "no key");
  CHECK(damage(std::string(4, '\0') + "\t" + std::string(4, '\0')).starts_with(where));
  CHECK(damage("b\tx=3") == "not refused");
}

TEST_CASE("a file that cannot be used is refused") {
  CHECK(refusal([] { RecordFile("no such directory/records", "study 1"); }) ==
        "no such directory/records: cannot be written");
  CHECK(refusal([] { RecordFile(".", "study 1"); }) == ".: cannot be read");
  CHECK_THROWS_AS(RecordFile("records", "two\nlines"), std::invalid_argument);
}

TEST_CASE("a digest is FNV-1a") {
  constexpr std::array foobar{std::byte{'f'}, std::byte{'o'}, std::byte{'o'},
                              std::byte{'b'}, std::byte{'a'}, std::byte{'r'}};
  CHECK(common::digest({}) == 0xcbf29ce484222325);
  CHECK(common::digest(std::array{std::byte{'a'}}) == 0xaf63dc4c8601ec8c);
  CHECK(common::digest(foobar) == 0x85944171f73967e8);
  CHECK(common::digest(std::span(foobar).subspan(2), common::digest(std::span(foobar).first(2))) ==
        common::digest(foobar));
}
