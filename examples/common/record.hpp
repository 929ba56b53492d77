// What runs measured, in memory and in a file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace common {

inline constexpr std::uint64_t fnv_offset = 0xCBF29CE484222325;

/// A number that tells data apart, for the header of a RecordFile: FNV-1a of 64 bits. Of several pieces one after the
/// other, `before` is the digest of those before.
[[nodiscard]] std::uint64_t digest(std::span<const std::byte> bytes, std::uint64_t before = fnv_offset);

/// What one run measured: series of numbers, each under a name.
class Record {
 public:
  using Series = std::map<std::string, std::vector<double>, std::less<>>;

  /// Throws std::invalid_argument where the name is empty or holds a tab, a line feed or '='.
  void set(std::string_view name, std::vector<double> series);
  /// A series of one.
  void set(std::string_view name, double number) { set(name, std::vector<double>{number}); }

  /// Throws std::out_of_range where there is none of that name, with the name.
  [[nodiscard]] const std::vector<double>& series(std::string_view name) const;
  /// The number of a series of one. Throws std::out_of_range where it is none.
  [[nodiscard]] double number(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return series_.contains(name); }
  [[nodiscard]] const Series& all() const { return series_; }

 private:
  Series series_;
};

/// The finished runs of a study, each under a key: a text file that grows by a line a run. A process that was killed
/// leaves at most an incomplete last line, which the next one drops. Numbers keep every bit but the payload of NaNs.
class RecordFile {
 public:
  /// In memory only.
  RecordFile() = default;
  /// Reads the file, or starts it. The header is one line that says which study and settings its runs belong to. Throws
  /// InputError where the file has another header, is damaged, or cannot be read or written.
  RecordFile(const std::filesystem::path& path, std::string_view header);

  /// Null where no such run has finished. Stays valid.
  [[nodiscard]] const Record* find(std::string_view key) const;
  /// The line is handed to the operating system before this returns. Throws InputError where it cannot be written,
  /// std::invalid_argument where the key is empty or holds a tab or a line feed.
  void append(std::string_view key, Record record);

 private:
  void read(std::string_view header);
  void write(std::string_view line);

  std::filesystem::path path_;
  std::ofstream file_;
  std::map<std::string, Record, std::less<>> records_;
};

}  // namespace common
