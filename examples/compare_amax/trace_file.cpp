// Reading the CSV of --trace.
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "input_error.hpp"
#include "trace.hpp"

namespace compare_amax {
namespace {

template <class Number>
std::optional<Number> parse(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// One line's fields, without the spaces around them. More than three are one too many, whatever their number.
std::vector<std::string_view> split(std::string_view line) {
  std::vector<std::string_view> fields;
  for (;;) {
    const std::size_t comma = line.find(',');
    std::string_view field = line.substr(0, comma);
    while (!field.empty() && field.front() == ' ') field.remove_prefix(1);
    while (!field.empty() && (field.back() == ' ' || field.back() == '\r')) field.remove_suffix(1);
    fields.push_back(field);
    if (comma == std::string_view::npos || fields.size() > 3) return fields;
    line.remove_prefix(comma + 1);
  }
}

}  // namespace

std::vector<TensorTrace> read_trace(const std::filesystem::path& csv) {
  std::ifstream file(csv);
  if (!file || std::filesystem::is_directory(csv)) throw InputError(csv.string() + ": cannot be read");
  std::size_t line_number = 0;
  const auto fail = [&](std::string_view why) {
    return InputError(csv.string() + ", line " + std::to_string(line_number) + ": " + std::string(why));
  };

  std::vector<TensorTrace> traces;
  struct Position {
    std::size_t index;
    std::uint64_t last_step;
  };
  std::map<std::string, Position, std::less<>> positions;
  for (std::string line; std::getline(file, line);) {
    ++line_number;
    const std::vector<std::string_view> fields = split(line);
    if (line_number == 1) {
      const std::vector<std::string_view> wanted{"step", "tensor", "amax"};
      if (fields != wanted) throw fail("the header is not step,tensor,amax");
      continue;
    }
    if (fields.size() == 1 && fields[0].empty()) continue;
    if (fields.size() != 3) throw fail("not three columns");
    const auto step = parse<std::uint64_t>(fields[0]);
    const auto amax = parse<float>(fields[2]);
    if (!step) throw fail("the step is no whole number");
    if (fields[1].empty()) throw fail("the tensor has no name");
    if (!amax) throw fail("the amax is no number that a float can hold");
    if (*amax < 0) throw fail("the amax is negative");

    auto position = positions.find(fields[1]);
    if (position == positions.end()) {
      position = positions.emplace(fields[1], Position{traces.size(), *step}).first;
      traces.push_back({std::string(fields[1]), {}});
    } else if (*step <= position->second.last_step) {
      throw fail("step " + std::to_string(*step) + " of this tensor does not come after step " +
                 std::to_string(position->second.last_step));
    }
    position->second.last_step = *step;
    traces[position->second.index].amax.push_back(*amax);
  }
  if (line_number == 0) throw InputError(csv.string() + ", line 1: the file is empty");
  if (traces.empty()) throw fail("the file ends without a trace");
  return traces;
}

}  // namespace compare_amax
