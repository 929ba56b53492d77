// Traces in CSV files:
//
//   step,tensor,amax[,<one column for each sample>...]
//   0,layer0.weight,0.731
//
// Steps of a tensor ascend; an amax is not negative, and may be inf or nan. Empty lines and spaces around a field are
// passed over.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <istream>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <hifloat/config.hpp>
#include <hifloat/diagnostics/trace.hpp>
#include <hifloat/error.hpp>

namespace HIFLOAT_NAMESPACE::diagnostics {

/// A damaged trace; what() begins with "line N: ".
class TraceError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Reads a trace from a stream in constant memory, but for the tensors' names. What is wrong with the file is a
/// TraceError.
class TraceReader {
 public:
  /// Reads the header. The stream must outlive the reader.
  explicit TraceReader(std::istream& in) : in_(&in), buffer_(buffer_size) {
    std::string_view line;
    if (!next_line(line)) fail("the file is empty");
    const auto header = next_field(line) == "step" && next_field(line) == "tensor" && next_field(line) == "amax";
    if (!header) fail("the header is not step,tensor,amax");
    while (line.data() != nullptr) {
      (void)next_field(line);
      ++samples_;
    }
  }

  bool read(TraceChunk& chunk) {
    constexpr std::size_t rows = 65536;
    chunk.clear(samples_);
    std::string_view line;
    while (chunk.size() < rows && next_line(line)) {
      if (line.empty()) continue;
      read_row(line, chunk);
    }
    if (chunk.size() == 0 && tensors_.empty()) fail("the file ends without a trace");
    return chunk.size() != 0;
  }
  [[nodiscard]] std::span<const std::string> tensors() const noexcept { return tensors_; }
  /// Sample columns.
  [[nodiscard]] std::size_t samples_per_row() const noexcept { return samples_; }
  /// Bytes taken from the stream so far.
  [[nodiscard]] std::uint64_t bytes_read() const noexcept { return bytes_; }

 private:
  static constexpr std::size_t buffer_size = std::size_t{1} << 20;

  [[noreturn]] void fail(const std::string& why) const {
    HIFLOAT_THROW(TraceError, ("line " + std::to_string(line_number_ == 0 ? 1 : line_number_) + ": " + why).c_str());
  }

  /// The next line without its end and without spaces around it; good until the next call.
  bool next_line(std::string_view& line) {
    const char* end = static_cast<const char*>(std::memchr(buffer_.data() + at_, '\n', filled_ - at_));
    while (end == nullptr && fill()) {
      end = static_cast<const char*>(std::memchr(buffer_.data() + at_, '\n', filled_ - at_));
    }
    if (end == nullptr && at_ == filled_) return false;
    const std::size_t length = end != nullptr ? static_cast<std::size_t>(end - buffer_.data()) - at_ : filled_ - at_;
    line = trimmed({buffer_.data() + at_, length});
    at_ += length + (end != nullptr ? 1 : 0);
    ++line_number_;
    return true;
  }
  /// Takes more from the stream behind what is not yet read; false at its end.
  bool fill() {
    std::memmove(buffer_.data(), buffer_.data() + at_, filled_ - at_);
    filled_ -= at_;
    at_ = 0;
    if (filled_ == buffer_.size()) {
      ++line_number_;
      fail("the line is longer than a mebibyte");
    }
    in_->read(buffer_.data() + filled_, static_cast<std::streamsize>(buffer_.size() - filled_));
    const auto got = static_cast<std::size_t>(in_->gcount());
    if (in_->bad()) HIFLOAT_THROW(std::runtime_error, "hifloat: the trace cannot be read");
    filled_ += got;
    bytes_ += got;
    return got != 0;
  }

  [[nodiscard]] static std::string_view trimmed(std::string_view text) noexcept {
    const auto is_space = [](char c) { return c == ' ' || c == '\r' || c == '\t'; };
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
  }
  /// Takes a field off the line, which is a null view after its last one.
  [[nodiscard]] static std::string_view next_field(std::string_view& line) noexcept {
    const std::size_t comma = line.find(',');
    const std::string_view field = line.substr(0, comma);
    line = comma == std::string_view::npos ? std::string_view() : line.substr(comma + 1);
    return trimmed(field);
  }
  template <class Number>
  [[nodiscard]] static bool parse(std::string_view text, Number& number) noexcept {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size();
  }

  void read_row(std::string_view line, TraceChunk& chunk) {
    const auto more = [&] { return line.data() != nullptr; };
    std::uint64_t step = 0;
    float amax = 0.0f;
    const std::string_view step_field = next_field(line);
    const std::string_view name = more() ? next_field(line) : std::string_view();
    const bool has_amax = more();
    const std::string_view amax_field = has_amax ? next_field(line) : std::string_view();
    if (!has_amax || (samples_ == 0 && more())) fail("not three columns");
    if (!parse(step_field, step)) fail("the step is no whole number");
    if (name.empty()) fail("the tensor has no name");
    if (!parse(amax_field, amax)) fail("the amax is no number that a float can hold");
    if (amax < 0.0f) fail("the amax is negative");
    const std::size_t tensor = find(name, step);
    chunk.add(tensor, amax);
    for (std::size_t i = 0; i < samples_; ++i) {
      float sample = 0.0f;
      if (!more()) fail("fewer samples than the header has");
      if (!parse(next_field(line), sample)) fail("a sample is no number that a float can hold");
      chunk.add_sample(sample);
    }
    if (more()) fail("more samples than the header has");
    last_step_[tensor] = step;
  }
  /// The tensor of this name, an old one's last step being before `step`.
  [[nodiscard]] std::size_t find(std::string_view name, std::uint64_t step) {
    // Tensors come in the same order in every step: the one behind the last is the likely one.
    if (likely_ >= tensors_.size()) likely_ = 0;
    if (likely_ < tensors_.size() && tensors_[likely_] == name) return checked(likely_++, step);
    const auto known = index_.find(name);
    if (known != index_.end()) {
      likely_ = known->second + 1;
      return checked(known->second, step);
    }
    index_.emplace(std::string(name), tensors_.size());
    tensors_.emplace_back(name);
    last_step_.push_back(0);
    likely_ = tensors_.size();
    return tensors_.size() - 1;
  }
  [[nodiscard]] std::size_t checked(std::size_t tensor, std::uint64_t step) const {
    if (step <= last_step_[tensor]) {
      fail("step " + std::to_string(step) + " of this tensor does not come after step " +
           std::to_string(last_step_[tensor]));
    }
    return tensor;
  }

  std::istream* in_;
  std::vector<char> buffer_;
  std::size_t at_ = 0, filled_ = 0;  ///< of the buffer, where reading goes on and where it ends
  std::uint64_t bytes_ = 0;
  std::size_t line_number_ = 0, samples_ = 0, likely_ = 0;
  std::vector<std::string> tensors_;
  std::vector<std::uint64_t> last_step_;
  std::map<std::string, std::size_t, std::less<>> index_;
};

}  // namespace HIFLOAT_NAMESPACE::diagnostics
