// The golden trace of delayed scaling replays bit for bit. This test is also built with -ffast-math and all
// instructions of the machine.

#include <hifloat/scaling/scaling.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace test_scaler_golden {

namespace hf = hifloat;

namespace {

struct Row {
  std::uint64_t step;
  std::uint32_t amax_bits, scale_bits, inverse_bits;
  std::uint64_t epoch;
};

/// Rows by configuration: the first six columns as they are written.
std::map<std::vector<std::string>, std::vector<Row>> golden_trace() {
  std::map<std::vector<std::string>, std::vector<Row>> runs;
  std::ifstream file(HIFLOAT_TEST_GOLDEN_DIR "/scaler_trace.csv");
  std::string line;
  std::getline(file, line);
  REQUIRE(line == "algorithm,window,target,margin,power_of_two,interval,step,amax_bits,scale_bits,inverse_bits,epoch");
  while (std::getline(file, line)) {
    std::istringstream cells(line);
    std::vector<std::string> row;
    for (std::string cell; std::getline(cells, cell, ',');) row.push_back(cell);
    REQUIRE(row.size() == 11);
    const auto hex = [&](std::size_t column) {
      return static_cast<std::uint32_t>(std::stoul(row[column], nullptr, 16));
    };
    runs[{row.begin(), row.begin() + 6}].push_back({std::stoull(row[6]), hex(7), hex(8), hex(9), std::stoull(row[10])});
  }
  return runs;
}

template <class Algorithm>
void replay(const std::vector<std::string>& configuration, const std::vector<Row>& rows, const Algorithm& algorithm) {
  const hf::ScalingOptions options{.target = std::stof(configuration[2]),
                                   .margin = std::stoi(configuration[3]),
                                   .power_of_two = configuration[4] == "1",
                                   .interval = std::stoi(configuration[5])};
  const std::size_t window = std::stoul(configuration[1]);
  hf::DelayedScaler<Algorithm, hf::dynamic_window> scaler(window, options, algorithm);
  hf::ScalerGroup<Algorithm, hf::dynamic_window> group(window, {"unused", "replayed"}, options, algorithm);
  CHECK(std::bit_cast<std::uint32_t>(scaler.scale()) == 0x3F800000u);
  CHECK(scaler.epoch() == 0);
  for (const Row& row : rows) {
    CAPTURE(row.step);
    scaler.observe(std::bit_cast<float>(row.amax_bits));
    CHECK(scaler.commit(row.step));
    CHECK(std::bit_cast<std::uint32_t>(scaler.scale()) == row.scale_bits);
    CHECK(std::bit_cast<std::uint32_t>(scaler.inverse_scale()) == row.inverse_bits);
    CHECK(scaler.epoch() == row.epoch);
    group.observe(1, std::bit_cast<float>(row.amax_bits));
    CHECK(group.commit(row.step));
    CHECK(std::bit_cast<std::uint32_t>(group.scale(1)) == row.scale_bits);
    CHECK(std::bit_cast<std::uint32_t>(group.inverse_scale(1)) == row.inverse_bits);
    CHECK(group.epoch(1) == row.epoch);
  }
  CHECK(group.epoch(0) == 0);
}

}  // namespace

TEST_CASE("the golden trace replays bit for bit") {
  const auto runs = golden_trace();
  CHECK(runs.size() == 10);
  std::size_t replayed = 0;
  for (const auto& [configuration, rows] : runs) {
    const std::string& algorithm = configuration[0];
    CAPTURE(algorithm);
    const std::size_t colon = algorithm.find(':');
    const std::string name = algorithm.substr(0, colon);
    const double parameter = colon == std::string::npos ? 0.0 : std::stod(algorithm.substr(colon + 1));
    if (name == "max")
      replay(configuration, rows, hf::amax::Max{});
    else if (name == "most_recent")
      replay(configuration, rows, hf::amax::MostRecent{});
    else if (name == "mean")
      replay(configuration, rows, hf::amax::Mean{});
    else if (name == "percentile")
      replay(configuration, rows, hf::amax::Percentile{.p = parameter});
    else if (name == "exp_smooth")
      replay(configuration, rows, hf::amax::ExpSmooth{.alpha = parameter});
    else
      FAIL("unknown algorithm " << name);
    replayed += rows.size();
  }
  CHECK(replayed == 3000);
}

}  // namespace test_scaler_golden
