// Where files have modes and symbolic links: those of the file that a new one replaces stay, pipes are left alone, and
// a disk may be full.

#include "io/files.hpp"

#include <hifloat/io/file_writer.hpp>
#include <hifloat/io/input.hpp>

#include <doctest/doctest.h>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

namespace test_io_file_writer_posix {

using namespace io_test;
namespace fs = std::filesystem;

namespace {

fs::perms mode(const fs::path& path) { return fs::status(path).permissions(); }

/// Calls that mind the process's umask are tested under this one.
class Umask {
 public:
  explicit Umask(mode_t mask) : before_(::umask(mask)) {}
  Umask(const Umask&) = delete;
  Umask& operator=(const Umask&) = delete;
  ~Umask() { ::umask(before_); }

 private:
  mode_t before_;
};

}  // namespace

TEST_CASE("a new file has the mode that the umask leaves, a replaced one its own") {
  const Folder folder;
  const Umask umask(027);
  replace(folder / "x", "new");
  CHECK(mode(folder / "x") == fs::perms{0640});
  for (const int kept : {0600, 0444, 0666, 0755}) {
    CAPTURE(kept);
    fs::permissions(folder / "x", fs::perms(kept));
    {
      const io::FileWriter writer(folder / "x");
      CHECK(mode(folder / "x.part") == fs::perms(kept));  // no one may open it who could not open the old one
    }
    replace(folder / "x", "newer");
    CHECK(mode(folder / "x") == fs::perms(kept));
  }
  fs::permissions(folder / "x", fs::perms{0600});
  CHECK(contents(folder / "x") == "newer");
  CHECK(folder.files() == 1);
}

TEST_CASE("symbolic links stay, and what they name is replaced") {
  const Folder folder;
  fs::create_directory(folder / "other");
  replace(folder / "other/x", "old");
  fs::permissions(folder / "other/x", fs::perms{0600});
  fs::create_symlink("other/x", folder / "relative");
  fs::create_symlink(fs::absolute(folder / "relative"), folder / "absolute");
  fs::create_symlink("../relative", folder / "other/back");
  for (const char* const link : {"relative", "absolute", "other/back"}) {
    CAPTURE(link);
    replace(folder / link, link);
    CHECK(fs::is_symlink(folder / link));
    CHECK(contents(folder / "other/x") == link);
    CHECK(mode(folder / "other/x") == fs::perms{0600});
  }
  CHECK(folder.files() == 3);
  CHECK_FALSE(fs::is_symlink(folder / "other/x"));
}

TEST_CASE("a dangling link is written through, a loop is refused") {
  const Folder folder;
  fs::create_symlink("not_yet", folder / "dangling");
  replace(folder / "dangling", "new");
  CHECK(fs::is_symlink(folder / "dangling"));
  CHECK(contents(folder / "not_yet") == "new");
  fs::create_symlink("loop", folder / "loop");
  CHECK_THROWS_WITH_AS(io::FileWriter(folder / "loop"), doctest::Contains("leads nowhere"), io::Error);
  CHECK(folder.files() == 3);
}

TEST_CASE("a pipe is neither written nor read") {
  const Folder folder;
  REQUIRE(mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK_THROWS_WITH_AS(io::FileWriter(folder / "pipe"), doctest::Contains("not a regular file"), io::Error);
  CHECK_THROWS_WITH_AS(io::Input(folder / "pipe"), doctest::Contains("not a regular file"), io::Error);
  CHECK(folder.files() == 1);
}

TEST_CASE("a full disk leaves the target as it was") {
  const Folder folder;
  replace(folder / "x", "old");
  rlimit limit{};
  getrlimit(RLIMIT_FSIZE, &limit);
  const rlimit half{1 << 19, limit.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &half);  // a write ends early, the next one fails
  {
    io::FileWriter writer(folder / "x");
    const std::string text(1 << 20, 'x');
    CHECK_THROWS_WITH_AS(writer.write(0, std::as_bytes(std::span(text))), doctest::Contains("x: cannot write"),
                         io::Error);
  }
  setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, handler);
  CHECK(folder.files() == 1);
  CHECK(contents(folder / "x") == "old");
}

TEST_CASE("a folder that may be written but not read takes files") {
  const Folder folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder / "");  // somebody else may be let in here, but not above
  fs::create_directory("closed");
  const bool is_root = ::geteuid() == 0;  // who may read everything
  constexpr uid_t nobody = 65534;
  const bool is_somebody = !is_root || (::chown("closed", nobody, nobody) == 0 && ::seteuid(nobody) == 0);
  fs::permissions("closed", fs::perms{0300});
  if (is_somebody) CHECK_THROWS_AS((void)fs::directory_iterator("closed"), fs::filesystem_error);
  CHECK_NOTHROW(replace("closed/x", "new"));
  if (is_root) REQUIRE(::seteuid(0) == 0);
  fs::permissions("closed", fs::perms{0700});
  fs::current_path(before);
  CHECK(contents(folder / "closed/x") == "new");
}

}  // namespace test_io_file_writer_posix
