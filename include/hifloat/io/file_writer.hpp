// A file that appears whole or not at all. POSIX.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>

#include <hifloat/config.hpp>
#include <hifloat/io/error.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

static_assert(sizeof(off_t) == 8, "files may exceed 2 GiB: compile with -D_FILE_OFFSET_BITS=64");

/// What a path names once its symbolic links are followed, as open does, whether that exists or not.
[[nodiscard]] inline std::filesystem::path followed(std::filesystem::path path) {
  constexpr int most = 40;  // Linux follows as many
  std::error_code error;
  for (int links = 0; std::filesystem::is_symlink(std::filesystem::symlink_status(path, error)); ++links) {
    const std::filesystem::path next = std::filesystem::read_symlink(path, error);
    if (error || links == most) refuse_file(path.string(), "a symbolic link that leads nowhere");
    path = path.parent_path() / next;
  }
  return path;
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_IO_NAMESPACE {

/// Writes to a file of its own beside the target, `<target>.part`, and `finish` puts it in the target's place once it
/// is on the disk. Until then a file of that name stays as it was; without `finish` what was written is removed. The
/// new file has the mode of the one that it replaces, but the writer as its owner. A target that is a symbolic link
/// stays one: the file that it names is replaced, or created where there is none yet.
class FileWriter {
 public:
  /// Creates the file (`.part2` and so on where there is one already); io::Error where it can't, and where the target
  /// is something else than a file, such as a folder or a device.
  explicit FileWriter(const std::filesystem::path& target)
      : target_(target.string()), place_(detail::followed(target)), part_(place_.string() + ".part") {
    struct stat old {};
    const bool replaces = ::stat(place_.c_str(), &old) == 0;
    if (replaces && !S_ISREG(old.st_mode)) detail::refuse_file(target_, "not a regular file");
    const mode_t mode = replaces ? old.st_mode & 07777 : 0666;
    constexpr int most = 100;  // others may be writing the same target, or have been killed while they did
    for (int n = 2; (file_ = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode & 0777)) < 0; ++n) {
      if (errno != EEXIST || n > most) fail("cannot create");
      part_ = place_.string() + ".part" + std::to_string(n);
    }
    // What the umask took. A file system without modes refuses, and has none to keep.
    if (replaces) (void)::fchmod(file_, mode);
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

  /// To be called once, when all is written. io::Error leaves the target as it was, but for one that says that the name
  /// may not be on the disk yet: the new file is in its place then, whole, and only a crash may bring the old one back.
  void finish() {
    if (::fsync(file_) != 0) fail("cannot write");
    const int file = file_;
    file_ = -1;
    if (::close(file) != 0) fail("cannot write");
    if (std::rename(part_.c_str(), place_.c_str()) != 0) fail("cannot replace the target by");
    finished_ = true;
    sync_folder();
  }

 private:
  /// The file's bytes are on the disk; this brings its name there.
  void sync_folder() const {
    const std::filesystem::path parent = place_.parent_path();
    const int folder = ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = folder >= 0 && (::fsync(folder) == 0 || errno == EINVAL);  // some file systems can't
    const int reason = errno;
    if (folder >= 0) ::close(folder);
    if (synced) return;
    detail::refuse_file(target_,
                        std::string("written, but its name may not be on the disk yet: ") + std::strerror(reason));
  }
  /// A constructor that fails has created nothing: the destructor does not run then.
  [[noreturn]] void fail(const std::string& what) const {
    detail::refuse_file(target_, what + " " + part_ + ": " + std::strerror(errno));
  }

  std::string target_;           // as it was given
  std::filesystem::path place_;  // what that names
  std::string part_;
  int file_ = -1;
  bool finished_ = false;
};

}  // namespace HIFLOAT_IO_NAMESPACE
