// A file to read from, at any place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <istream>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include <hifloat/config.hpp>
#include <hifloat/io/error.hpp>

namespace HIFLOAT_IO_NAMESPACE {

/// A file, or any stream that can seek, under the name that errors give it.
class Input {
 public:
  /// Opens a file; io::Error for one that can't be opened, or is not a regular file (opening a pipe might wait for
  /// ever).
  explicit Input(const std::filesystem::path& path) : Input(open(path), detail::path_text(path)) {}
  /// Takes a stream over, which is not null; io::Error for one that has failed or can't seek.
  Input(std::unique_ptr<std::istream> stream, std::string name) : stream_(std::move(stream)), name_(std::move(name)) {
    if (!*stream_) detail::refuse_file(name_, "cannot be opened");
    const std::istream::pos_type end = stream_->seekg(0, std::ios::end).tellg();
    if (end == std::istream::pos_type(-1)) detail::refuse_file(name_, "has no size");
    size_ = static_cast<std::uint64_t>(std::streamoff(end));
  }

  [[nodiscard]] const std::string& name() const noexcept { return name_; }  ///< as errors have it
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }       ///< in bytes, when it was opened

  /// The bytes from `offset` on. io::Error where the file no longer has them.
  void read(std::uint64_t offset, std::span<std::byte> bytes) {
    stream_->clear();
    stream_->seekg(static_cast<std::streamoff>(offset));
    stream_->read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (!*stream_) detail::refuse_file(name_, "cannot be read at byte " + std::to_string(offset));
  }

 private:
  /// Opening anything but a regular file might wait for ever, as for the other end of a pipe.
  [[nodiscard]] static std::unique_ptr<std::istream> open(const std::filesystem::path& path) {
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(path, error);
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
      detail::refuse_file(detail::path_text(path), "not a regular file");
    }
    return std::make_unique<std::ifstream>(path, std::ios::binary);
  }

  std::unique_ptr<std::istream> stream_;
  std::string name_;
  std::uint64_t size_ = 0;
};

}  // namespace HIFLOAT_IO_NAMESPACE
