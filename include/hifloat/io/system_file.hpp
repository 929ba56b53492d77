// What writing a file whole takes of the operating system, and the standard library has no words for: POSIX, Windows.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <system_error>
#include <utility>

#include <hifloat/config.hpp>

#if defined(_WIN32)
// The C runtime's calls reach as far as is needed here. <windows.h> would define min, max and more for the includer.
#include <fcntl.h>
#include <io.h>
#include <share.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#else
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace HIFLOAT_DETAIL_NAMESPACE {

[[nodiscard]] inline std::error_code last_error() noexcept { return {errno, std::generic_category()}; }

/// A new file, open for writing. Every call tells whether it worked; offsets have 64 bits, bytes are not translated,
/// and other processes that this one starts don't have the file open.
class SystemFile {
 public:
  SystemFile() = default;
  SystemFile(const SystemFile&) = delete;
  SystemFile& operator=(const SystemFile&) = delete;
  ~SystemFile() { (void)close(); }

  /// errc::file_exists where there is something of that name. The file has the mode of the one that it is to replace,
  /// as soon as there is one to see, or what the umask leaves where `replaced` does not exist.
  [[nodiscard]] std::error_code create(const std::filesystem::path& path,
                                       const std::filesystem::file_status& replaced) noexcept;
  /// All of the bytes, from `offset` on.
  [[nodiscard]] std::error_code write(std::uint64_t offset, std::span<const std::byte> bytes) noexcept;
  /// Returns when what was written is on the disk.
  [[nodiscard]] std::error_code sync() noexcept;
  /// Once; then there is nothing to close.
  [[nodiscard]] std::error_code close() noexcept;

 private:
  int file_ = -1;
};

/// Returns when the folder's entries are on the disk, or at once where there is no way to say that they are to be: on
/// Windows, in a folder that may not be read, and on some file systems.
[[nodiscard]] std::error_code sync_folder(const std::filesystem::path& folder) noexcept;

#if defined(_WIN32)

/// Modes are not kept: there is only one, and a file that is read-only is not replaced.
inline std::error_code SystemFile::create(const std::filesystem::path& path,
                                          const std::filesystem::file_status&) noexcept {
  const int flags = _O_WRONLY | _O_CREAT | _O_EXCL | _O_BINARY | _O_NOINHERIT;
  return _wsopen_s(&file_, path.c_str(), flags, _SH_DENYWR, _S_IREAD | _S_IWRITE) == 0 ? std::error_code()
                                                                                       : last_error();
}

inline std::error_code SystemFile::write(std::uint64_t offset, std::span<const std::byte> bytes) noexcept {
  if (_lseeki64(file_, static_cast<std::int64_t>(offset), SEEK_SET) < 0) return last_error();
  while (!bytes.empty()) {
    const auto size = static_cast<unsigned>(std::min<std::size_t>(bytes.size(), std::size_t{1} << 30));
    const int written = _write(file_, bytes.data(), size);
    if (written < 0) return last_error();
    if (written == 0) return std::make_error_code(std::errc::no_space_on_device);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

inline std::error_code SystemFile::sync() noexcept { return _commit(file_) == 0 ? std::error_code() : last_error(); }

inline std::error_code SystemFile::close() noexcept {
  const int file = std::exchange(file_, -1);
  return file < 0 || _close(file) == 0 ? std::error_code() : last_error();
}

inline std::error_code sync_folder(const std::filesystem::path&) noexcept { return {}; }

#else

static_assert(sizeof(off_t) == 8, "files may exceed 2 GiB: compile with -D_FILE_OFFSET_BITS=64");

inline std::error_code SystemFile::create(const std::filesystem::path& path,
                                          const std::filesystem::file_status& replaced) noexcept {
  const bool replaces = std::filesystem::exists(replaced);
  const mode_t mode = replaces ? static_cast<mode_t>(replaced.permissions()) & 07777 : 0666;
  file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode & 0777);
  if (file_ < 0) return last_error();
  // What the umask took. A file system without modes refuses, and has none to keep.
  if (replaces) (void)::fchmod(file_, mode);
  return {};
}

inline std::error_code SystemFile::write(std::uint64_t offset, std::span<const std::byte> bytes) noexcept {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return last_error();
    if (written == 0) return std::make_error_code(std::errc::no_space_on_device);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
  return {};
}

inline std::error_code SystemFile::sync() noexcept {
#if defined(F_FULLFSYNC)  // macOS: fsync stops at the drive's cache
  if (::fcntl(file_, F_FULLFSYNC) == 0) return {};
#endif
  return ::fsync(file_) == 0 ? std::error_code() : last_error();
}

inline std::error_code SystemFile::close() noexcept {
  const int file = std::exchange(file_, -1);
  return file < 0 || ::close(file) == 0 ? std::error_code() : last_error();
}

inline std::error_code sync_folder(const std::filesystem::path& folder) noexcept {
  const int file = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return errno == EACCES ? std::error_code() : last_error();
  const bool synced = ::fsync(file) == 0 || errno == EINVAL;
  const std::error_code error = synced ? std::error_code() : last_error();
  ::close(file);
  return error;
}

#endif

}  // namespace HIFLOAT_DETAIL_NAMESPACE
