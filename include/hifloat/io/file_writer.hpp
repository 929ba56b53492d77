// A file that appears whole or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>

#include <hifloat/config.hpp>
#include <hifloat/io/error.hpp>
#include <hifloat/io/system_file.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// What a path names once its symbolic links are followed, as open does, whether that exists or not.
[[nodiscard]] inline std::filesystem::path followed(std::filesystem::path path) {
  constexpr int most = 40;  // Linux follows as many
  std::error_code error;
  for (int links = 0; std::filesystem::is_symlink(std::filesystem::symlink_status(path, error)); ++links) {
    const std::filesystem::path next = std::filesystem::read_symlink(path, error);
    if (error || links == most) refuse_file(path_text(path), "a symbolic link that leads nowhere");
    path = path.parent_path() / next;
  }
  return path;
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_IO_NAMESPACE {

/// Writes to a file of its own beside the target, `<target>.part`, and `finish` puts it in the target's place once it
/// is on the disk. Until then a file of that name stays as it was; without `finish` what was written is removed. The
/// new file has the mode of the one that it replaces, but the writer as its owner. A target that is a symbolic link
/// stays one: the file that it names is replaced, or created where there is none yet. On Windows a file that is
/// read-only, or that somebody has open, is not replaced.
class FileWriter {
 public:
  /// Creates the file (`.part2` and so on where there is one already); io::Error where it can't, and where the target
  /// is not a regular file, but a folder or a device, say.
  explicit FileWriter(const std::filesystem::path& target)
      : target_(detail::path_text(target)), place_(detail::followed(target)), part_(part(1)) {
    std::error_code error;  // what can't be looked at can't be replaced either: creating or replacing says so
    const std::filesystem::file_status replaced = std::filesystem::status(place_, error);
    if (std::filesystem::exists(replaced) && !std::filesystem::is_regular_file(replaced)) {
      detail::refuse_file(target_, "not a regular file");
    }
    constexpr int most = 100;  // others may be writing the same target, or have been killed while they did
    for (int n = 2; (error = file_.create(part_, replaced)) == std::errc::file_exists && n <= most; ++n)
      part_ = part(n);
    if (error) fail("cannot create", error);
  }
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;
  ~FileWriter() {
    if (finished_) return;
    (void)file_.close();  // Windows removes no file that is open
    std::error_code error;
    std::filesystem::remove(part_, error);
  }

  [[nodiscard]] const std::string& target() const noexcept { return target_; }  ///< the path, as it was given

  /// At any place. io::Error where the bytes can't be written, as on a full disk.
  void write(std::uint64_t offset, std::span<const std::byte> bytes) {
    if (const std::error_code error = file_.write(offset, bytes)) fail("cannot write", error);
  }

  /// To be called once, when all is written. io::Error leaves the target as it was, but for one that says that the name
  /// may not be on the disk yet: the new file is in its place then, whole, and only a crash may bring the old one back.
  /// So it may, without an error, where nobody can say that the name is to go there now: on Windows, in a folder that
  /// may not be read, on some file systems.
  void finish() {
    if (const std::error_code error = file_.sync()) fail("cannot write", error);
    if (const std::error_code error = file_.close()) fail("cannot write", error);
    std::error_code error;
    std::filesystem::rename(part_, place_, error);
    if (error) fail("cannot replace the target by", error);
    finished_ = true;
    if ((error = detail::sync_folder(place_.parent_path()))) {
      detail::refuse_file(target_, "written, but its name may not be on the disk yet: " + error.message());
    }
  }

 private:
  [[nodiscard]] std::filesystem::path part(int n) const {
    std::filesystem::path path = place_;
    return path += n == 1 ? std::string(".part") : ".part" + std::to_string(n);
  }
  /// A constructor that fails has created nothing: the destructor does not run then.
  [[noreturn]] void fail(const std::string& what, const std::error_code& error) const {
    detail::refuse_file(target_, what + " " + detail::path_text(part_) + ": " + error.message());
  }

  std::string target_;           // as it was given
  std::filesystem::path place_;  // what that names
  std::filesystem::path part_;   // what is written
  detail::SystemFile file_{};
  bool finished_ = false;
};

}  // namespace HIFLOAT_IO_NAMESPACE
