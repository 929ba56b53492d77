// The header of a .npy file: which elements it has, and where they begin.
//
//   6 bytes   "\x93NUMPY"
//   2 bytes   version: 1, 2 or 3, and 0
//   length    of the header: u16 in version 1, else u32, lowest byte first
//   header    a Python dictionary, padded with spaces and a line end:
//             {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
//   data
//
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html. numpy refuses other keys, but reads records
// and keeps the titles of their fields. So HiF8 codes are records of one field 'hif8', whose title is the text of the
// tensor's Hif8Tag, with one inverse scale:
//
//             'descr': [(('inverse_scale=0.0625 target=15 rounding=ties_away', 'hif8'), '|u1')]
//
// numpy.load(path)['hif8'] are the codes. bfloat16, which numpy does not have either, is [('bfloat16', '<u2')].
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <hifloat/config.hpp>
#include <hifloat/io/error.hpp>
#include <hifloat/io/hif8_tag.hpp>
#include <hifloat/io/tensor_info.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

inline constexpr std::string_view npy_magic = "\x93NUMPY";
inline constexpr std::size_t npy_prefix_size = 10;  ///< magic, version and the shorter length
inline constexpr std::uint64_t npy_alignment = 64;
inline constexpr std::uint64_t largest_npy_header = 0xFFFF;  ///< what version 1 has room for, and no shape here fills
inline constexpr std::string_view npy_hif8_field = "hif8", npy_bfloat16_field = "bfloat16";

struct NpyHeader {
  io::TensorInfo info{};
  bool column_major = false;
};

/// Reads what numpy writes of Python's notation.
class NpyHeaderParser {
 public:
  NpyHeaderParser(const std::string& file, std::string_view text) : file_(file), text_(text) {}

  [[nodiscard]] NpyHeader parse() {
    unsigned seen = 0;
    expect('{');
    while (!accept('}')) {
      const std::string_view key = string();
      expect(':');
      const unsigned bit = key == "descr" ? 1 : key == "fortran_order" ? 2 : key == "shape" ? 4 : 0;
      if (bit == 0 || (seen & bit) != 0) refuse("an unknown key or one twice: " + quoted_text(key));
      seen |= bit;
      if (bit == 1) descr();
      if (bit == 2) header_.column_major = truth_value();
      if (bit == 4) shape();
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skip_spaces();
    if (!text_.empty() || seen != 7) refuse("not exactly a dictionary of descr, fortran_order and shape");
    return std::move(header_);
  }

 private:
  void descr() {
    if (!accept('[')) {
      const std::string_view type = string();
      const std::optional<io::DType> dtype = find_dtype(&DTypeRow::npy, type);
      if (!dtype) refuse("elements of a type that is not known here: " + quoted_text(type));
      header_.info.dtype = *dtype;
      return;
    }
    expect('(');
    std::optional<std::string_view> title;
    if (accept('(')) {
      title = string();
      expect(',');
    }
    const std::string_view field = string();
    if (title) expect(')');
    expect(',');
    const std::string_view type = string();
    expect(')');
    (void)accept(',');
    expect(']');
    if (field == npy_bfloat16_field && type == row_of(io::DType::U16).npy && !title) {
      header_.info.dtype = io::DType::BF16;
    } else if (field == npy_hif8_field && type == row_of(io::DType::U8).npy) {
      header_.info.dtype = io::DType::U8;
      header_.info.hif8 = parse_tag(title.value_or(""));
      if (!header_.info.hif8) refuse("HiF8 codes whose tag cannot be read: " + quoted_text(title.value_or("")));
    } else {
      refuse("records that are not known here: " + quoted_text(field));
    }
  }
  void shape() {
    expect('(');
    while (!accept(')')) {
      skip_spaces();
      std::uint64_t dimension = 0;
      const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), dimension);
      if (error != std::errc{}) refuse("a shape with something else than whole numbers below 2^64");
      text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
      if (header_.info.shape.size() == largest_rank) refuse(rank_flaw);
      header_.info.shape.push_back(dimension);
      if (accept(',')) continue;
      if (header_.info.shape.size() == 1) refuse("a shape that is no tuple: (n) in place of (n,)");
      expect(')');
      break;
    }
  }
  [[nodiscard]] bool truth_value() {
    skip_spaces();
    for (const std::string_view word : {"False", "True"}) {
      if (!text_.starts_with(word)) continue;
      text_.remove_prefix(word.size());
      return word == "True";
    }
    refuse("a fortran_order that is neither True nor False");
  }
  [[nodiscard]] std::string_view string() {
    skip_spaces();
    const char quote = text_.empty() ? '\0' : text_[0];
    const std::size_t end = quote == '\'' || quote == '"' ? text_.find(quote, 1) : std::string_view::npos;
    if (end == std::string_view::npos) refuse("something else where a string belongs");
    const std::string_view content = text_.substr(1, end - 1);
    if (content.find('\\') != std::string_view::npos) refuse("a string with a backslash");
    text_.remove_prefix(end + 1);
    return content;
  }

  [[nodiscard]] bool accept(char c) {
    skip_spaces();
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!accept(c)) refuse(std::string("something else where '") + c + "' belongs");
  }
  void skip_spaces() { text_.remove_prefix((std::min)(text_.find_first_not_of(" \n"), text_.size())); }
  [[noreturn]] void refuse(const std::string& reason) const { refuse_file(file_, "its header has " + reason); }

  const std::string& file_;
  std::string_view text_;
  NpyHeader header_{};
};

/// All that comes before the elements.
[[nodiscard]] inline std::string npy_header_text(const std::string& file, const io::TensorInfo& tensor) {
  if (const std::string reason = flaw(tensor); !reason.empty()) refuse_file(file, reason);
  const std::string_view type = row_of(tensor.dtype).npy;
  std::string text = "{'descr': ";
  if (tensor.hif8) {
    if (tensor.hif8->inverse_scales.size() != 1)
      refuse_file(file, "a .npy file has one inverse scale (see safetensors)");
    text.append("[(('").append(tag_text(*tensor.hif8)).append("', 'hif8'), '|u1')]");
  } else if (tensor.dtype == io::DType::BF16) {
    text += "[('bfloat16', '<u2')]";
  } else if (type.empty()) {
    refuse_file(file, "numpy has no elements of type " + std::string(io::dtype_name(tensor.dtype)));
  } else {
    text.append("'").append(type).append("'");
  }
  text += ", 'fortran_order': False, 'shape': (";
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
    text.append(i == 0 ? "" : " ").append(std::to_string(tensor.shape[i])).append(",");
  }
  if (tensor.shape.size() > 1) text.pop_back();
  text += "), }";
  text.append(npy_alignment - 1 - (npy_prefix_size + text.size()) % npy_alignment, ' ') += '\n';
  if (text.size() > largest_npy_header) refuse_file(file, "its header would exceed 64 KiB");
  std::string all(npy_magic);
  (all += '\1') += '\0';
  for (std::size_t i = 0; i < 2; ++i) all += static_cast<char>(text.size() >> (8 * i) & 0xFF);
  return all + text;
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
