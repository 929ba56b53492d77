// A file appears whole or not at all, on any system.

#include "io/files.hpp"

#include <hifloat/io/file_writer.hpp>
#include <hifloat/io/input.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace test_io_file_writer {

using namespace io_test;
namespace fs = std::filesystem;

TEST_CASE("what was there stays until the new file is finished") {
  const Folder folder;
  replace(folder / "x", "old");
  const std::string text = "new";
  {
    io::FileWriter writer(folder / "x"), beside(folder / "x");
    writer.write(0, std::as_bytes(std::span(text)));
    beside.write(0, std::as_bytes(std::span(text)));
    CHECK(folder.files() == 3);
    CHECK(contents(folder / "x") == "old");
    writer.finish();
    CHECK(contents(folder / "x") == "new");
  }
  CHECK(folder.files() == 1);
}

TEST_CASE("bytes are written as they are, anywhere") {
  const Folder folder;
  const std::string text("\r\n\n\x1A\0x", 6);
  constexpr std::uint64_t far = (std::uint64_t{1} << 32) + 1;
  {
    io::FileWriter writer(folder / "x");
    writer.write(far, std::as_bytes(std::span(text)));
    writer.write(0, std::as_bytes(std::span(text)));
    writer.finish();
  }
  io::Input input(folder / "x");
  CHECK(input.size() == far + text.size());
  for (const std::uint64_t offset : {std::uint64_t{0}, far}) {
    std::string read(text.size(), ' ');
    input.read(offset, std::as_writable_bytes(std::span(read)));
    CHECK(read == text);
  }
}

TEST_CASE("a name of any characters") {
  const Folder folder;
  const fs::path path = folder / "" / fs::path(u8"gr\u00F6\u00DFe \u6570");
  replace(path, "new");
  CHECK(io::Input(path).size() == 3);
  CHECK(contains(io::Input(path).name(),
                 "gr\xC3\xB6\xC3\x9F"
                 "e \xE6\x95\xB0"));
  CHECK(folder.files() == 1);
}

TEST_CASE("what is no file is left alone") {
  const Folder folder;
  fs::create_directory(folder / "folder");
  CHECK_THROWS_WITH_AS(io::FileWriter(folder / "folder"), doctest::Contains("not a regular file"), io::Error);
  CHECK_THROWS_WITH_AS(io::FileWriter(folder / "no/such/folder"), doctest::Contains("cannot create"), io::Error);
  CHECK(folder.files() == 1);
}

TEST_CASE("a target without a folder is in the current one") {
  const Folder folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder / "");
  replace("x", "here");
  fs::current_path(before);
  CHECK(contents(folder / "x") == "here");
}

}  // namespace test_io_file_writer
