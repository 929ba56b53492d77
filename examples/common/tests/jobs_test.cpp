// Every job runs once, and once only over all processes that the study took.
#include "common/jobs.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <future>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "record_file.hpp"

using common::Job;
using common::Record;
using common::RecordFile;
using common_test::ScratchFile;

namespace {

/// Jobs "0", "1" and so on that record their number, and count how often they run.
struct CountedJobs {
  explicit CountedJobs(std::size_t count) : runs(count) {
    for (std::size_t i = 0; i < count; ++i) {
      jobs.push_back({std::to_string(i), [this, i] {
                        ++runs[i];
                        Record record;
                        record.set("i", {static_cast<double>(i), 0.1});
                        return record;
                      }});
    }
  }

  [[nodiscard]] int total() const {
    int sum = 0;
    for (const auto& n : runs) sum += n;
    return sum;
  }

  std::vector<std::atomic<int>> runs;
  std::vector<Job> jobs;
};

void check_records(const std::vector<Record>& records, std::size_t count) {
  REQUIRE(records.size() == count);
  for (std::size_t i = 0; i < count; ++i) CHECK(records[i].series("i").at(0) == static_cast<double>(i));
}

}  // namespace

TEST_CASE("records come in the order of the jobs, each of which runs once") {
  for (const unsigned threads : {0u, 1u, 2u, 7u}) {
    CAPTURE(threads);
    CountedJobs jobs(20);
    for (std::size_t i = 0; i < 20; ++i) jobs.jobs[i].cost = static_cast<double>(i * 7 % 5);
    RecordFile file;
    check_records(run_jobs(jobs.jobs, file, threads), 20);
    for (const auto& runs : jobs.runs) CHECK(runs == 1);
  }
}

TEST_CASE("the longest jobs run first") {
  CountedJobs jobs(4);
  const std::vector<double> costs{1, 3, 2, 3};
  for (std::size_t i = 0; i < 4; ++i) jobs.jobs[i].cost = costs[i];
  const ScratchFile scratch;
  RecordFile file(scratch.path, "study");
  check_records(run_jobs(jobs.jobs, file, 1), 4);
  CHECK(scratch.content() == "study\n1\ti=1 0.1\n3\ti=3 0.1\n2\ti=2 0.1\n0\ti=0 0.1\n");
}

TEST_CASE("two threads run two jobs at a time") {
  // Each of the two waits for the other, so that with one thread neither would end.
  std::promise<void> first, second;
  const auto meet = [](std::promise<void>& mine, std::promise<void>& others) {
    mine.set_value();
    if (others.get_future().wait_for(std::chrono::seconds(20)) != std::future_status::ready) {
      throw std::runtime_error("nobody came");
    }
    return Record();
  };
  RecordFile file;
  const std::vector<Job> jobs{{"a", [&] { return meet(first, second); }}, {"b", [&] { return meet(second, first); }}};
  CHECK(run_jobs(jobs, file, 2).size() == 2);
}

TEST_CASE("jobs with the same key are one") {
  CountedJobs jobs(2);
  RecordFile file;
  const auto records = run_jobs({jobs.jobs[0], jobs.jobs[1], jobs.jobs[1]}, file, 2);
  REQUIRE(records.size() == 3);
  CHECK(records[1].all() == records[2].all());
  CHECK(jobs.total() == 2);
}

TEST_CASE("a study whose file was cut after any byte goes on to the same file") {
  const ScratchFile scratch;
  const auto finish = [&] {
    CountedJobs jobs(12);
    RecordFile file(scratch.path, "study");
    check_records(run_jobs(jobs.jobs, file, 1), 12);
    return jobs.total();
  };
  CHECK(finish() == 12);
  CHECK(finish() == 0);
  const std::string whole = scratch.content();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    const std::string cut = whole.substr(0, size);
    scratch.write(cut);
    const auto lines = static_cast<int>(std::count(cut.begin(), cut.end(), '\n'));
    CHECK(finish() == 12 - std::max(0, lines - 1));  // the first line is the header
    CHECK(scratch.content() == whole);
  }
}

TEST_CASE("an exception stops the study, and keeps what has finished") {
  for (const unsigned threads : {1u, 2u}) {
    CAPTURE(threads);
    CountedJobs jobs(100);
    std::promise<void> failing;
    jobs.jobs[2].run = [&]() -> Record {
      failing.set_value();
      throw std::runtime_error("out of coffee");
    };
    if (threads == 2) {  // a job beside it, that ends later
      jobs.jobs[1].run = [&, run = jobs.jobs[1].run] {
        failing.get_future().wait();
        return run();
      };
    }
    RecordFile file;
    CHECK_THROWS_WITH_AS((void)run_jobs(jobs.jobs, file, threads), "out of coffee", std::runtime_error);
    CHECK(file.find("0") != nullptr);
    CHECK(file.find("1") != nullptr);
    CHECK(file.find("2") == nullptr);
    if (threads == 1) CHECK(jobs.total() == 2);
  }
}
