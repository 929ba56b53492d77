// Traces, in memory and in CSV files, good and damaged.
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <istream>
#include <limits>
#include <span>
#include <sstream>
#include <stdexcept>
#include <streambuf>
#include <string>
#include <vector>

#include <hifloat/diagnostics/monitor_output.hpp>
#include <hifloat/diagnostics/scaling_monitor.hpp>
#include <hifloat/diagnostics/trace.hpp>
#include <hifloat/diagnostics/trace_reader.hpp>
#include <hifloat/scaling/delayed_scaler.hpp>

namespace test_diagnostics_trace {

namespace hf = hifloat;
namespace diag = hifloat::diagnostics;

namespace {

/// What reading all of a file ends with, and what is in the chunk then.
std::string error_of(const std::string& text, diag::TraceChunk& chunk) {
  std::istringstream in(text);
  try {
    diag::TraceReader trace(in);
    while (trace.read(chunk)) {}
  } catch (const diag::TraceError& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("a trace of several tensors in memory is each of them, whole and in order") {
  const std::vector<float> many(70'000, 2.0f), few{1.0f, 4.0f, 2.0f};
  const std::vector<diag::AmaxTrace::Tensor> tensors{{"many", many}, {"none", {}}, {"few", few}};
  diag::AmaxTrace trace(tensors);
  diag::TraceChunk chunk;
  std::vector<std::size_t> sizes;
  std::array<std::vector<float>, 3> seen;
  while (trace.read(chunk)) {
    sizes.push_back(chunk.size());
    for (std::size_t row = 0; row < chunk.size(); ++row) seen.at(chunk.tensor(row)).push_back(chunk.amax(row));
  }
  CHECK(sizes == std::vector<std::size_t>{65536, 70'003 - 65536});
  CHECK(chunk.size() == 0);
  CHECK(seen == std::array<std::vector<float>, 3>{many, {}, few});
  CHECK(trace.tensors().size() == 3);
  CHECK(trace.tensors()[2] == "few");
}

TEST_CASE("a trace is read once") {
  const std::vector<float> amaxes{1.0f, 2.0f}, none;
  const auto check_read_once = [](auto& trace, std::size_t rows) {
    diag::TraceChunk chunk;
    std::size_t read = 0;
    while (trace.read(chunk)) read += chunk.size();
    CHECK(read == rows);
    for (int i = 0; i < 2; ++i) {
      CHECK_THROWS_WITH_AS((void)trace.read(chunk), doctest::Contains("a trace is read once"), std::logic_error);
      CHECK(chunk.size() == 0);
    }
  };
  diag::AmaxTrace trace(amaxes), empty(none);
  check_read_once(trace, 2);
  check_read_once(empty, 0);
  std::istringstream csv("step,tensor,amax\n1,w,2.5\n");
  diag::TraceReader reader(csv);
  check_read_once(reader, 1);
}

TEST_CASE("a damaged trace: the line is named, and nothing comes of it") {
  const std::string start = "step,tensor,amax\n1,w,2.5\n";
  const std::array<std::array<std::string, 2>, 16> damaged{{
      {"", "line 1: the file is empty"},
      {"1,w,2\n", "line 1: the header has not all of step, tensor and amax"},
      {"step,tensor\n", "line 1: the header has not all of step, tensor and amax"},
      {"step,tensor,amax\n", "line 1: the file ends without a trace"},
      {start + "2,w\n", "line 3: fewer columns than the header has"},
      {start + "2,w,1,1\n", "line 3: more columns than the header has"},
      {start + "2.5,w,1\n", "line 3: the step is no whole number"},
      {start + "-2,w,1\n", "line 3: the step is no whole number"},
      {start + "2,,1\n", "line 3: the tensor has no name"},
      {start + "2,w,loud\n", "line 3: the amax is no number that a float can hold"},
      {start + "2,w,1e39\n", "line 3: the amax is no number that a float can hold"},
      {start + "\n\n2,w,-1\n", "line 5: the amax is negative"},
      {start + "1,w,1\n", "line 3: step 1 of this tensor does not come after step 1"},
      {start + "2,w,1" + '\0' + "\n", "line 3: the amax is no number that a float can hold"},
      {start + "2,\"w,1\n", "line 3: a quoted field has no end"},
      {"step,tensor,amax,sample\n1,w,2,loud\n", "line 2: a sample is no number that a float can hold"},
  }};
  for (const auto& [text, message] : damaged) {
    diag::TraceChunk chunk;
    CHECK(error_of(text, chunk) == message);
    CHECK(chunk.size() == 0);
  }
  diag::TraceChunk chunk;
  CHECK(error_of("step,tensor,amax\n1," + std::string(std::size_t{3} << 20, 'w'), chunk) ==
        "line 2: the line is longer than a mebibyte");
}

TEST_CASE("what is not damage: spaces, carriage returns, empty lines, no last newline, inf and nan") {
  std::istringstream in("step, tensor ,amax\r\n\r\n 1 , w , 2.5 \r\n2,w,inf\n\n3,w,nan\n18446744073709551615,w,0x\n");
  diag::TraceReader trace(in);
  diag::TraceChunk chunk;
  CHECK_THROWS_WITH_AS((void)trace.read(chunk), "line 7: the amax is no number that a float can hold",
                       diag::TraceError);
  std::istringstream good("step, tensor ,amax\r\n\r\n 1 , w , 2.5 \r\n2,w,inf\n\n3,w,nan\n1,v,0");
  diag::TraceReader reader(good);
  REQUIRE(reader.read(chunk));
  CHECK(chunk.size() == 4);
  CHECK(chunk.amax(0) == 2.5f);
  CHECK(std::isinf(chunk.amax(1)));
  CHECK(chunk.tensor(3) == 1);
  CHECK(reader.tensors()[1] == "v");
  CHECK_FALSE(reader.read(chunk));
  CHECK(chunk.size() == 0);

  std::istringstream quoted("\r\n\n\"step\", \"tensor\"\t,\"amax\"\n 1 , \" w, 1\" ,\"2.5\" \r\n2,\"\" ,1\n");
  diag::TraceReader of_quoted(quoted);
  CHECK_THROWS_WITH_AS((void)of_quoted.read(chunk), "line 5: the tensor has no name", diag::TraceError);
  REQUIRE(of_quoted.tensors().size() == 1);
  CHECK(of_quoted.tensors()[0] == " w, 1");  // in quotes they do
}

TEST_CASE("columns are found by name: what a monitor wrote is a trace, quotes and all") {
  hf::DelayedScaler<hf::amax::Max, 8> scaler;
  diag::ScalingMonitor monitor("a \"quoted\", tensor");
  std::vector<float> amaxes;
  for (int i = 0; i < 50; ++i) {
    amaxes.push_back(i == 7 ? std::numeric_limits<float>::infinity() : 1.0f + static_cast<float>(i * 7 % 11));
    const auto q = scaler.quantize(std::span(&amaxes.back(), 1));
    monitor.record(scaler, q);
    scaler.observe(q.stats());
    scaler.commit();
  }
  std::stringstream csv;
  csv << diag::csv_header;
  diag::write_csv(csv, monitor);
  diag::TraceReader trace(csv);
  diag::TraceChunk chunk;
  REQUIRE(trace.read(chunk));
  CHECK(trace.tensors()[0] == "a \"quoted\", tensor");
  REQUIRE(chunk.size() == amaxes.size());
  for (std::size_t row = 0; row < amaxes.size(); ++row) CHECK(chunk.amax(row) == amaxes[row]);

  std::istringstream other("amax,note,sample_a,step,tensor\n 1e-50 ,\"x, y\",3,1,\"\"\"\"\n1e-500,,-1e-500,2,w\n");
  diag::TraceReader reader(other);
  REQUIRE(reader.read(chunk));
  CHECK(chunk.amax(0) == 0.0f);  // too small for a float
  CHECK(chunk.amax(1) == 0.0f);  // and for a double
  CHECK(chunk.samples(0)[0] == 3.0f);
  CHECK(reader.tensors()[0] == "\"");
}

TEST_CASE("after an error the chunk is empty, and the error stays") {
  std::istringstream in("step,tensor,amax,sample\n1,w,2,3\n2,w,1,loud\n3,w,1,1\n");
  diag::TraceReader reader(in);
  diag::TraceChunk chunk;
  for (int i = 0; i < 2; ++i) {
    CHECK_THROWS_WITH_AS((void)reader.read(chunk), "line 3: a sample is no number that a float can hold",
                         diag::TraceError);
    CHECK(chunk.size() == 0);
  }
  std::ifstream missing("/there/is/no/such/file");
  CHECK_THROWS_WITH_AS(diag::TraceReader{missing}, "hifloat: the trace cannot be read", std::runtime_error);
}

TEST_CASE("a long trace streams: lines that lie across the reader's buffer, tensors in any order") {
  /// 300,000 lines that are never all in memory.
  class Generator : public std::streambuf {
   public:
    std::uint64_t lines = 0;

   protected:
    int underflow() override {
      if (lines == 300000) return traits_type::eof();
      line_ = lines == 0 ? "step,tensor,amax\n"
                         : std::to_string(lines) + ",tensor" + std::to_string(lines * 7919 % 5) + "," +
                               std::to_string(lines % 13 + 1) + "\n";
      ++lines;
      setg(line_.data(), line_.data(), line_.data() + line_.size());
      return traits_type::to_int_type(line_[0]);
    }

   private:
    std::string line_;
  };
  Generator generator;
  std::istream in(&generator);
  diag::TraceReader trace(in);
  diag::TraceChunk chunk;
  std::uint64_t line = 0, wrong = 0;
  while (trace.read(chunk)) {
    for (std::size_t row = 0; row < chunk.size(); ++row) {
      ++line;
      wrong += chunk.amax(row) != static_cast<float>(line % 13 + 1);
      wrong += trace.tensors()[chunk.tensor(row)] != "tensor" + std::to_string(line * 7919 % 5);
    }
  }
  CHECK(line == 299999);
  CHECK(wrong == 0);
  CHECK(trace.tensors().size() == 5);
}

}  // namespace test_diagnostics_trace
