// Pieces of a tensor between a file and memory: what both file formats check, and how codes become numbers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <hifloat/array.hpp>
#include <hifloat/config.hpp>
#include <hifloat/error.hpp>
#include <hifloat/io/file_writer.hpp>
#include <hifloat/io/input.hpp>
#include <hifloat/io/tensor_info.hpp>

namespace HIFLOAT_NAMESPACE::io {

/// A contiguous range of what is read and written in pieces: an Element, or std::byte for the bytes of any tensor.
template <class R>
concept PieceRange = ContiguousSizedRange<R> &&
    (Element<detail::code_t<R>> || std::is_same_v<detail::code_t<R>, std::byte>);

}  // namespace HIFLOAT_NAMESPACE::io

namespace HIFLOAT_DETAIL_NAMESPACE {

inline constexpr std::string_view hif8_codes = "HiF8 codes";

[[noreturn]] inline void refuse_piece(const io::TensorInfo& tensor, const std::string& reason) {
  const std::string name = tensor.name.empty() ? std::string("the tensor") : "tensor " + quoted_text(tensor.name);
  HIFLOAT_THROW(std::invalid_argument, ("hifloat: " + name + ": " + reason).c_str());
}

/// Elements [first, first + count) of type T lie in the tensor.
template <class T>
void check_piece(const io::TensorInfo& tensor, std::uint64_t first, std::uint64_t count) {
  std::uint64_t size = io::byte_size(tensor);
  if constexpr (io::Element<T>) {
    if (tensor.dtype != io::dtype_of<T>) {
      refuse_piece(tensor, "its elements are " + std::string(tensor.hif8 ? hif8_codes : io::dtype_name(tensor.dtype)) +
                               ", not " + std::string(is_hif8<T> ? hif8_codes : io::dtype_name(io::dtype_of<T>)));
    }
    if (is_hif8<T> && !tensor.hif8) refuse_piece(tensor, "its elements are U8 without a HiF8 tag, not HiF8 codes");
    size = io::element_count(tensor);
  }
  if (first > size || count > size - first) {
    refuse_piece(tensor, "a range goes past its " + std::to_string(size) + (io::Element<T> ? " elements" : " bytes"));
  }
}

inline void check_all_written(const io::TensorInfo& tensor, std::uint64_t bytes) {
  const std::uint64_t size = io::byte_size(tensor);
  if (bytes == size) return;
  refuse_piece(tensor, std::to_string(bytes) + " of its " + std::to_string(size) + " bytes were written");
}

/// The tensor begins at byte `begin` of the file, which has been checked to hold it.
template <class T>
void read_piece(io::Input& input, const io::TensorInfo& tensor, std::uint64_t begin, std::uint64_t first,
                std::span<T> elements) {
  check_piece<T>(tensor, first, elements.size());
  input.read(begin + first * sizeof(T), std::as_writable_bytes(elements));
}

/// The same for writing; `written` bytes of the tensor are there, and then more.
template <class T>
void write_piece(io::FileWriter& file, const io::TensorInfo& tensor, std::uint64_t begin, std::uint64_t& written,
                 std::span<T> elements) {
  check_piece<std::remove_const_t<T>>(tensor, (written + sizeof(T) - 1) / sizeof(T), elements.size());
  file.write(begin + written, std::as_bytes(elements));
  written += elements.size_bytes();
}

template <io::Element T>
[[nodiscard]] std::vector<T> read_whole(io::Input& input, const io::TensorInfo& tensor, std::uint64_t begin) {
  check_piece<T>(tensor, 0, io::element_count(tensor));
  std::vector<T> elements(io::element_count(tensor));
  read_piece(input, tensor, begin, 0, std::span(elements));
  return elements;
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_IO_NAMESPACE {

/// Calls f(channel, offset, size) for the parts of elements [first, first + count) that each lie within one index of
/// the first axis; `offset` counts from `first`. With `channels` 1 that is one part. `channels` divides the elements.
template <class F>
void for_each_channel(const TensorInfo& tensor, std::size_t channels, std::uint64_t first, std::size_t count, F&& f) {
  const std::uint64_t length = element_count(tensor) / channels;
  for (std::size_t done = 0; done < count;) {
    const std::uint64_t at = first + done;
    const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(count - done, length - at % length));
    f(at / length, done, size);
    done += size;
  }
}

/// The numbers of codes that were read from element `first` of a HiF8 tensor on, under the inverse scales of its tag.
/// std::invalid_argument: no such tensor, inverse scales that don't fit its shape, a range past its end, sizes that
/// differ.
template <CodeRange Codes, WritableFloatRange X>
  requires detail::is_hif8<detail::code_t<const Codes>>
void dequantize(const TensorInfo& tensor, std::uint64_t first, const Codes& codes, X&& x) {
  const auto from = detail::span_of(codes);
  const auto to = detail::span_of(x);
  detail::check_piece<detail::code_t<const Codes>>(tensor, first, from.size());
  if (from.size() != to.size()) {
    detail::refuse_piece(tensor, std::to_string(from.size()) + " codes for " + std::to_string(to.size()) + " numbers");
  }
  // Not all of flaw, whose check of each scale would cost more than the codes where many rows come one by one.
  if (const std::string reason = detail::scale_count_flaw(tensor); !reason.empty()) {
    detail::refuse_piece(tensor, reason);
  }
  const std::vector<float>& scales = tensor.hif8->inverse_scales;
  for_each_channel(tensor, scales.size(), first, from.size(),
                   [&](std::size_t channel, std::size_t offset, std::size_t size) {
                     decode(from.subspan(offset, size), to.subspan(offset, size), scales[channel]);
                   });
}

}  // namespace HIFLOAT_IO_NAMESPACE
