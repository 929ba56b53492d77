#pragma once
// Reads tests/golden/hif8_codes.csv: one line per code, "0xNN,value" with the value as a hexfloat, inf, -inf or nan.

#include <array>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>

namespace golden {

inline std::array<double, 256> hif8_codes() {
  const std::string path = std::string(HIFLOAT_TEST_GOLDEN_DIR) + "/hif8_codes.csv";
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  if (line.rfind("code_hex,value_hexfloat", 0) != 0) throw std::runtime_error("cannot read " + path);
  std::array<double, 256> values{};
  std::size_t expected_code = 0;
  while (std::getline(file, line)) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    const std::size_t comma = line.find(',');
    const bool readable = comma != std::string::npos && expected_code < 256;
    if (!readable || std::strtoul(line.c_str(), nullptr, 16) != expected_code) {
      throw std::runtime_error("hif8_codes.csv: unexpected line " + line);
    }
    values[expected_code++] = std::strtod(line.c_str() + comma + 1, nullptr);
  }
  if (expected_code != 256) throw std::runtime_error(path + ": does not hold 256 codes");
  return values;
}

}  // namespace golden
