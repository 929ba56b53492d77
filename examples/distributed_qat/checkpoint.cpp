#include "checkpoint.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <iterator>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace distributed_qat {
namespace {

constexpr std::string_view magic = "hifloat distributed_qat 1\n";

std::runtime_error io_error(const std::filesystem::path& path, const char* what) {
  return std::runtime_error(path.string() + ": " + what + ": " + std::strerror(errno));
}

/// FNV-1a: tells damage from data.
std::uint64_t hash(std::string_view text) {
  std::uint64_t h = 0xCBF29CE484222325u;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return h;
}

void append(std::string& text, const void* data, std::size_t n) { text.append(static_cast<const char*>(data), n); }
void append(std::string& text, std::uint64_t number) { append(text, &number, sizeof number); }

/// Takes pieces off a text that may end too early.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}
  std::string_view take(std::uint64_t n) {
    if (n > text_.size()) throw std::runtime_error("it is truncated");
    const std::string_view piece = text_.substr(0, n);
    text_.remove_prefix(n);
    return piece;
  }
  std::uint64_t number() {
    std::uint64_t x = 0;
    std::memcpy(&x, take(sizeof x).data(), sizeof x);
    return x;
  }
  [[nodiscard]] bool at_end() const { return text_.empty(); }

 private:
  std::string_view text_;
};

template <class Weights, class F>
void for_each_matrix(Weights& weights, F f) {
  for (std::size_t layer = 0; layer < layers; ++layer) {
    f(weights.master[layer]);
    f(weights.momentum[layer]);
  }
}

void write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(file, text.data(), text.size());
    if (n < 0 && errno != EINTR) throw std::runtime_error(std::string("writing failed: ") + std::strerror(errno));
    if (n > 0) text.remove_prefix(static_cast<std::size_t>(n));
  }
}

}  // namespace

void save(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  std::string body;
  append(body, checkpoint.steps);
  for_each_matrix(checkpoint.weights, [&](const Matrix& m) {
    append(body, static_cast<std::uint64_t>(m.size()));
    append(body, m.data(), sizeof(float) * static_cast<std::size_t>(m.size()));
  });
  const std::vector<std::byte> scales = hifloat::to_bytes(checkpoint.scales);
  append(body, scales.size());
  append(body, scales.data(), scales.size());
  std::string text(magic);
  append(text, hash(body));
  text += body;

  const std::filesystem::path temporary = path.string() + ".new";
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) throw io_error(temporary, "cannot be created");
  try {
    write_all(file, text);
    if (::fsync(file) != 0) throw io_error(temporary, "cannot be flushed");
  } catch (...) {
    ::close(file);
    ::unlink(temporary.c_str());
    throw;
  }
  if (::close(file) != 0 || ::rename(temporary.c_str(), path.c_str()) != 0) {
    const std::runtime_error error = io_error(temporary, "cannot be closed and renamed");
    ::unlink(temporary.c_str());
    throw error;
  }
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) throw io_error(folder, "cannot be opened");
  const bool flushed = ::fsync(directory) == 0;  // the name, too
  ::close(directory);
  if (!flushed) throw io_error(folder, "cannot be flushed");
}

Checkpoint load(const std::filesystem::path& path) try {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot be read");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  Reader reader(text);
  if (text.size() < magic.size() || reader.take(magic.size()) != magic) throw std::runtime_error("it is no checkpoint");
  const std::uint64_t expected = reader.number();
  if (hash(std::string_view(text).substr(magic.size() + sizeof expected)) != expected) {
    throw std::runtime_error("it is damaged");
  }
  Checkpoint checkpoint;
  checkpoint.steps = reader.number();
  checkpoint.weights = initial_weights(0);
  for_each_matrix(checkpoint.weights, [&](Matrix& m) {
    if (reader.number() != static_cast<std::uint64_t>(m.size())) throw std::runtime_error("it is of another network");
    const std::size_t bytes = sizeof(float) * static_cast<std::size_t>(m.size());
    std::memcpy(m.data(), reader.take(bytes).data(), bytes);
  });
  const std::string_view scales = reader.take(reader.number());
  checkpoint.scales =
      hifloat::from_bytes<hifloat::ScalerGroupState>(std::as_bytes(std::span(scales.data(), scales.size())));
  if (!reader.at_end()) throw std::runtime_error("something follows it");
  return checkpoint;
} catch (const std::exception& error) {
  throw std::runtime_error(path.string() + ": " + error.what());
}

}  // namespace distributed_qat
