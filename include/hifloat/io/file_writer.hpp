// A file that appears whole or not at all. POSIX.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>

#include <hifloat/config.hpp>
#include <hifloat/io/error.hpp>

namespace HIFLOAT_IO_NAMESPACE {

/// Writes to a file of its own beside the target, `<target>.part`, and `finish` puts it in the target's place once it
/// is on the disk. Until then a file of that name stays as it was; without `finish` what was written is removed.
class FileWriter {
 public:
  /// Creates the file (`.part2` and so on where there is one already); io::Error where it can't.
  explicit FileWriter(const std::filesystem::path& target) : target_(target.string()), part_(target_ + ".part") {
    constexpr int most = 100;  // others may be writing the same target, or have been killed while they did
    for (int n = 2; (file_ = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)) < 0; ++n) {
      if (errno != EEXIST || n > most) fail("cannot create");
      part_ = target_ + ".part" + std::to_string(n);
    }
  }
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;
  ~FileWriter() {
    if (file_ >= 0) ::close(file_);
    if (!finished_) ::unlink(part_.c_str());
  }

  [[nodiscard]] const std::string& target() const noexcept { return target_; }  ///< the path, as it was given

  /// At any place. io::Error where the bytes can't be written, as on a full disk.
  void write(std::uint64_t offset, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) fail("cannot write");
      bytes = bytes.subspan(static_cast<std::size_t>(written));
      offset += static_cast<std::uint64_t>(written);
    }
  }

  /// To be called once, when all is written. io::Error leaves the target as it was.
  void finish() {
    if (::fsync(file_) != 0) fail("cannot write");
    const int file = file_;
    file_ = -1;
    if (::close(file) != 0) fail("cannot write");
    if (std::rename(part_.c_str(), target_.c_str()) != 0) fail("cannot replace the target by");
    finished_ = true;
  }

 private:
  /// A constructor that fails has created nothing: the destructor does not run then.
  [[noreturn]] void fail(const std::string& what) const {
    detail::refuse_file(target_, what + " " + part_ + ": " + std::strerror(errno));
  }

  std::string target_, part_;
  int file_ = -1;
  bool finished_ = false;
};

}  // namespace HIFLOAT_IO_NAMESPACE
