// How a file that can't be used is reported.
#pragma once

#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

#include <hifloat/config.hpp>
#include <hifloat/error.hpp>

/// Tensors in files: safetensors and .npy.
namespace HIFLOAT_NAMESPACE::io {

/// A file that can't be read or written, that is damaged or foreign. The text names the file, the tensor where it is
/// one's, and what is wrong. (A call that is wrong by itself, such as a range past a tensor's end, is
/// std::invalid_argument.)
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace HIFLOAT_NAMESPACE::io

namespace HIFLOAT_DETAIL_NAMESPACE {

[[noreturn]] inline void refuse_file(const std::string& file, const std::string& reason) {
  HIFLOAT_THROW(io::Error, ("hifloat: " + file + ": " + reason).c_str());
}

/// A path in a message: UTF-8 on Windows too, where path::string() may refuse.
[[nodiscard]] inline std::string path_text(const std::filesystem::path& path) {
  const auto text = path.u8string();
  return {text.begin(), text.end()};
}

/// Text of a file in a message: one line, not too long, between quotes.
[[nodiscard]] inline std::string quoted_text(std::string_view text) {
  constexpr std::size_t longest = 80;
  std::string result = "'";
  for (const char c : text.substr(0, longest)) result += static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? '?' : c;
  return result += text.size() > longest ? "...'" : "'";
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
