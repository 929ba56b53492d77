// One tensor in a .npy file, as numpy.save writes it and numpy.load reads it, in pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <hifloat/config.hpp>
#include <hifloat/io/elements.hpp>
#include <hifloat/io/error.hpp>
#include <hifloat/io/file_writer.hpp>
#include <hifloat/io/input.hpp>
#include <hifloat/io/npy_header.hpp>
#include <hifloat/io/tensor_info.hpp>

namespace HIFLOAT_IO_NAMESPACE {

/// A .npy file to read. The constructor checks all of it but the elements; a damaged or foreign file is io::Error.
class NpyReader {
 public:
  /// Reads the header, and checks the file's size against it.
  /// @{
  explicit NpyReader(const std::filesystem::path& path) : NpyReader(Input(path)) {}
  explicit NpyReader(Input input) : input_(std::move(input)) {
    const auto refuse = [&](const std::string& reason) { detail::refuse_file(input_.name(), reason); };
    std::string text(detail::npy_prefix_size + 2, '\0');
    if (input_.size() < text.size()) refuse("not a .npy file, or truncated: it has less than 12 bytes");
    input_.read(0, std::as_writable_bytes(std::span(text)));
    if (!text.starts_with(detail::npy_magic)) refuse("not a .npy file: it does not begin with \\x93NUMPY");
    const auto byte = [&](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(text[i])}; };
    if (byte(6) < 1 || byte(6) > 3 || byte(7) != 0) {
      refuse("version " + std::to_string(byte(6)) + "." + std::to_string(byte(7)) + " of .npy is not known");
    }
    const bool is_long = byte(6) > 1;
    const std::uint64_t length = byte(8) | byte(9) << 8 | (is_long ? byte(10) << 16 | byte(11) << 24 : 0);
    if (length > detail::largest_npy_header) refuse("not a .npy file: its header would exceed 64 KiB");
    begin_ = detail::npy_prefix_size + (is_long ? 2 : 0) + length;
    if (begin_ > input_.size()) {
      refuse("truncated: its header has " + std::to_string(length) + " bytes, the file " +
             std::to_string(input_.size()));
    }
    text.resize(static_cast<std::size_t>(length));
    input_.read(begin_ - length, std::as_writable_bytes(std::span(text)));
    header_ = detail::NpyHeaderParser(input_.name(), text).parse();
    if (const std::string reason = detail::flaw(header_.info); !reason.empty()) refuse(reason);
    const std::uint64_t size = byte_size(header_.info), present = input_.size() - begin_;
    if (present != size) {
      refuse(std::string(present < size ? "truncated" : "too long") + ": " + std::to_string(present) +
             " bytes of elements, where its shape needs " + std::to_string(size));
    }
  }
  /// @}

  /// The file's one tensor, without a name.
  [[nodiscard]] const TensorInfo& tensor() const noexcept { return header_.info; }
  /// The first axis runs fastest, as numpy's fortran_order has it, not the last.
  [[nodiscard]] bool is_column_major() const noexcept { return header_.column_major; }

  /// Elements [first, first + elements.size()) in the order in which they lie in the file; with std::byte the bytes.
  /// std::invalid_argument, before anything is written: elements of another type, a range past the end.
  template <PieceRange R>
  void read(std::uint64_t first, R&& elements) {
    detail::read_piece(input_, header_.info, begin_, first, detail::span_of(elements));
  }
  /// All of them. std::invalid_argument: elements of another type.
  template <Element T>
  [[nodiscard]] std::vector<T> read() {
    return detail::read_whole<T>(input_, header_.info, begin_);
  }

 private:
  Input input_;
  detail::NpyHeader header_{};
  std::uint64_t begin_ = 0;
};

/// Writes a .npy file in pieces. It is there, whole, when `finish` returns; without it, none is.
class NpyWriter {
 public:
  /// io::Error: a file that can't be created; a tensor that no .npy file can have (one with several inverse scales,
  /// with elements that numpy does not have, past 64 dimensions or 2^64 bits).
  NpyWriter(const std::filesystem::path& path, TensorInfo tensor) : tensor_(std::move(tensor)), file_(path) {
    const std::string header = detail::npy_header_text(file_.target(), tensor_);
    file_.write(0, std::as_bytes(std::span(header)));
    begin_ = header.size();
  }

  /// The next elements; with std::byte the next bytes. std::invalid_argument: elements of another type, more than the
  /// tensor has. io::Error: they can't be written.
  template <PieceRange R>
  void write(const R& elements) {
    detail::write_piece(file_, tensor_, begin_, written_, detail::span_of(elements));
  }

  /// To be called once. std::invalid_argument: elements are missing. io::Error: they did not reach the disk. Either
  /// leaves a file of that name as it was, but for the one error of FileWriter::finish that comes after.
  void finish() {
    detail::check_all_written(tensor_, written_);
    file_.finish();
  }

 private:
  TensorInfo tensor_;
  FileWriter file_;
  std::uint64_t begin_ = 0, written_ = 0;
};

}  // namespace HIFLOAT_IO_NAMESPACE
