// Tensors in safetensors files, read and written in pieces: a file larger than memory is no trouble.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <hifloat/config.hpp>
#include <hifloat/io/elements.hpp>
#include <hifloat/io/error.hpp>
#include <hifloat/io/file_writer.hpp>
#include <hifloat/io/input.hpp>
#include <hifloat/io/safetensors_header.hpp>
#include <hifloat/io/tensor_info.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

inline constexpr std::uint64_t safetensors_length_size = 8;

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_IO_NAMESPACE {

/// A safetensors file to read. The constructor checks all of it but the elements, and asks for memory in proportion to
/// the header that the file really has, which is at most 100 MB. A damaged or foreign file is io::Error.
class SafetensorsReader {
 public:
  /// Reads the header, and checks the file's size against it.
  /// @{
  explicit SafetensorsReader(const std::filesystem::path& path) : SafetensorsReader(Input(path)) {}
  explicit SafetensorsReader(Input input) : input_(std::move(input)) {
    constexpr std::uint64_t before = detail::safetensors_length_size;
    std::uint64_t length = 0;
    const auto refuse = [&](const std::string& reason) { detail::refuse_file(input_.name(), reason); };
    if (input_.size() < before) refuse("not a safetensors file, or truncated: it has less than 8 bytes");
    input_.read(0, std::as_writable_bytes(std::span(&length, 1)));
    if (length > detail::largest_safetensors_header) refuse("not a safetensors file: its header would exceed 100 MB");
    if (length > input_.size() - before) {
      refuse("truncated: its header has " + std::to_string(length) + " bytes, the file " +
             std::to_string(input_.size()));
    }
    std::string text(length, ' ');
    input_.read(before, std::as_writable_bytes(std::span(text)));
    const std::uint64_t data = before + length;
    detail::SafetensorsHeader header = detail::parse_safetensors_header(input_.name(), text, input_.size() - data);
    metadata_ = std::move(header.metadata);
    for (detail::SafetensorsHeader::Tensor& tensor : header.tensors) {
      indices_.emplace(tensor.info.name, tensors_.size());
      tensors_.push_back(std::move(tensor.info));
      begins_.push_back(data + tensor.begin);
    }
  }
  /// @}

  /// In the order in which their elements lie in the file.
  [[nodiscard]] const std::vector<TensorInfo>& tensors() const noexcept { return tensors_; }
  /// Without the HiF8 tags.
  [[nodiscard]] const Metadata& metadata() const noexcept { return metadata_; }
  /// Which of `tensors` has this name. io::Error where none has.
  [[nodiscard]] std::size_t index(std::string_view name) const {
    const auto found = indices_.find(name);
    if (found == indices_.end()) detail::refuse_file(input_.name(), "no tensor " + detail::quoted_text(name));
    return found->second;
  }

  /// Elements [first, first + elements.size()) of a tensor; with std::byte its bytes. std::invalid_argument, before
  /// anything is written: elements of another type, codes of a tensor without tag, a range past the end;
  /// std::out_of_range: no tensor of that index.
  template <PieceRange R>
  void read(std::size_t tensor, std::uint64_t first, R&& elements) {
    detail::read_piece(input_, tensors_.at(tensor), begins_.at(tensor), first, detail::span_of(elements));
  }
  /// All of them. Errors are the same.
  template <Element T>
  [[nodiscard]] std::vector<T> read(std::size_t tensor) {
    return detail::read_whole<T>(input_, tensors_.at(tensor), begins_.at(tensor));
  }

 private:
  Input input_;
  std::vector<TensorInfo> tensors_{};
  std::vector<std::uint64_t> begins_{};  // in the file
  std::map<std::string, std::size_t, std::less<>> indices_{};
  Metadata metadata_{};
};

/// Writes a safetensors file whose tensors are known beforehand; their elements come in pieces. The file is there,
/// whole, when `finish` returns; without it, none is.
class SafetensorsWriter {
 public:
  /// io::Error: a file that can't be created; tensors that no file can have (two of one name, names or metadata that
  /// are not UTF-8, shapes past 64 dimensions or 2^64 bits, tags that do not fit).
  SafetensorsWriter(const std::filesystem::path& path, std::vector<TensorInfo> tensors, Metadata metadata = {})
      : tensors_(std::move(tensors)), written_(tensors_.size()), file_(path) {
    detail::SafetensorsHeader header;
    for (const TensorInfo& tensor : tensors_) header.tensors.push_back({tensor, 0, 0});
    header.metadata = std::move(metadata);
    const std::string text = detail::safetensors_header_text(file_.target(), header);
    const std::uint64_t length = text.size(), data = detail::safetensors_length_size + length;
    for (const auto& tensor : header.tensors) begins_.push_back(data + tensor.begin);
    file_.write(0, std::as_bytes(std::span(&length, 1)));
    file_.write(detail::safetensors_length_size, std::as_bytes(std::span(text)));
  }

  /// As they were given.
  [[nodiscard]] const std::vector<TensorInfo>& tensors() const noexcept { return tensors_; }

  /// The next elements of a tensor; with std::byte its next bytes. Tensors may take turns. std::invalid_argument:
  /// elements of another type, more than the tensor has. std::out_of_range: no tensor of that index. io::Error: they
  /// can't be written.
  template <PieceRange R>
  void write(std::size_t tensor, const R& elements) {
    detail::write_piece(file_, tensors_.at(tensor), begins_.at(tensor), written_.at(tensor), detail::span_of(elements));
  }

  /// To be called once. std::invalid_argument: elements are missing. io::Error: they did not reach the disk. Either
  /// leaves a file of that name as it was, but for the one error of FileWriter::finish that comes after.
  void finish() {
    for (std::size_t i = 0; i < tensors_.size(); ++i) detail::check_all_written(tensors_[i], written_[i]);
    file_.finish();
  }

 private:
  std::vector<TensorInfo> tensors_{};
  std::vector<std::uint64_t> begins_{};  // in the file
  std::vector<std::uint64_t> written_;   // bytes
  FileWriter file_;
};

}  // namespace HIFLOAT_IO_NAMESPACE
