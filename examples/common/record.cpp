#include "record.hpp"

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "format_number.hpp"
#include "input_error.hpp"
#include "parse_number.hpp"

namespace common {
namespace {

/// Cuts off what stands before the separator, and the separator.
std::string_view take_until(char separator, std::string_view& text) {
  const std::size_t end = text.find(separator);
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  return part;
}

double parse_double(std::string_view text) {
  double value = 0;
  if (!parse_number(text, value)) throw std::invalid_argument("'" + std::string(text) + "' is no number");
  return value;
}

/// The line of a run, after its key.
Record parse_record(std::string_view fields) {
  Record record;
  while (!fields.empty()) {
    std::string_view values = take_until('\t', fields);
    if (values.find('=') == values.npos) throw std::invalid_argument("'" + std::string(values) + "' is no name=values");
    const std::string_view name = take_until('=', values);
    if (record.has(name)) throw std::invalid_argument("'" + std::string(name) + "' is there twice");
    std::vector<double> series;
    while (!values.empty()) series.push_back(parse_double(take_until(' ', values)));
    record.set(name, std::move(series));
  }
  return record;
}

std::string line_of(std::string_view key, const Record& record) {
  std::string line(key);
  for (const auto& [name, series] : record.all()) {
    line.append("\t").append(name);
    char separator = '=';
    for (const double value : series) {
      line.append(1, separator).append(format_number(value));
      separator = ' ';
    }
    if (series.empty()) line += separator;
  }
  return line += '\n';
}

}  // namespace

std::uint64_t digest(std::span<const std::byte> bytes, std::uint64_t before) {
  for (const std::byte byte : bytes) before = (before ^ static_cast<std::uint64_t>(byte)) * 0x100000001B3;
  return before;
}

void Record::set(std::string_view name, std::vector<double> series) {
  if (name.empty() || name.find_first_of("\t\n=") != name.npos) {
    throw std::invalid_argument("'" + std::string(name) + "' is no name for a series");
  }
  series_.insert_or_assign(std::string(name), std::move(series));
}

const std::vector<double>& Record::series(std::string_view name) const {
  const auto found = series_.find(name);
  if (found == series_.end()) throw std::out_of_range("no series '" + std::string(name) + "' in this record");
  return found->second;
}

double Record::number(std::string_view name) const {
  const std::vector<double>& values = series(name);
  if (values.size() != 1) throw std::out_of_range("'" + std::string(name) + "' is no single number");
  return values[0];
}

RecordFile::RecordFile(const std::filesystem::path& path, std::string_view header) : path_(path) {
  if (header.find('\n') != header.npos) throw std::invalid_argument("the header of a record file is one line");
  std::error_code none;
  const bool exists = std::filesystem::exists(path_, none);
  if (exists) read(header);
  file_.open(path_, std::ios::binary | std::ios::app);
  if (!exists || std::filesystem::file_size(path_, none) == 0) write(std::string(header) + '\n');
  if (!file_) throw InputError(path_.string() + ": cannot be written");
}

void RecordFile::read(std::string_view header) {
  std::ifstream file(path_, std::ios::binary);
  if (!file || !std::filesystem::is_regular_file(path_)) throw InputError(path_.string() + ": cannot be read");
  const std::string content(std::istreambuf_iterator<char>(file), {});
  const std::size_t complete = content.rfind('\n') + 1;  // 0 where there is none

  std::string_view lines = std::string_view(content).substr(0, complete);
  const std::string_view first = complete == 0 ? std::string_view(content) : take_until('\n', lines);
  if (complete == 0 ? !header.starts_with(first) : first != header) {
    throw InputError(path_.string() + ": of another study or other settings ('" + std::string(first.substr(0, 200)) +
                     "'); name another --results file, or delete this one");
  }
  for (std::size_t number = 2; !lines.empty(); ++number) {
    try {
      std::string_view line = take_until('\n', lines);
      const std::string_view key = take_until('\t', line);
      if (key.empty()) throw std::invalid_argument("no key");
      // A run that is there twice was measured by two processes at a time; both measured the same.
      records_.insert_or_assign(std::string(key), parse_record(line));
    } catch (const std::invalid_argument& error) {
      throw InputError(path_.string() + ", line " + std::to_string(number) + ": " + error.what());
    }
  }
  std::error_code error;
  if (complete != content.size()) std::filesystem::resize_file(path_, complete, error);
  if (error) throw InputError(path_.string() + ": cannot be written");
}

const Record* RecordFile::find(std::string_view key) const {
  const auto found = records_.find(key);
  return found == records_.end() ? nullptr : &found->second;
}

void RecordFile::append(std::string_view key, Record record) {
  if (key.empty() || key.find_first_of("\t\n") != key.npos) {
    throw std::invalid_argument("'" + std::string(key) + "' is no key for a run");
  }
  if (file_.is_open()) write(line_of(key, record));
  records_.insert_or_assign(std::string(key), std::move(record));
}

void RecordFile::write(std::string_view line) {
  if (!(file_ << line << std::flush)) throw InputError(path_.string() + ": cannot be written");
}

}  // namespace common
