#pragma once
// Files that lie in memory, and what readers say of damaged ones.

#include <hifloat/io/file_writer.hpp>
#include <hifloat/io/input.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <span>
#include <sstream>
#include <string>
#include <vector>

namespace io_test {

namespace io = hifloat::io;

inline io::Input in_memory(const std::string& bytes) {
  return io::Input(std::make_unique<std::istringstream>(bytes), "file");
}

/// A safetensors file whose header claims to have this length.
inline std::string safetensors(const std::string& header, const std::string& data, std::uint64_t length) {
  std::string file;
  for (int i = 0; i < 8; ++i) file += static_cast<char>(length >> (8 * i) & 0xFF);
  return file + header + data;
}
inline std::string safetensors(const std::string& header, const std::string& data) {
  return safetensors(header, data, header.size());
}

/// What the refusal of these bytes says; empty if they are taken.
template <class Reader>
std::string refusal(const std::string& bytes) {
  try {
    const Reader reader(in_memory(bytes));
    return {};
  } catch (const io::Error& error) {
    return error.what();
  }
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

template <class T>
std::vector<T> some_elements(std::size_t n) {
  std::vector<T> x(n);
  std::mt19937_64 random(n);
  for (T& element : x) {
    const std::uint64_t bits = random();
    std::memcpy(static_cast<void*>(&element), &bits, sizeof(T));  // any bits: NaN payloads survive too
  }
  return x;
}

template <class T>
std::string bytes_of(const std::vector<T>& x) {
  return {reinterpret_cast<const char*>(x.data()), x.size() * sizeof(T)};
}

/// An empty folder that goes with the object. Each test file has its own: they may run at the same time.
class Folder {
 public:
  explicit Folder(const char* test_file = __builtin_FILE())
      : path_(std::filesystem::current_path() / std::filesystem::path(test_file).stem().concat("_work")) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }

  [[nodiscard]] std::filesystem::path operator/(const char* name) const { return path_ / name; }
  [[nodiscard]] auto files() const {
    return std::distance(std::filesystem::directory_iterator(path_), std::filesystem::directory_iterator());
  }

 private:
  std::filesystem::path path_;
};

inline std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void replace(const std::filesystem::path& target, const std::string& text) {
  io::FileWriter writer(target);
  writer.write(0, std::as_bytes(std::span(text)));
  writer.finish();
}

}  // namespace io_test
